import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Admission, type Queries } from '../../src/database/admission.ts';
import { UnknownOutcomeError } from '../../src/database/errors.ts';
import { startPglite } from '../../src/database/pglite.ts';
import { type TransactionOutcome, transact } from '../../src/database/transaction.ts';
import { bothEngines, createTestDatabase } from '../setup/databases.ts';
import { createGate } from '../setup/gates.ts';
import { pgliteTemplate } from '../setup/templates.ts';

async function createNotes(queries: Queries): Promise<void> {
  await sql`drop table if exists notes`.execute(queries);
  await sql`create table notes (id int constraint note_id unique deferrable initially deferred)`.execute(queries);
}

async function notes(queries: Queries): Promise<number[]> {
  return (await sql<{ id: number }>`select id from notes order by id`.execute(queries)).rows.map(({ id }) => id);
}

function write(queries: Queries, id: number): Promise<unknown> {
  return sql`insert into notes values (${id})`.execute(queries);
}

/** `transact`, and what it said of the outcome. */
function transactAndListen<T>(queries: Queries, run: (transaction: Queries) => Promise<T>) {
  const outcomes: TransactionOutcome[] = [];
  return {
    ended: transact(queries, run, { onOutcome: (transactionOutcome) => outcomes.push(transactionOutcome) }),
    outcomes,
  };
}

describe.each(bothEngines)('a transaction on %s', (engine) => {
  let queries: Queries;
  beforeAll(async () => {
    ({ queries } = await createTestDatabase(engine));
  });
  beforeEach(() => createNotes(queries));

  it('returns its result when it is committed', async () => {
    const { ended, outcomes } = transactAndListen(queries, async (transaction) => {
      await write(transaction, 1);
      return 'done';
    });
    expect(await ended).toBe('done');
    expect(outcomes).toEqual(['committed']);
    expect(await notes(queries)).toEqual([1]);
  });

  it('rolls back on what it throws, and throws it on', async () => {
    const refusal = new Error('refused');
    const { ended, outcomes } = transactAndListen(queries, async (transaction) => {
      await write(transaction, 1);
      throw refusal;
    });
    await expect(ended).rejects.toBe(refusal);
    expect(outcomes).toEqual(['rolledBack']);
    expect(await notes(queries)).toEqual([]);
  });

  it('writes nothing that comes behind its end, of statements that ran side by side', async () => {
    const { ended } = transactAndListen(queries, (transaction) =>
      Promise.all([raise(transaction, 'P0001'), ...[1, 2, 3].map((id) => write(transaction, id))]),
    );
    await expect(ended).rejects.toThrow('conflict');
    const unawaited: Promise<unknown>[] = [];
    await transact(queries, async (transaction) => {
      unawaited.push(...[4, 5].map((id) => write(transaction, id)));
    });
    await Promise.all(unawaited);
    expect((await notes(queries)).sort()).toEqual([4, 5]);
  });

  it('is not committed if one of its statements failed, even if nobody minded', async () => {
    const { ended, outcomes } = transactAndListen(queries, async (transaction) => {
      await write(transaction, 1);
      await sql`select 1 / 0`.execute(transaction).catch(() => {});
    });
    await expect(ended).rejects.toThrow('expected to commit, but got a rollback');
    expect(outcomes).toEqual(['rolledBack']);
    expect(await notes(queries)).toEqual([]);
  });

  it('is known to be rolled back when the server refuses to commit it', async () => {
    const { ended, outcomes } = transactAndListen(queries, async (transaction) => {
      await write(transaction, 1);
      await write(transaction, 1); // the constraint is deferred until the commit
    });
    await expect(ended).rejects.toMatchObject({ code: '23505', constraint: 'note_id' });
    expect(outcomes).toEqual(['rolledBack']);
    expect(await notes(queries)).toEqual([]);
  });

  it('begins anew after a conflict with another, and speaks of the last outcome only', async () => {
    let attempts = 0;
    const { ended, outcomes } = transactAndListen(queries, async (transaction) => {
      attempts += 1;
      await write(transaction, attempts);
      if (attempts < 3) await raise(transaction, '40001');
    });
    await ended;
    expect(outcomes).toEqual(['committed']);
    expect(await notes(queries)).toEqual([3]);
  });

  it('gives up on the third conflict', async () => {
    let attempts = 0;
    const { ended, outcomes } = transactAndListen(queries, async (transaction) => {
      attempts += 1;
      await raise(transaction, '40P01');
    });
    await expect(ended).rejects.toMatchObject({ code: '40P01' });
    expect([attempts, outcomes]).toEqual([3, ['rolledBack']]);
  });

  it('gives its connection back, however it ends', async () => {
    for (let round = 0; round < 20; round += 1) {
      await transact(queries, (transaction) => raise(transaction, '23505')).catch(() => {});
      await transact(queries, (transaction) => sql`select 1 / 0`.execute(transaction).catch(() => {})).catch(() => {});
    }
    expect(await notes(queries)).toEqual([]);
  });
});

describe.each(bothEngines)('a connection on %s', (engine) => {
  it('takes no transaction that was left open to whoever has it next', async () => {
    const { queries } = await createTestDatabase(engine, { poolSize: 1 });
    await createNotes(queries);
    await queries.connection().execute(async (connection) => {
      await sql`begin`.execute(connection);
      await write(connection, 1);
    });
    await write(queries, 2);
    expect(await notes(queries)).toEqual([2]);
  });
});

describe('transactions that take their time', () => {
  it.each([
    [4, 3],
    [2, 1],
  ])('leave a quarter of the connections to reads: of %i they take %i', async (poolSize, atOnce) => {
    const { queries } = await createTestDatabase('postgres', { poolSize });
    await createNotes(queries);
    const end = createGate<void>();
    const [last, begun] = [createGate<void>(), [] as number[]];
    const slow = [1, 2, 3, 4].map((text) =>
      transact(queries, async (transaction) => {
        if (begun.push(text) === atOnce) last.open();
        await end.promise;
        await write(transaction, text);
      }),
    );
    await last.promise;
    expect(await notes(queries)).toEqual([]);
    expect(begun).toHaveLength(atOnce);
    end.open();
    await Promise.all(slow);
    expect((await notes(queries)).sort()).toEqual([1, 2, 3, 4]);
  });
});

function raise(queries: Queries, code: string): Promise<unknown> {
  return sql.raw(`do $$ begin raise exception 'conflict' using errcode = '${code}'; end $$`).execute(queries);
}

describe('a transaction whose COMMIT has no answer', () => {
  it('is of unknown outcome, on a server', async () => {
    const { queries } = await createTestDatabase('postgres');
    await createNotes(queries);
    await sql`
      create function hang_up() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`.execute(queries);
    await sql`
      create constraint trigger hang_up after insert on notes deferrable initially deferred
      for each row execute function hang_up()`.execute(queries);
    const { ended, outcomes } = transactAndListen(queries, (transaction) => write(transaction, 1));
    await expect(ended).rejects.toBeInstanceOf(UnknownOutcomeError);
    expect(outcomes).toEqual(['unknown']);
    expect(await notes(queries), 'the pool opens another connection').toEqual([]);
  });

  it('is of unknown outcome, on the embedded database', async () => {
    const pglite = await startPglite({ dumpFile: await pgliteTemplate('empty') });
    const queries = new Admission(pglite.pool, { connections: 1, transactions: 1, isLimitedByServer: false }).queries();
    onTestFinished(() => pglite.stop());
    const { ended, outcomes } = transactAndListen(queries, async (transaction) => {
      await sql`create table notes (id int)`.execute(transaction);
      void pglite.stop(); // before COMMIT is sent, and so it never is answered
    });
    await expect(ended).rejects.toMatchObject({
      outcome: 'unknown',
      cause: { message: /embedded database has ended/ },
    });
    expect(outcomes).toEqual(['unknown']);
  });

  it('is rolled back for certain when the connection was lost before', async () => {
    const { queries } = await createTestDatabase('postgres');
    await createNotes(queries);
    const { ended, outcomes } = transactAndListen(queries, async (transaction) => {
      await write(transaction, 1);
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
    });
    await expect(ended).rejects.toMatchObject({ code: '57P01' });
    expect(outcomes).toEqual(['rolledBack']);
    expect(await notes(queries)).toEqual([]);
  });
});
