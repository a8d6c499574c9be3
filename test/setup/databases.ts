import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/database.ts';
import { disposeInTime } from './disposal.ts';
import { createFolder } from './folders.ts';
import { copyOnServer, pgliteTemplate, type TemplateName } from './templates.ts';

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
  const { template = 'empty', ...rest } = options;
  const create = engine === 'pglite' ? createEmbedded : createOnServer;
  const { database, dispose } = await create(template, rest);
  disposeInTime(dispose);
  return database;
}

/** A DATA_DIR whose embedded database is there already, filled as one likes, so that a program need not make one. */
export async function createDataDir(
  fill: (database: Database, dataDir: string) => Promise<unknown> = async () => {},
): Promise<string> {
  const dataDir = await createFolder();
  const database = await openDatabase({ dataDir, dumpFile: await pgliteTemplate('empty') });
  await fill(database, dataDir).finally(database.close);
  return dataDir;
}

interface Disposable {
  database: TestDatabase;
  dispose(): Promise<void>;
}

async function createEmbedded(template: TemplateName, options: DatabaseOptions): Promise<Disposable> {
  const database = await openDatabase({ ...options, dumpFile: await pgliteTemplate(template) });
  return { database, dispose: database.close };
}

async function createOnServer(template: TemplateName, options: DatabaseOptions): Promise<Disposable> {
  const { url, drop } = await copyOnServer(template);
  const database = await openDatabase({ ...options, url, isMigrating: false });
  return {
    database: { ...database, url },
    async dispose() {
      await database.close();
      await drop();
    },
  };
}
