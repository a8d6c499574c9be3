import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type pg from 'pg';
import { wordsOf } from '../error-words.ts';
import { createPool } from './pool.ts';

/** The major version of PostgreSQL that PGlite is; a data directory belongs to one. */
export const pgliteMajor = 18;

export interface PgliteOptions {
  /** The folder of the data files; in memory if absent. */
  dataDir?: string;
  /** A file that `dump` gave, to begin with; only for a database that does not exist yet. */
  dumpFile?: string;
}

export interface Pglite {
  /** One connection, which whoever acquires it has alone, in order of asking. */
  readonly pool: pg.Pool;
  /** A tar archive of the data files. No transaction is half done in it. */
  dump(): Promise<Uint8Array>;
  /** Stops the thread; the pool must have ended. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL in a thread of its own, so that no query, however long, stops the event loop. The driver
 * talks to it as to a server: its socket is a stream of the wire protocol to the thread. So types, parameters and errors
 * are those of a real server, and come from the same code.
 */
export async function startPglite(options: PgliteOptions): Promise<Pglite> {
  const thread = await startThread(options);
  const pool = createPool({
    stream: () => openSocket(thread),
    max: 1,
    idleTimeoutMillis: 0,
    // The environment's PGUSER, PGDATABASE, PGSSLMODE, PGOPTIONS… are meant for servers.
    user: 'postgres',
    database: 'postgres',
    host: 'embedded',
    port: 5432,
    password: '',
    ssl: false,
    options: '-c timezone=UTC',
  });
  return {
    pool,
    async dump() {
      const client = await pool.connect();
      try {
        await client.query('checkpoint');
        return await thread.request({ kind: 'dump' });
      } finally {
        client.release();
      }
    },
    stop: () => thread.stop(),
  };
}

type Request = { kind: 'connect' } | { kind: 'send'; bytes: Uint8Array } | { kind: 'dump' } | { kind: 'close' };

interface Thread {
  /** Replies come in the order of requests. Rejects when the thread has ended or ends meanwhile. */
  request(request: Request): Promise<Uint8Array>;
  stop(): Promise<void>;
}

async function startThread(options: PgliteOptions): Promise<Thread> {
  const worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), {
    workerData: options,
    execArgv: [], // it is JavaScript: the loaders of this process would only slow its start
  });
  const waiting: { resolve(bytes: Uint8Array): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;

  const reply = () => new Promise<Uint8Array>((resolve, reject) => waiting.push({ resolve, reject }));
  const fail = (error: Error) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on('message', ({ bytes }: { bytes: Uint8Array }) => waiting.shift()?.resolve(bytes));
  worker.on('error', (cause) => fail(new Error(`the embedded database failed: ${causeOf(cause)}`, { cause })));
  const exited = new Promise<void>((resolve) =>
    worker.on('exit', (code) => {
      fail(new Error(`the embedded database has ended (exit code ${code})`));
      resolve();
    }),
  );
  await reply(); // it says so when it has opened its files

  const thread: Thread = {
    request(request) {
      if (failure) return Promise.reject(failure);
      const answer = reply();
      worker.postMessage(request, 'bytes' in request ? [request.bytes.buffer as ArrayBuffer] : []);
      return answer;
    },
    async stop() {
      if (!failure) await thread.request({ kind: 'close' });
      await exited;
    },
  };
  return thread;
}

/**
 * Errors of files that PGlite throws as they are: `{ name: 'ErrnoError', errno }`, by the numbers of WASI (preview 1, `errno`).
 */
const fileErrors = new Map([
  [2, 'permission denied (EACCES)'],
  [19, 'the disk quota is used up (EDQUOT)'],
  [22, 'a file would be too large (EFBIG)'],
  [29, 'the disk cannot be read or written (EIO)'],
  [33, 'too many open files (EMFILE)'],
  [41, 'too many open files in the system (ENFILE)'],
  [51, 'no space left on the disk (ENOSPC)'],
  [63, 'operation not permitted (EPERM)'],
  [69, 'the file system is read-only (EROFS)'],
]);

function causeOf(thrown: unknown): string {
  const errno = typeof thrown === 'object' && thrown !== null && 'errno' in thrown ? Number(thrown.errno) : Number.NaN;
  return fileErrors.get(errno) ?? wordsOf(thrown);
}

/** What the driver takes for a TCP socket. Each write holds whole messages, and is answered before the next is taken. */
function openSocket(thread: Thread): Duplex {
  const exchange = (bytes: Buffer, done: (error?: Error) => void) => {
    thread.request({ kind: 'send', bytes: new Uint8Array(bytes) }).then(
      (answer) => {
        if (answer.byteLength > 0) socket.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
        done();
      },
      (error: Error) => done(error),
    );
  };
  const socket: Duplex = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => exchange(chunk, done),
    writev: (chunks, done) => exchange(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done),
    final(done) {
      socket.push(null);
      done();
    },
  });
  return Object.assign(socket, {
    connect() {
      thread.request({ kind: 'connect' }).then(
        () => socket.emit('connect'),
        (error: Error) => socket.destroy(error),
      );
    },
    setNoDelay() {},
    setKeepAlive() {},
    ref() {},
    unref() {},
  });
}
