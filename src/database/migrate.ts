import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { type Kysely, sql } from 'kysely';
import { messageOf } from '../error-message.ts';
import { fillFoldedColumns } from './fill-folded-columns.ts';

/** The number of the advisory lock, the same in every process: 'magpie' on a telephone's keys. */
const migrationLock = 624743;

export interface MigrateOptions {
  /** A folder of `.sql` files, applied in the order of their names. */
  folder?: URL;
  log?: (message: string) => void;
}

const searchedTexts = [
  ['posts', 'text'],
  ['templates', 'title'],
  ['templates', 'body'],
  ['campaigns', 'name'],
  ['campaigns', 'brief'],
  ['mediaAssets', 'fileName'],
  ['mediaAssets', 'altText'],
] as const;

/** Steps of migrations beyond SQL, in the same transaction, by file name. */
const fills: Readonly<Record<string, <Tables>(transaction: Kysely<Tables>) => Promise<void>>> = {
  '007_folded_columns.sql': (transaction) =>
    fillFoldedColumns(transaction, [
      ['users', 'email'],
      ['accounts', 'handle'],
      ['conversations', 'contactHandle'],
      ...searchedTexts,
    ]),
  '011_folded_overrides.sql': (transaction) => fillFoldedColumns(transaction, [['postTargets', 'textOverride']]),
  '020_folded_spaces.sql': (transaction) =>
    fillFoldedColumns(transaction, [...searchedTexts, ['postTargets', 'textOverride']]),
};

interface Migration {
  name: string;
  checksum: string;
  text: string;
}

/**
 * Migrates the schema: applies each file once, in a transaction of its own, and records its checksum. Processes that start at the
 * same time wait for each other. Throws if the applied migrations are not the first ones of the folder.
 */
export async function migrate<Tables>(queries: Kysely<Tables>, options: MigrateOptions = {}): Promise<void> {
  const migrations = await readMigrations(options.folder ?? new URL('./migrations/', import.meta.url));
  // The lock belongs to a session, so all of this runs on one connection; if that is lost, the lock is released.
  await queries.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${migrationLock})`.execute(connection);
    try {
      const applied = await readApplied(connection);
      assertPrefix(applied, migrations);
      for (const migration of migrations.slice(applied.length)) await apply(connection, migration, options.log);
    } finally {
      await sql`select pg_advisory_unlock(${migrationLock})`.execute(connection);
    }
  });
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      // So that a checkout with Windows line endings has the same checksum.
      const text = (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

async function readApplied<Tables>(connection: Kysely<Tables>): Promise<Omit<Migration, 'text'>[]> {
  await sql`
    create table if not exists migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz(3) not null default now()
    )`.execute(connection);
  // Sorted by bytes, as the file names are, not by the collation of the database.
  const { rows } = await sql<Omit<Migration, 'text'>>`
    select name, checksum from migrations order by name collate "C"`.execute(connection);
  return rows;
}

function assertPrefix(applied: Omit<Migration, 'text'>[], migrations: Migration[]): void {
  applied.forEach(({ name, checksum }, index) => {
    const migration = migrations[index];
    if (migration?.name !== name) {
      throw new Error(
        `expected the applied migration ${name} at place ${index + 1}, but got ${migration?.name ?? 'no file'}: ` +
          'this database was created by another version of Magpie',
      );
    }
    if (migration.checksum !== checksum) {
      throw new Error(
        `expected migration ${name} as it was applied (SHA-256 ${checksum}), but got ${migration.checksum}: ` +
          'applied migrations must not change; undo the edit and add a new one',
      );
    }
  });
}

/** Processes of an earlier version that run on forget what they keep, as a migration may change what they have read. */
async function noteForCaches<Tables>(transaction: Kysely<Tables>, name: string): Promise<void> {
  const { rows } = await sql<{ exists: boolean }>`
    select to_regclass('invalidation_log') is not null as exists`.execute(transaction);
  if (!rows[0]!.exists) return;
  await sql`insert into invalidation_log (workspace_id, tags, cause) values (null, '{}', ${name})`.execute(transaction);
}

async function apply<Tables>(connection: Kysely<Tables>, migration: Migration, log: MigrateOptions['log']) {
  const { name, text, checksum } = migration;
  try {
    await connection.transaction().execute(async (transaction) => {
      await sql`set local magpie.logs_itself = 'on'`.execute(transaction); // the triggers know the tables as they were
      await sql.raw(text).execute(transaction);
      await fills[name]?.(transaction);
      await noteForCaches(transaction, name);
      await sql`insert into migrations (name, checksum) values (${name}, ${checksum})`.execute(transaction);
    });
  } catch (cause) {
    throw new Error(`migration ${name} failed: ${messageOf(cause)}`, { cause });
  }
  log?.(`applied migration ${name}`);
}
