import { type RawBuilder, sql } from 'kysely';
import type pg from 'pg';
import { ownLane } from '../limits/fair-turns.ts';
import { Admission, type Queries, withoutTimeLimit } from './admission.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { assertDatabase, prepareFiles } from './embedded-files.ts';
import { makeFolder } from './file-errors.ts';
import { migrate } from './migrate.ts';
import { type PgliteOptions, startPglite } from './pglite.ts';
import { createPool } from './pool.ts';

export { inLane, loggingItself, type Queries, withoutTimeLimit } from './admission.ts';

export interface Database {
  readonly queries: Queries;
  readonly engine: 'pglite' | 'postgres';
  /** Queries for counters that several processes share; undefined for the embedded database, which one process owns. */
  readonly counters: Counters | undefined;
  /** Waits for running queries, then closes everything. May be called again. */
  close(): Promise<void>;
  /** Why an embedded database cannot be used until it is open again; undefined while it works. */
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
  /** Folder for the files of the embedded database; in memory if absent. */
  dataDir?: string;
  /** A file with the result of `dump`, from which a new embedded database is created. */
  dumpFile?: string;
  /** Maximum of connections to the server; the embedded database has one. */
  poolSize?: number;
  /** Time limit of a statement, except in migrations; none if absent, and for an embedded database in memory. */
  statementLimitMs?: number;
  /** Whether to create an embedded database if there is none; true if absent. */
  isCreating?: boolean;
  /** Called before the schema is migrated. If it rejects, so does the opening, and the schema is as it was. */
  beforeMigrating?: (queries: Queries) => Promise<void>;
  /** Whether to migrate the schema; true if absent. */
  isMigrating?: boolean;
  /** Called with each SQL statement, except those that begin and end transactions. */
  onStatement?: (sql: string) => void;
  /** Called when an embedded database has ended, and when it is open again. */
  events?: PgliteOptions['events'];
  /** Waits between two tries to open an embedded database that has failed. */
  pause?: PgliteOptions['pause'];
  /** Called with a message before or after steps that take long: creating the embedded database, each migration. */
  log?: (message: string) => void;
}

/** Share of the connections that transactions may hold; the others are reserved for reads. */
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
    hasTriggers: engine.name === 'postgres',
    onStatement: options.onStatement,
  });
  const queries = admission.queries();
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= pool.end().then(() => engine.stop());
    return closed;
  };
  try {
    await options.beforeMigrating?.(queries);
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

/** A value for a `jsonb` column. Without it, the driver would send an array as a PostgreSQL array. */
export function json<T>(value: T): RawBuilder<T> {
  return sql<T>`${JSON.stringify(value)}::jsonb`;
}

interface Engine {
  name: Database['engine'];
  pool: pg.Pool;
  /** Whether a statement can be cancelled without losing the database. */
  mayEndStatements: boolean;
  failure(): Error | undefined;
  dump?: () => Promise<Uint8Array>;
  stop(): Promise<void>;
}

function openServer(url: string, { poolSize = 20 }: DatabaseOptions): Engine {
  const pool = createPool({ connectionString: url, max: poolSize });
  return { name: 'postgres', pool, mayEndStatements: true, failure: () => undefined, stop: async () => {} };
}

async function openEmbedded(options: DatabaseOptions): Promise<Engine> {
  const { dataDir, dumpFile, isCreating = true, log, events, pause } = options;
  if (dataDir === undefined) return { name: 'pglite', mayEndStatements: false, ...(await startPglite({ dumpFile })) };
  if (isCreating) await makeFolder(dataDir);
  else await assertDatabase(dataDir);
  // PGlite does not prevent a second process from opening the files, and would lose writes.
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
