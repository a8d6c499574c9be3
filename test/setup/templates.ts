import { createHash, randomBytes } from 'node:crypto';
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
import { atServer, databaseUrl, inOneWorker, serverPool } from './server.ts';

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

/** A new database on the server that begins as this template does. */
export async function copyOnServer(name: TemplateName): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('postgresUrl');
  const template = await postgresTemplate(server, name);
  const database = `magpie_test_${inject('run')}_${randomBytes(6).toString('hex')}`;
  const pool = serverPool(server);
  // To log each page of the copy instead takes the server thrice the time.
  await pool.query(`create database ${database} template ${template} strategy file_copy`);
  return {
    url: databaseUrl(server, database),
    drop: async () => void (await pool.query(`drop database ${database} with (force)`)),
  };
}

const onServer = new Map<TemplateName, Promise<string>>();

/** Makes the template of a run on the server, unless it is there, and returns the name of its database. */
function postgresTemplate(server: string, name: TemplateName): Promise<string> {
  const made = onServer.get(name) ?? makeOnServer(server, name);
  onServer.set(name, made);
  return made;
}

function makeOnServer(server: string, name: TemplateName): Promise<string> {
  const database = `magpie_test_${inject('run')}_template_${name}`;
  return inOneWorker(server, database, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [database]);
    if (rowCount) return database;
    await client.query(`drop database if exists ${database}`); // half made: an earlier attempt failed
    await client.query(`create database ${database}`);
    await during({ url: databaseUrl(server, database) }, templates[name].prepare);
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
        await (name === 'empty' ? dropUnused(database) : copyRows(name, database));
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

/** Copies the rows of a template on the server, as the embedded database takes ten times as long to make them. */
async function copyRows(name: TemplateName, { queries }: Database): Promise<void> {
  const { url, drop } = await copyOnServer(name);
  await atServer(url, async (source) => {
    const { rows: tables } = await source.query<{ name: string; columns: string }>(`
      select attrelid::regclass::text as name, string_agg(quote_ident(attname), ', ') filter (where attgenerated = '') as columns
      from pg_attribute join pg_class on pg_class.oid = attrelid
      where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped group by 1`);
    await queries.transaction().execute(async (target) => {
      await sql`set local session_replication_role = replica`.execute(target); // rows in any order
      for (const { name, columns } of tables) {
        const [all] = (await source.query<{ rows: string }>(`select json_agg(t)::text as rows from ${name} t`)).rows;
        const [table, listed] = [sql.raw(name), sql.raw(columns)];
        await sql`delete from ${table}`.execute(target);
        await sql`insert into ${table} (${listed}) overriding system value
          select ${listed} from json_populate_recordset(null::${table}, ${all?.rows ?? '[]'})`.execute(target);
      }
    });
  }).finally(drop);
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
