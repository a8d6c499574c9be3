import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/database/database.ts';

/** The states in which a test may want its database; each is made once and then copied. All have the current schema. */
const preparations: Record<'empty', (database: Database) => Promise<void>> = {
  empty: async () => {},
};

export type TemplateName = keyof typeof preparations;

/** What a template is made of: when one of these files changes, so does the template. */
const sources = ['../../src/database/migrations/', '../../src/domains/demo/'].map(
  (path) => new URL(path, import.meta.url),
);

/** Makes the template of a run on the server, unless it is there, and returns the name of its database. */
export async function postgresTemplate(server: { url: string; run: string }, name: TemplateName): Promise<string> {
  const database = `magpie_test_${server.run}_template_${name}`;
  await atServer(server.url, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [database]);
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [database]);
    if (rowCount) return;
    await client.query(`create database ${database}`);
    await prepare(name, { url: databaseUrl(server.url, database) });
    await client.query(`alter database ${database} with is_template true allow_connections false`);
  });
  return database;
}

/** Makes the file from which an embedded database begins, unless it is there, and returns its path. Runs share it. */
export async function pgliteTemplate(name: TemplateName): Promise<string> {
  const file = join(tmpdir(), `magpie-test-${name}-${fingerprint()}.tar`);
  if (existsSync(file)) return file;
  // Of two that make it at once the later replaces the equal work of the earlier.
  const draft = `${file}.${process.pid}`;
  await prepare(name, {}, async (database) => writeFile(draft, await database.dump!()));
  await rename(draft, file);
  return file;
}

/** Drops every database that the tests of a run made. */
export async function dropDatabases(url: string, run: string): Promise<void> {
  await atServer(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [`magpie_test_${run}_`],
    );
    for (const { datname } of rows) {
      await client.query(`alter database ${datname} with is_template false`);
      await client.query(`drop database ${datname} with (force)`);
    }
  });
}

export async function atServer<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function prepare(
  name: TemplateName,
  where: { url?: string },
  use: (database: Database) => Promise<void> = async () => {},
): Promise<void> {
  const database = await openDatabase(where);
  try {
    await preparations[name](database);
    await use(database);
  } finally {
    await database.close();
  }
}

function fingerprint(): string {
  const hash = createHash('sha256').update(pgliteVersion());
  for (const source of sources) {
    if (!existsSync(source)) continue;
    for (const file of readdirSync(source, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest: { version: string } = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8'));
  return manifest.version;
}
