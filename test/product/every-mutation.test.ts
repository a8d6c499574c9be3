import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { confine, type Magpie, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';
import { Random } from './random.ts';
import { reads } from './reads.ts';
import { Stock } from './stock.ts';
import { inputs, systemInputs } from './writes.ts';

const uncompressed = { 'accept-encoding': 'identity' };

/** Inputs that one may try until a mutation takes one: most depend on the state of what they happen to pick. */
const maxTries = 60;

describe('after a mutation, every read of a fixed set answers exactly as without a cache, whoever sees what:', () => {
  const time = new TestTime();
  let cached: Magpie;
  let plain: Magpie;
  let owner: Session;
  let confined: Session;
  let stock: Stock;

  beforeAll(async () => {
    const database = await createTestDatabase('pglite', { template: 'seeded' });
    cached = await startMagpie(database, { time });
    plain = await startMagpie(database, { time, isCaching: false });
    owner = await signInAs(database, 'OWNER');
    confined = await signInAs(database, 'CONTRIBUTOR');
    await confine(database, confined, 2);
    await database.queries.updateTable('settings').set({ requiresApproval: false }).execute();
    stock = new Stock(database.queries, owner.workspaceId, new Random(1));
  });

  const mutations = [...Object.keys(inputs), ...Object.keys(systemInputs)];

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
    await takeOnce(mutation, random);
    expect(await answers(cached)).toEqual(await answers(plain));
  });

  async function takeOnce(mutation: string, random: Random): Promise<void> {
    const type = String(cached.engine.schema.getMutationType()!.getFields()[mutation]!.args[0]!.type);
    const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { code message } } }`;
    const refusals: unknown[] = [];
    for (let tries = 0; tries < maxTries; tries++) {
      const isSystem = mutation in systemInputs;
      const input = (isSystem ? systemInputs : inputs)[mutation]!(random, stock, time.date());
      const data = isSystem
        ? await cached.engine.executeAsSystem(owner.workspaceId, document, { input })
        : (await cached.ask(owner.token, document, { input })).json.data;
      const { userErrors } = data[mutation] as { userErrors: unknown[] };
      if (userErrors.length === 0) return;
      refusals.push(...userErrors);
    }
    throw new Error(
      `${mutation}: expected one of ${maxTries} inputs to be taken, but got ${JSON.stringify(refusals.slice(-3))}`,
    );
  }
});
