import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCluster } from '../../src/cluster/cluster.ts';
import { noMemory } from '../../src/cluster/member-options.ts';
import { defaultTiming } from '../../src/cluster/timing.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { seed } from '../setup/seed.ts';
import { compareSteps } from './differential.ts';
import { confine, createMemoryStore, type Magpie, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';
import { Random } from './random.ts';
import { Stock } from './stock.ts';

/** A new epoch begins with a wait for leases of the one before. */
async function settleEpoch({ queries, url }: TestDatabase): Promise<void> {
  const first = await openCluster({ url: url!, queries, tagsVersion: '', log: { info() {}, warn() {} } });
  await first.join(noMemory);
  await first.close();
  await sql`update cache_epoch set is_settled = true`.execute(queries);
}

const steps = Number(process.env.DIFFERENTIAL_STEPS ?? 120);

describe('three servers on one database', () => {
  const time = new TestTime();
  const media = createMemoryStore();
  let database: TestDatabase;
  let owner: Session;
  let servers: readonly Magpie[];

  /** Beats are so rare that servers know of each other's writes by their publications alone. */
  const timing = { ...defaultTiming, leaseMs: 600_000, beatMs: 300_000 };
  const start = (tagsVersion: string) =>
    startMagpie(database, { time, media, cluster: { url: database.url!, tagsVersion, timing } });

  beforeAll(async () => {
    database = await createTestDatabase('postgres', { template: 'seeded', poolSize: 40 });
    owner = await signInAs(database, 'OWNER');
    await settleEpoch(database);
    servers = await Promise.all(['this one', 'this one', 'this one'].map(start));
  });

  it(`answer ${steps} random steps of reads and writes at any of them like one without a cache, to the byte`, async () => {
    const random = new Random(seed);
    const plain = await startMagpie(database, { time, media, isCaching: false });
    const confined = await signInAs(database, 'CONTRIBUTOR');
    await confine(database, confined, 2);
    const sessions = [owner, await signInAs(database, 'READER'), confined];
    const stock = new Stock(database.queries, owner.workspaceId, random);
    await stock.refresh();
    await compareSteps(steps, { cached: servers, plain, owner, sessions, stock, time, random });
    for (const { engine } of servers) {
      const { total } = engine.cache.snapshot();
      expect(total.hits).toBeGreaterThan(10); // or nothing was tested
      expect(total.missesBy.invalidated).toBeGreaterThan(5);
    }
  }, 120_000);

  it('answer right while one is of another release, which forgets all of a workspace that the others write to', async () => {
    const [one, other] = [servers[0]!, servers[1]!];
    const next = await start('the next one');
    const { token } = owner;
    const settings = '{ settings { weekStartsOn brandVoice } }';
    const isHit = async (server: Magpie) =>
      (await server.ask(token, settings)).headers.get('cache-status')!.includes('; hit');
    const createTemplate = 'mutation { createTemplate(input: { title: "New", body: "text" }) { template { id } } }';
    const heat = async () => {
      for (const server of [one, other, next]) for (let time = 0; time < 2; time++) await server.ask(token, settings);
      return await Promise.all([one, other, next].map(isHit));
    };

    for (const [writer, hits] of [[one, [true, true, false]] as const, [next, [false, false, true]] as const]) {
      expect(await heat()).toEqual([true, true, true]);
      await writer.ask(token, createTemplate); // of which the settings do not depend
      expect(await Promise.all([one, other, next].map(isHit))).toEqual(hits);
    }
    for (const [round, writer] of [one, next, other, next, one].entries()) {
      const brandVoice = `Round ${round}`;
      await heat();
      await writer.ask(
        token,
        `mutation { updateSettings(input: { brandVoice: "${brandVoice}" }) { userErrors { code } } }`,
      );
      for (const server of [one, other, next, one, other, next])
        expect((await server.ask(token, settings)).json.data.settings.brandVoice).toBe(brandVoice);
    }
  });
});
