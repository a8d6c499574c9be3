import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/database.ts';
import { disposeInTime } from './disposal.ts';
import { createFolder } from './folders.ts';
import { databaseUrl, serverPool } from './server.ts';
import { pgliteTemplate, postgresTemplate, type TemplateName } from './templates.ts';

/** The embedded database, and a server. A test of `src/database` runs on both: `describe.each(bothEngines)('…, on %s', …)`. */
export const bothEngines = ['pglite', 'postgres'] as const;
export type EngineName = (typeof bothEngines)[number];

/**
 * Those on which other tests of stored data run: `describe.each(engines)('…, on %s', (engine) => …)`. Both are PostgreSQL and get the same
 * statements, so one is enough: the server, which is faster. The embedded one takes every mutation and answers every read in
 * `product/embedded`. TEST_ENGINES=both runs all on both.
 */
export const engines: readonly EngineName[] = process.env.TEST_ENGINES === 'both' ? bothEngines : ['postgres'];

export interface TestDatabaseOptions extends Pick<DatabaseOptions, 'onStatement' | 'poolSize' | 'statementLimitMs'> {
  /** How the database begins; `empty` has the schema and no rows. */
  template?: TemplateName;
}

export interface TestDatabase extends Database {
  /** Of the database on the server, to open it once more; the embedded one is in memory and has none. */
  readonly url?: string;
}

/**
 * A database of one's own, with the current schema. It is closed and dropped by itself: made in a test or `beforeEach`, at
 * the end of the test; made in `beforeAll`, at the end of the file.
 */
export async function createTestDatabase(engine: EngineName, options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { template = 'empty', ...given } = options;
  // A product that is asked much at once opens all its connections; twenty take the server longer than the answers.
  const rest = template === 'seeded' ? { poolSize: 6, ...given } : given;
  const create = engine === 'pglite' ? createEmbedded : createOnServer;
  const { database, dispose } = await create(template, rest);
  disposeInTime(dispose);
  return database;
}

/** A DATA_DIR whose embedded database is there already, so that a program need not make one. */
export async function createDataDir(): Promise<string> {
  const dataDir = await createFolder();
  const files = join(dataDir, 'database');
  await mkdir(files, { mode: 0o700 });
  await promisify(execFile)('tar', ['-xf', await pgliteTemplate('empty'), '-C', files]);
  return dataDir;
}

interface Disposable {
  database: TestDatabase;
  dispose(): Promise<void>;
}

async function createEmbedded(template: TemplateName, options: DatabaseOptions): Promise<Disposable> {
  const database = await openDatabase({ ...options, isMigrating: false, dumpFile: await pgliteTemplate(template) });
  return { database, dispose: database.close };
}

async function createOnServer(template: TemplateName, options: DatabaseOptions): Promise<Disposable> {
  const server = { url: inject('postgresUrl'), run: inject('run') };
  const source = await postgresTemplate(server, template);
  const pool = serverPool(server.url);
  const name = `magpie_test_${server.run}_${randomBytes(6).toString('hex')}`;
  // To log each page of the copy instead takes the server thrice the time.
  await pool.query(`create database ${name} template ${source} strategy file_copy`);
  const url = databaseUrl(server.url, name);
  const database = await openDatabase({ ...options, url, isMigrating: false });
  return {
    database: { ...database, url },
    async dispose() {
      await database.close();
      await pool.query(`drop database ${name} with (force)`);
    },
  };
}
