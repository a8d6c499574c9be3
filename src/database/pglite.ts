import { Duplex } from 'node:stream';
import type pg from 'pg';
import { type PgliteSource, type Request, startThread, type Thread } from './pglite-thread.ts';
import { Threads, type ThreadsOptions } from './pglite-threads.ts';
import { createPool } from './pool.ts';

/** The major version of PostgreSQL in PGlite; data files belong to one major version. */
export const pgliteMajor = 18;

export interface PgliteOptions extends PgliteSource, Pick<ThreadsOptions, 'events' | 'pause'> {}

/** Time limit of a dump and of the upkeep; one that takes longer hangs. */
const aloneWithinMs = 10 * 60_000;

/** The upkeep runs each time after this number of exchanges. */
const exchangesBetweenUpkeeps = 200;

export interface Pglite {
  /** A pool of one connection, which is acquired in the order of requests. */
  readonly pool: pg.Pool;
  /** Why the database is unavailable; undefined while it works. */
  failure(): Error | undefined;
  /** A tar archive of the data files, made while no transaction is open. */
  dump(): Promise<Uint8Array>;
  /** Stops the thread; the pool must have ended. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL in a thread of its own, so that long queries do not block the event loop. The driver connects to
 * it as to a server: its socket is a stream of the wire protocol to the thread. So types, parameters and errors are those of a real
 * server, handled by the same code.
 *
 * Destroying a connection while a statement runs ends the thread, as a statement cannot be cancelled otherwise. A database in
 * memory would be lost, so there the statement continues. When the thread ends, its pending requests fail at once, and the database
 * is opened again.
 */
export async function startPglite(options: PgliteOptions): Promise<Pglite> {
  const { dataDir, dumpFile, events, pause } = options;
  const threads = new Threads({ dataDir, events, pause }, await startThread({ dataDir, dumpFile }));
  let exchanges = 0;
  const onExchange = () => {
    exchanges += 1;
    if (exchanges % exchangesBetweenUpkeeps === 0) void keepUp();
  };
  const pool = createPool({
    stream: () => openSocket(threads, onExchange),
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 30_000, // includes the time to open the files
    // Override PGUSER, PGDATABASE, PGSSLMODE, PGOPTIONS… of the environment, which are meant for servers.
    user: 'postgres',
    database: 'postgres',
    host: 'embedded',
    port: 5432,
    password: '',
    ssl: false,
    options: '-c timezone=UTC',
  });
  /** Sends a request while holding the connection, so that no statement or transaction runs meanwhile. */
  const alone = async (request: Request) => {
    const client = await pool.connect();
    let limit: NodeJS.Timeout | undefined;
    try {
      if (request.kind === 'dump') await client.query('checkpoint');
      const thread = await threads.current();
      limit = setTimeout(() => threads.cut(thread), aloneWithinMs);
      return await thread.request(request);
    } finally {
      clearTimeout(limit);
      client.release();
    }
  };
  const keepUp = async () => {
    try {
      if (pool.ending) return;
      const failed = Buffer.from(await alone({ kind: 'upkeep' })).toString();
      if (failed) events?.warn(`the upkeep of the embedded database failed: ${failed}`); // queries still work
    } catch {
      // The database has ended or is being stopped, which is reported elsewhere.
    }
  };
  return {
    pool,
    failure: () => threads.failure,
    dump: () => alone({ kind: 'dump' }),
    stop: () => threads.stop(),
  };
}

/** A stream that the driver uses as its TCP socket. Each write has complete messages, and gets its reply before the next write. */
function openSocket(threads: Threads, onExchange: () => void): Duplex {
  let thread: Thread | undefined;
  /** The thread whose reply is awaited. */
  let pending: Thread | undefined;
  const ask = async (request: Request) => {
    thread ??= await threads.current();
    pending = thread;
    return await thread.request(request).finally(() => {
      pending = undefined;
    });
  };
  const exchange = (bytes: Buffer, done: (error?: Error) => void) => {
    ask({ kind: 'send', bytes: new Uint8Array(bytes) }).then(
      (answer) => {
        if (answer.byteLength > 0) socket.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
        onExchange();
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
      if (pending && threads.mayEnd) threads.cut(pending);
      done(error);
    },
  });
  return Object.assign(socket, {
    connect() {
      ask({ kind: 'connect' }).then(
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
