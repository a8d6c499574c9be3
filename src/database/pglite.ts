import { Duplex } from 'node:stream';
import type pg from 'pg';
import { type PgliteSource, type Request, startThread, type Thread } from './pglite-thread.ts';
import { Threads, type ThreadsOptions } from './pglite-threads.ts';
import { createPool } from './pool.ts';

/** The major version of PostgreSQL that PGlite is; a data directory belongs to one. */
export const pgliteMajor = 18;

export interface PgliteOptions extends PgliteSource, Pick<ThreadsOptions, 'events' | 'pause'> {}

/** A copy of all files, or the upkeep of a table, that takes longer does not end any more. */
const aloneWithinMs = 10 * 60_000;

/** Exchanges after which it is looked whether there is something to clean up. */
const exchangesBetweenUpkeeps = 200;

export interface Pglite {
  /** One connection, which whoever acquires it has alone, in order of asking. */
  readonly pool: pg.Pool;
  /** Why nothing can be asked at the moment; undefined while all is well. */
  failure(): Error | undefined;
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
 * A connection that is cut while a statement runs ends the thread, as no statement can be ended otherwise. In memory the database
 * would be gone then, so there the statement goes on. However the thread ended, what it was asked fails at once, and the database is
 * opened again.
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
  /** No statement is in the middle of anything meanwhile, and none has its time run. */
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
      if (failed) events?.warn(`the upkeep of the embedded database failed: ${failed}`); // and the queries go on
    } catch {
      // It has ended, or is stopped: that is told elsewhere.
    }
  };
  return {
    pool,
    failure: () => threads.failure,
    dump: () => alone({ kind: 'dump' }),
    stop: () => threads.stop(),
  };
}

/** What the driver takes for a TCP socket. Each write holds whole messages, and is answered before the next is taken. */
function openSocket(threads: Threads, onExchange: () => void): Duplex {
  let thread: Thread | undefined;
  /** What is being waited for. */
  let asked: Thread | undefined;
  const ask = async (request: Request) => {
    thread ??= await threads.current();
    asked = thread;
    return await thread.request(request).finally(() => {
      asked = undefined;
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
      if (asked && threads.mayEnd) threads.cut(asked);
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
