import { type RawBuilder, sql } from 'kysely';
import type pg from 'pg';
import { Admission, type Queries, withoutTimeLimit } from './admission.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { assertDatabase, prepareFiles } from './embedded-files.ts';
import { ownLane } from './fair-turns.ts';
import { makeFolder } from './file-errors.ts';
import { migrate } from './migrate.ts';
import { type PgliteOptions, startPglite } from './pglite.ts';
import { createPool } from './pool.ts';
import { enterPool } from './presence.ts';

export { inLane, type Queries, withoutTimeLimit } from './admission.ts';

export interface Database {
  readonly queries: Queries;
  readonly engine: 'pglite' | 'postgres';
  /** The server, for counters that several processes share; the embedded database belongs to one. */
  readonly counters: Counters | undefined;
  /** Waits for what runs, then closes everything it opened. May be called again. */
  close(): Promise<void>;
  /** Why an embedded database that has ended cannot be asked until it is open again; undefined while all is well. */
  failure(): Error | undefined;
  /** A tar archive of the embedded database's files, for `dumpFile`; a server has none. */
  readonly dump?: () => Promise<Uint8Array>;
}

export interface Counters {
  query(statement: { text: string; values?: unknown[] }): Promise<{ rows: unknown[] }>;
}

export interface DatabaseOptions {
  /** A PostgreSQL server, as `postgres://…`. Without it the embedded database is opened. */
  url?: string;
  /** Where the embedded database keeps its files; in memory if absent. */
  dataDir?: string;
  /** A file that `dump` gave, for a new embedded database to begin with. */
  dumpFile?: string;
  /** Connections to the server at most; the embedded database has one. */
  poolSize?: number;
  /** Time that a statement has, but for migrations; without end if absent, and for an embedded database in memory. */
  statementLimitMs?: number;
  /** `SoleUse.group` of the server that this belongs to. Without it, those who cache do not know that it is there. */
  group?: number;
  /** Whether an embedded database is made where there is none; true if absent. */
  isCreating?: boolean;
  /** Whether the schema is brought up to date; true if absent. */
  isMigrating?: boolean;
  /** Hears each SQL statement that is sent, but those that begin and end transactions. */
  onStatement?: (sql: string) => void;
  /** Hears that an embedded database ended and was opened again. */
  events?: PgliteOptions['events'];
  /** Waits between two tries to open an embedded database that has failed. */
  pause?: PgliteOptions['pause'];
  /** Hears of what takes long: creating the embedded database, each migration. */
  log?: (message: string) => void;
}

/** Of the connections; the others are left to reads. */
const shareOfTransactions = 0.75;

/** Opens the database and brings its schema up to date. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const engine = options.url === undefined ? await openEmbedded(options) : openServer(options.url, options);
  const { pool } = engine;
  const connections = pool.options.max;
  const admission = new Admission(pool, {
    connections,
    transactions: Math.max(1, Math.floor(shareOfTransactions * connections)),
    limitMs: engine.mayEndStatements ? options.statementLimitMs : undefined,
    isLimitedByServer: engine.name === 'postgres',
    onStatement: options.onStatement,
  });
  const queries = admission.queries();
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= pool.end().then(() => engine.stop());
    return closed;
  };
  try {
    if (options.isMigrating ?? true) await migrate(withoutTimeLimit(queries), { log: options.log });
  } catch (error) {
    await close();
    throw error;
  }
  const { dump, failure } = engine;
  return {
    ...{ queries, engine: engine.name, failure, close },
    counters: engine.name === 'postgres' ? countersOf(admission) : undefined,
    dump: dump && (() => admission.during(ownLane, dump)),
  };
}

function countersOf(admission: Admission): Counters {
  return {
    async query({ text, values = [] }) {
      const session = await admission.connect('counters');
      try {
        return await session.query<unknown>(text, values);
      } finally {
        session.release();
      }
    },
  };
}

/** A value for a `jsonb` column. The driver would take an array for an array of PostgreSQL, so say it yourself. */
export function json<T>(value: T): RawBuilder<T> {
  return sql<T>`${JSON.stringify(value)}::jsonb`;
}

interface Engine {
  name: Database['engine'];
  pool: pg.Pool;
  /** Whether a statement can be ended without the loss of everything else. */
  mayEndStatements: boolean;
  failure(): Error | undefined;
  dump?: () => Promise<Uint8Array>;
  stop(): Promise<void>;
}

function openServer(url: string, { poolSize = 20, group }: DatabaseOptions): Engine {
  const enter = group === undefined ? undefined : (session: pg.ClientBase) => enterPool(session, group);
  const pool = createPool({ connectionString: url, max: poolSize }, enter);
  return { name: 'postgres', pool, mayEndStatements: true, failure: () => undefined, stop: async () => {} };
}

async function openEmbedded(options: DatabaseOptions): Promise<Engine> {
  const { dataDir, dumpFile, isCreating = true, log, events, pause } = options;
  if (dataDir === undefined) return { name: 'pglite', mayEndStatements: false, ...(await startPglite({ dumpFile })) };
  if (isCreating) await makeFolder(dataDir);
  else await assertDatabase(dataDir);
  // PGlite itself would let a second process in, and lose what it writes.
  const lock = await lockDataDir(dataDir);
  try {
    const files = await prepareFiles(dataDir);
    if (files.isNew) log?.('creating the embedded database, once; this takes some seconds');
    const pglite = await startPglite({ dataDir: files.folder, dumpFile, events, pause });
    await files.opened();
    return { name: 'pglite', mayEndStatements: true, ...pglite, stop: () => pglite.stop().finally(lock.release) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
