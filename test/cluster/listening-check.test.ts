import { sql } from 'kysely';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { refuseEarlierVersions } from '../../src/cluster/earlier-versions.ts';
import { checkListening } from '../../src/cluster/listening-check.ts';
import { readConfig } from '../../src/config.ts';
import { openStorage } from '../../src/storage.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('postgres');
});

describe('the address at which a process listens', () => {
  it('is refused if it does not hear what the pool notifies, as behind a pooler that lends sessions', async () => {
    await expect(checkListening(database.url!, database.queries)).resolves.toBeUndefined();
    const elsewhere = new URL(database.url!);
    elsewhere.pathname = '/postgres';
    await expect(checkListening(elsewhere.href, database.queries, 200)).rejects.toThrow(
      'expected a connection that hears the notifications of DATABASE_URL, but got one that did not within 0.2 s. Behind a pooler in ' +
        'transaction mode nothing is heard, nor from another database: set DATABASE_LISTEN_URL to a direct connection',
    );
  });
});

describe('a start beside an earlier version', () => {
  it('is refused while that one, which writes no log, is connected', async () => {
    await expect(refuseEarlierVersions(database.queries)).resolves.toBeUndefined();
    await database.queries.connection().execute(async (earlier) => {
      await sql`select pg_advisory_lock_shared(624743, 1)`.execute(earlier);
      await expect(refuseEarlierVersions(database.queries)).rejects.toThrow(
        'expected a database that no earlier version of Magpie uses, but got 1 of its connections: stop all processes',
      );
      await sql`select pg_advisory_unlock_shared(624743, 1)`.execute(earlier);
    });
    await expect(refuseEarlierVersions(database.queries)).resolves.toBeUndefined();
  });

  it('leaves the schema as it is', async () => {
    const { queries, url } = await createTestDatabase('postgres');
    await sql`drop schema public cascade`.execute(queries);
    await sql`create schema public`.execute(queries);
    await queries.connection().execute(async (earlier) => {
      await sql`select pg_advisory_lock_shared(624743, 1)`.execute(earlier);
      const opening = openStorage(readConfig({ DATABASE_URL: url! }), { log: pino({ level: 'silent' }) });
      await expect(opening).rejects.toThrow('expected a database that no earlier version of Magpie uses');
      await sql`select pg_advisory_unlock_shared(624743, 1)`.execute(earlier);
    });
    const { rows } = await sql`select from pg_tables where schemaname = 'public'`.execute(queries);
    expect(rows).toEqual([]);
  });
});
