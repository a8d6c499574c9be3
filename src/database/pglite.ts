import { Duplex } from 'node:stream';
import type pg from 'pg';
import { type PgliteSource, startThread, type Thread } from './pglite-thread.ts';
import { createPool } from './pool.ts';

/** The major version of PostgreSQL that PGlite is; a data directory belongs to one. */
export const pgliteMajor = 18;

export interface PgliteOptions extends PgliteSource {
  /** Hears that the database ended and was opened again. */
  events?: { info(message: string): void; warn(message: string): void };
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
 *
 * A connection that is cut while a statement runs ends the thread, as no statement can be ended otherwise; the next connection
 * opens the database again. In memory it would be gone then, so there the statement goes on.
 */
export async function startPglite(options: PgliteOptions): Promise<Pglite> {
  const { dataDir, dumpFile, events } = options;
  const threads = new Threads({ dataDir, events }, await startThread({ dataDir, dumpFile }));
  const pool = createPool({
    stream: () => openSocket(threads),
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 30_000, // a thread may have to open the files first
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
        return await (await threads.current()).request({ kind: 'dump' });
      } finally {
        client.release();
      }
    },
    stop: () => threads.stop(),
  };
}

/** The thread that has the database open, and the next one when it has ended. */
class Threads {
  readonly #options: Omit<PgliteOptions, 'dumpFile'>;
  #thread: Thread;
  #opening: Promise<Thread> | undefined;
  #isStopped = false;

  constructor(options: Omit<PgliteOptions, 'dumpFile'>, first: Thread) {
    this.#options = options;
    this.#thread = first;
  }

  get mayEnd(): boolean {
    return this.#options.dataDir !== undefined;
  }

  /** One that runs; it opens the database again where that has ended. */
  async current(): Promise<Thread> {
    const { failure } = this.#thread;
    if (!failure) return this.#thread;
    if (this.#isStopped || !this.mayEnd) throw failure;
    this.#opening ??= this.#reopen(failure).finally(() => {
      this.#opening = undefined;
    });
    return await this.#opening;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#opening?.catch(() => {});
    await this.#thread.stop();
  }

  async #reopen(failure: Error): Promise<Thread> {
    this.#options.events?.warn(`${failure.message}; it is opened again`);
    await this.#thread.exited; // two at once would lose what they write
    this.#thread = await startThread({ dataDir: this.#options.dataDir });
    this.#options.events?.info('the embedded database is open again');
    return this.#thread;
  }
}

/** What the driver takes for a TCP socket. Each write holds whole messages, and is answered before the next is taken. */
function openSocket(threads: Threads): Duplex {
  let thread: Thread;
  let isWaiting = false;
  const exchange = (bytes: Buffer, done: (error?: Error) => void) => {
    isWaiting = true;
    thread
      .request({ kind: 'send', bytes: new Uint8Array(bytes) })
      .finally(() => {
        isWaiting = false;
      })
      .then(
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
    destroy(error, done) {
      if (isWaiting && threads.mayEnd)
        thread.kill(new Error('the embedded database was ended, because a statement took too long'));
      done(error);
    },
  });
  return Object.assign(socket, {
    connect() {
      threads
        .current()
        .then((running) => {
          thread = running;
          return thread.request({ kind: 'connect' });
        })
        .then(
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
