import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inLane, openDatabase, type Queries, withoutTimeLimit } from '../../src/database/database.ts';
import { failureOf } from '../../src/database/errors.ts';
import { transact } from '../../src/database/transaction.ts';
import { startDatabaseProxy } from '../setup/database-proxy.ts';
import { bothEngines, createDataDir, createTestDatabase } from '../setup/databases.ts';

/** A session of the test's own, which holds a lock that statements wait for. */
async function holdLock(url: string, key: number) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`select pg_advisory_lock(${key})`);
  return {
    query: (text: string) => client.query(text),
    open: () => client.query(`select pg_advisory_unlock(${key})`),
    /** Resolves when so many sessions wait for it. */
    async waiters(count: number) {
      const waiting = `select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted and objid = ${key}`;
      for (;;) {
        const { rows } = await client.query<{ waiting: number }>(waiting);
        if (rows[0]!.waiting === count) return;
      }
    },
  };
}

const waitFor = (key: number, queries: Queries) => sql`select pg_advisory_xact_lock_shared(${key})`.execute(queries);

async function ask(queries: Queries): Promise<unknown> {
  return (await sql<{ answer: number }>`select 1 as answer`.execute(queries)).rows[0]!.answer;
}

describe('a workspace whose statements do not end', () => {
  it('keeps no other one from reading or writing, on a server', async () => {
    const { queries, url } = await createTestDatabase('postgres', { poolSize: 4 });
    const lock = await holdLock(url!, 7);
    const [slow, other] = [inLane(queries, 'slow'), inLane(queries, 'other')];
    const reads = Array.from({ length: 30 }, () => waitFor(7, slow));
    const writes = Array.from({ length: 30 }, () => transact(slow, (transaction) => waitFor(7, transaction)));
    await lock.waiters(3);
    expect(await ask(other)).toBe(1);
    expect(await transact(other, ask)).toBe(1);
    await lock.open();
    await Promise.all([...reads, ...writes]);
  });

  it('has its turn between those of others, on the embedded database', async () => {
    const said: string[] = [];
    const { queries } = await createTestDatabase('pglite', { onStatement: (text) => said.push(text) });
    said.length = 0;
    const [slow, other] = [inLane(queries, 'slow'), inLane(queries, 'other')];
    const reads = Array.from({ length: 20 }, () => sql`select 'slow'`.execute(slow));
    await sql`select 'other'`.execute(other);
    expect(said.length).toBeLessThanOrEqual(3);
    await Promise.all(reads);
    expect(said).toHaveLength(21);
  });
});

describe('a statement that takes longer than it may', () => {
  it('is ended by the server, which goes on', async () => {
    const { queries, url } = await createTestDatabase('postgres', { poolSize: 1, statementLimitMs: 100 });
    const lock = await holdLock(url!, 7);
    const error = await waitFor(7, queries).catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toBe('tooSlow');
    expect(error).toMatchObject({ code: '57014' });
    expect(await ask(withoutTimeLimit(queries))).toBe(1);
    await lock.waiters(0);
  });

  it('undoes the transaction that it is a part of', async () => {
    const { queries, url } = await createTestDatabase('postgres', { statementLimitMs: 500 });
    await holdLock(url!, 7);
    await sql`create table notes (id int)`.execute(withoutTimeLimit(queries));
    const outcomes: string[] = [];
    const run = async (transaction: Queries) => {
      await sql`insert into notes values (1)`.execute(transaction);
      await waitFor(7, transaction);
    };
    const onOutcome = (outcome: string) => void outcomes.push(outcome);
    const error = await transact(queries, run, { onOutcome }).catch((thrown: unknown) => thrown);
    expect([failureOf(error), outcomes]).toEqual(['tooSlow', ['rolledBack']]);
    expect((await sql`select * from notes`.execute(withoutTimeLimit(queries))).rows).toEqual([]);
  });

  it('is ended with its thread on the embedded database, which opens again with all that was acknowledged', async () => {
    const events: string[] = [];
    const note = (message: string) => void events.push(message);
    const database = await openDatabase({
      ...{ dataDir: await createDataDir(), statementLimitMs: 500, events: { info: note, warn: note } },
    });
    onTestFinished(database.close);
    const queries = withoutTimeLimit(database.queries);
    await sql`create table notes (id int)`.execute(queries);
    await sql`insert into notes values (1)`.execute(queries);
    const endless = sql`select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b`;
    const slow = endless.execute(database.queries).catch((thrown: unknown) => thrown);
    const waiting = sql`select * from notes`.execute(queries);
    expect(failureOf(await slow)).toBe('tooSlow');
    expect((await waiting).rows, 'what waits does not hear of it').toEqual([{ id: 1 }]);
    await transact(queries, (transaction) => sql`insert into notes values (2)`.execute(transaction));
    expect((await sql`select * from notes`.execute(queries)).rows).toEqual([{ id: 1 }, { id: 2 }]);
    expect(events).toEqual([
      'the embedded database was stopped, because a statement took too long; it is being reopened',
      'the embedded database is open again',
    ]);
  });

  it('is given up when the server says nothing more, and its connection with it', async () => {
    const { url } = await createTestDatabase('postgres');
    const proxy = await startDatabaseProxy(url!);
    const database = await openDatabase({ url: proxy.url, statementLimitMs: 100 });
    onTestFinished(database.close);
    const { queries } = database;
    expect(await ask(withoutTimeLimit(queries))).toBe(1);
    proxy.freeze();
    const error = await ask(queries).catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toBe('tooSlow');
    proxy.resume();
    expect(await ask(withoutTimeLimit(queries))).toBe(1);
  });

  it('is let be where it may take its time, and not on the same connection afterwards', async () => {
    const { queries, url } = await createTestDatabase('postgres', { poolSize: 1, statementLimitMs: 500 });
    const lock = await holdLock(url!, 7);
    const patient = waitFor(7, withoutTimeLimit(queries));
    await lock.waiters(1);
    await lock.query('select pg_sleep(0.7)');
    await lock.open();
    await patient;
    const setting = sql<{ statement_timeout: string }>`show statement_timeout`;
    expect((await setting.execute(queries)).rows).toEqual([{ statementTimeout: '500ms' }]);
  });

  it('is let be when it is a migration', async () => {
    const { url } = await createTestDatabase('postgres');
    const lock = await holdLock(url!, 624743); // which migrations wait for
    const opening = openDatabase({ url: url!, statementLimitMs: 100 });
    await lock.waiters(1);
    await lock.query('select pg_sleep(0.3)');
    await lock.open();
    await (await opening).close();
  });
});

describe('a database that is not there', () => {
  it('is not waited for by one request after the other', async () => {
    const { url } = await createTestDatabase('postgres');
    const proxy = await startDatabaseProxy(url!);
    const database = await openDatabase({ url: proxy.url, poolSize: 2 });
    onTestFinished(database.close);
    const lost = sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.queries).catch(() => {});
    await lost;
    proxy.freeze();
    const asked = Array.from({ length: 50 }, (_, lane) => ask(inLane(database.queries, `lane ${lane}`)));
    const failures = await Promise.allSettled(asked);
    proxy.resume();
    const kinds = failures.map((one) => (one.status === 'rejected' ? failureOf(one.reason) : 'answered'));
    expect(new Set(kinds)).toEqual(new Set(['unavailable']));
    const messages = failures.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : ''));
    expect(messages.filter((message) => message.includes('within 30 s'))).toEqual([]);
  });
});

describe.each(bothEngines)('queries of a workspace, on %s', (engine) => {
  it('are those of the database, in a transaction those of the transaction', async () => {
    const { queries } = await createTestDatabase(engine);
    await sql`create table notes (id int)`.execute(queries);
    await transact(inLane(queries, 'a'), async (transaction) => {
      await sql`insert into notes values (1)`.execute(inLane(transaction, 'b'));
      throw new Error('enough');
    }).catch(() => {});
    expect((await sql`select * from notes`.execute(inLane(queries, 'b'))).rows).toEqual([]);
  });
});
