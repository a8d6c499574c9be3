import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { confine, type Magpie, type Session, signInAs, startMagpie, TestTime, uncompressed } from './magpie.ts';
import { Random } from './random.ts';
import { reads } from './reads.ts';
import { Stock } from './stock.ts';
import { mutations, takeOnce } from './take-once.ts';

describe('after a mutation, every read of a fixed set answers exactly as without a cache, whoever sees what:', () => {
  const time = new TestTime();
  let cached: Magpie;
  let plain: Magpie;
  let owner: Session;
  let confined: Session;
  let stock: Stock;

  beforeAll(async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    cached = await startMagpie(database, { time });
    plain = await startMagpie(database, { time, isCaching: false });
    owner = await signInAs(database, 'OWNER');
    confined = await signInAs(database, 'CONTRIBUTOR');
    await confine(database, confined, 2);
    await database.queries.updateTable('settings').set({ requiresApproval: false }).execute();
    stock = new Stock(database.queries, owner.workspaceId, new Random(1));
  });

  it.each(mutations)('%s', async (mutation) => {
    const random = new Random(mutations.indexOf(mutation) + 1);
    await stock.refresh();
    const asked = [owner, confined].flatMap(({ token }) =>
      Object.values(reads).map((make) => ({ token, ...make(random, stock) })),
    );
    const answers = (magpie: Magpie) =>
      Promise.all(
        asked.map(async ({ token, ...read }) => {
          const { text } = await magpie.ask(token, read.document, read.variables, uncompressed);
          return { read, text };
        }),
      );
    await answers(cached);
    await takeOnce(mutation, random, { magpie: cached, owner, stock, time });
    expect(await answers(cached)).toEqual(await answers(plain));
  });
});
