import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/database.ts';
import { seedDemo } from '../../src/domains/demo/seed.ts';
import { removeOutdated } from './outdated.ts';
import { databaseUrl, inOneWorker } from './server.ts';

export type TemplateName = 'empty' | 'seeded';

/** The seeded template's today. */
export const seededAt = new Date('2026-11-22T12:00:00.000Z');

interface Template {
  /** Fills a database that has the current schema and no rows. */
  prepare(database: Database): Promise<unknown>;
  /** The folders that it is made of: when one of their files changes, so does the template. */
  sources: readonly string[];
}

/** Migrations, and how they fold text. */
const schema = ['../../src/database/', '../../src/text/'];

/** The states in which a test may want its database; each is made once, when it is first wanted, and then copied. */
const templates: Record<TemplateName, Template> = {
  empty: { prepare: async () => {}, sources: schema },
  /** The demo. Its media files are in no store. */
  seeded: {
    prepare: ({ queries }) => seedDemo(queries, { now: seededAt, media: { put: async () => {} } }),
    sources: [...schema, '../../src/domains/demo/'],
  },
};

const onServer = new Map<TemplateName, Promise<string>>();

/** Makes the template of a run on the server, unless it is there, and returns the name of its database. */
export function postgresTemplate(server: { url: string; run: string }, name: TemplateName): Promise<string> {
  const made = onServer.get(name) ?? makeOnServer(server, name);
  onServer.set(name, made);
  return made;
}

function makeOnServer(server: { url: string; run: string }, name: TemplateName): Promise<string> {
  const database = `magpie_test_${server.run}_template_${name}`;
  return inOneWorker(server.url, database, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [database]);
    if (rowCount) return database;
    await client.query(`drop database if exists ${database}`); // half made: an earlier attempt failed
    await client.query(`create database ${database}`);
    await during({ url: databaseUrl(server.url, database) }, templates[name].prepare);
    await client.query(`alter database ${database} with is_template true allow_connections false`);
    return database;
  });
}

/** Makes the file from which an embedded database begins, unless it is there, and returns its path. Runs share it. */
export async function pgliteTemplate(name: TemplateName): Promise<string> {
  const prefix = `magpie-test-${name}-`;
  const file = join(tmpdir(), `${prefix}${fingerprint(templates[name].sources)}.tar`);
  if (!existsSync(file))
    await inOneWorker(inject('postgresUrl'), file, async () => {
      if (existsSync(file)) return;
      const draft = `${file}.${process.pid}`; // of two runs that make it at once the later replaces the equal work of the earlier
      await during(name === 'empty' ? {} : { dumpFile: await pgliteTemplate('empty') }, async (database) => {
        if (name === 'empty') await dropUnused(database);
        await templates[name].prepare(database);
        await writeFile(draft, await database.dump!());
      });
      await rename(draft, file);
      await removeOutdated(tmpdir(), prefix);
    });
  return file;
}

/** Databases that nobody connects to are two thirds of the files that each test would copy. */
async function dropUnused({ queries }: Database): Promise<void> {
  for (const unused of ['template0', 'template1']) {
    await sql`alter database ${sql.id(unused)} is_template false`.execute(queries);
    await sql`drop database ${sql.id(unused)}`.execute(queries);
  }
}

async function during(options: DatabaseOptions, use: (database: Database) => Promise<unknown>): Promise<void> {
  const database = await openDatabase(options);
  try {
    await use(database);
  } finally {
    await database.close();
  }
}

function fingerprint(folders: readonly string[]): string {
  const hash = createHash('sha256').update(pgliteVersion());
  for (const folder of folders.map((path) => fileURLToPath(new URL(path, import.meta.url)))) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      const path = join(folder, file);
      if (statSync(path).isFile()) hash.update(file).update(readFileSync(path));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest: { version: string } = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8'));
  return manifest.version;
}
