import { beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { signInAs, startMagpie, TestTime } from './magpie.ts';
import { Random } from './random.ts';
import { reads } from './reads.ts';
import { Stock } from './stock.ts';
import { mutations, takeOnce } from './take-once.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase('pglite', { template: 'seeded' });
});

/** The other tests of the product run on a server. This one runs each statement on the embedded database. */
it('the embedded database takes every mutation, and then answers every read as without a cache', async () => {
  const time = new TestTime();
  const magpie = await startMagpie(database, { time });
  const plain = await startMagpie(database, { time, isCaching: false });
  const owner = await signInAs(database, 'OWNER');
  await database.queries.updateTable('settings').set({ requiresApproval: false }).execute();
  const stock = new Stock(database.queries, owner.workspaceId, new Random(1));
  const random = new Random(1);
  for (const mutation of mutations) {
    await stock.refresh();
    await takeOnce(mutation, random, { magpie, owner, stock, time });
  }
  await stock.refresh();
  for (const [name, make] of Object.entries(reads)) {
    const { document, variables } = make(random, stock);
    const [{ json }, { json: expected }] = [
      await magpie.ask(owner.token, document, variables),
      await plain.ask(owner.token, document, variables),
    ];
    expect([name, json.errors, json]).toEqual([name, undefined, expected]);
  }
});
