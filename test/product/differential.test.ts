import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { seed } from '../setup/seed.ts';
import { compareSteps } from './differential.ts';
import { confine, type Magpie, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';
import { Random } from './random.ts';
import { Stock } from './stock.ts';
import { inputs, otherMutations, systemInputs } from './writes.ts';

const steps = Number(process.env.DIFFERENTIAL_STEPS ?? 400);

describe('the server with its cache and hot path', () => {
  const time = new TestTime();
  const random = new Random(seed);
  let cached: Magpie;
  let plain: Magpie;
  let stock: Stock;
  let owner: Session;
  let sessions: readonly Session[];

  beforeAll(async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    cached = await startMagpie(database, { time });
    plain = await startMagpie(database, { time, isCaching: false });
    owner = await signInAs(database, 'OWNER');
    const confined = await signInAs(database, 'CONTRIBUTOR');
    await confine(database, confined, 2);
    sessions = [
      owner,
      await signInAs(database, 'EDITOR'),
      await signInAs(database, 'READER'),
      await signInAs(database, 'OWNER', { place: 1 }),
      confined,
    ];
    stock = new Stock(database.queries, owner.workspaceId, random);
    await stock.refresh();
  });

  it('knows a write for every mutation of the schema', () => {
    const all = Object.keys(cached.engine.schema.getMutationType()!.getFields());
    expect([...Object.keys(inputs), ...Object.keys(systemInputs), ...otherMutations].sort()).toEqual(all.sort());
  });

  it(`answers ${steps} random steps of reads and writes like one without, to the byte`, async () => {
    await compareSteps(steps, { cached: [cached], plain, owner, sessions, stock, time, random });
    const { total } = cached.engine.cache.snapshot();
    expect(total.hitRatio).toBeGreaterThan(0.3); // or nothing was tested
    expect(total.missesBy.invalidated).toBeGreaterThan(10);
    expect(cached.hotAnswers()).toBeGreaterThan(10);
  }, 240_000);
});
