import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { json, type Queries } from '../../src/database/database.ts';
import { createProductLimits } from '../../src/domains/product-limits.ts';
import type { EngineOptions } from '../../src/graphql/engine-interface.ts';
import { newArm } from '../../src/operator/experiment-arms.ts';
import { createTestDatabase, engines } from '../setup/databases.ts';
import { ada, bob } from './nest.ts';
import { createProduct } from './product.ts';

const limits = () => createProductLimits(readConfig({}).productLimits);
const experiment = `category startedAt arms { ttlSeconds loads hits hitRatio savedLoads checked behindShare
  avgBehindSeconds maxBehindSeconds savedMs
  hitRatioTest { comparisons difference pValue isReal } behindTest { difference pValue isReal } }`;

/** The longest lifetime of an experiment that this file starts; templates have no stale window. */
const longestMs = 600_000;

/** A process of the product over a database. */
function createProcess(queries: Queries, options: Partial<EngineOptions> = {}) {
  const product = createProduct({}, { queries, limits: limits(), ...options });
  const mutate = async (mutation: string, as = ada) => {
    const text = `mutation { result: ${mutation} { experiment { ${experiment} } userErrors { code message } } }`;
    const { data, errors } = await product.ask(text, { as });
    return errors ? errors[0].extensions.code : data.result;
  };
  return {
    ...product,
    start: (input = 'category: TEMPLATES, ttlSeconds: [60, 600]', as = ada) =>
      mutate(`startCacheExperiment(input: { ${input} })`, as),
    end: (input = '', as = ada) => mutate(`endCacheExperiment(input: { ${input} })`, as),
    running: async () => (await product.ask(`{ cacheExperiment { ${experiment} } }`)).data.cacheExperiment,
    ttlSeconds: async () =>
      (await product.ask('{ cacheStats { categories(only: [TEMPLATES]) { policy { ttlSeconds } } } }')).data.cacheStats
        .categories[0].policy.ttlSeconds,
    /** Loads keys, and reads each so many times, in a round that then ends. */
    async round(hits = { 60000: 1, 600000: 1 } as Record<number, number>) {
      const { cache } = product.engine;
      product.pass(longestMs); // the warm-up
      for (let n = 0; n < 40; n++) {
        const request = { category: 'TEMPLATES', key: `key ${n}` } as const;
        const load = async () => {
          product.time.pass(2);
          return n;
        };
        const entry = await cache.read(request, load);
        const times = hits[entry.expiresAt - entry.createdAt] ?? 0;
        for (let hit = 0; hit < times; hit++) await cache.read(request, load);
      }
      product.pass(9 * longestMs); // its end, and the round after it

      await product.engine.saveExperiment();
    },
  };
}

/** A predictable draw of arms. */
const random = () => 0.5;

describe.each(engines)('an experiment on a lifetime, on %s', (engine) => {
  it('runs in all processes, adds up what they find, outlives a restart, and ends with a lifetime adopted', async () => {
    const { queries } = await createTestDatabase(engine);
    const one = createProcess(queries, { random });
    const other = createProcess(queries, { random: () => 0.25 });
    expect(await one.running()).toBeNull();
    expect(await one.start()).toMatchObject({ experiment: { category: 'TEMPLATES' }, userErrors: [] });
    await other.engine.refreshPolicies(); // as it does every half minute, or when it hears of the mutation
    for (let n = 0; n < 6; n++) {
      await one.round({ 60000: 1, 600000: 3 });
      await other.round({ 60000: 1, 600000: 3 });
    }
    const restarted = createProcess(queries, { random });
    await restarted.engine.refreshPolicies();
    const { arms } = await restarted.running();
    const [short, long] = arms;
    expect(short).toMatchObject({ ttlSeconds: 60, hitRatio: 0.5, savedLoads: null, hitRatioTest: null });
    expect(short.loads + long.loads).toBe(12 * 40);
    expect(long).toMatchObject({
      ttlSeconds: 600,
      hitRatio: 0.75,
      checked: 0,
      behindShare: null,
      avgBehindSeconds: null,
      maxBehindSeconds: null,
    });
    expect(long.savedLoads).toBeCloseTo(0.25 * 4 * long.loads);
    expect(long.savedMs).toBe(2 * 3 * long.loads);
    expect(long.hitRatioTest).toMatchObject({ isReal: true });
    expect(long.hitRatioTest.comparisons).toBeGreaterThan(60); // of 12 rounds with 16 groups of 2 to 3 keys
    expect(long.hitRatioTest.difference).toBeCloseTo(0.25);
    expect(long.behindTest).toMatchObject({ difference: null, pValue: 1, isReal: false });

    const { experiment: last, userErrors } = await restarted.end('adoptTtlSeconds: 600');
    expect([userErrors, last.arms[1].loads]).toEqual([[], long.loads]);
    await one.engine.refreshPolicies();
    for (const process of [one, restarted]) {
      expect([await process.running(), await process.ttlSeconds()]).toEqual([null, 600]);
      const entry = await process.engine.cache.read({ category: 'TEMPLATES', key: 'later' }, async () => 1);
      expect(entry.expiresAt - entry.createdAt).toBe(600_000);
    }
  });

  it('is one at a time, of different lifetimes, and ends with one of its own or none', async () => {
    const { queries } = await createTestDatabase(engine);
    const { start, end, running, ttlSeconds } = createProcess(queries);
    const configured = await ttlSeconds();
    const refused = async (
      result: Promise<{ experiment: unknown; userErrors: { code: string; message: string }[] }>,
    ) => {
      const { experiment, userErrors } = await result;
      expect(experiment).toBeNull();
      return `${userErrors[0]!.code}: ${userErrors[0]!.message}`;
    };
    expect(await refused(end())).toBe('CONFLICT: Expected an experiment that runs, but none does.');
    expect(await refused(start('category: POSTS, ttlSeconds: [60]'))).toContain(
      '2 to 4 different lifetimes, but got 1',
    );
    expect(await refused(start('category: POSTS, ttlSeconds: [60, 60]'))).toContain('but got one twice');
    await start();
    expect(await refused(start('category: POSTS, ttlSeconds: [60, 70]'))).toContain('An experiment on TEMPLATES runs');
    expect(await refused(end('adoptTtlSeconds: 61'))).toBe('INVALID: Expected one of 60, 600, but got 61.');
    expect(await running()).not.toBeNull();
    expect(await end()).toMatchObject({ userErrors: [] });
    expect([await running(), await ttlSeconds()]).toEqual([null, configured]);
  });

  it('counts with the stale window of an override, from the start and after a change', async () => {
    const { queries } = await createTestDatabase(engine);
    const before = createProcess(queries, { random });
    const setStale = (process: typeof before, seconds: number) =>
      process.ask(
        `mutation { setCachePolicy(input: { category: TEMPLATES, staleSeconds: ${seconds} }) { policy { staleSeconds } userErrors { code } } }`,
        { as: ada },
      );
    await before.start();
    await setStale(before, 300);
    const process = createProcess(queries, { random });
    await process.engine.refreshPolicies();
    /** Whether a load so long after the beginning of a round is counted. */
    const isCounted = async (ms: number) => {
      process.pass(ms);
      const entry = await process.engine.cache.read({ category: 'TEMPLATES', key: `after ${ms}` }, async () => 1);
      return entry.trial !== undefined;
    };
    const windowMs = 300_000;
    expect([await isCounted(longestMs + windowMs - 1), await isCounted(1)]).toEqual([false, true]);
    await setStale(process, 600);
    expect([await isCounted(longestMs + 2 * windowMs - 1), await isCounted(1)]).toEqual([false, true]);
  });

  it('does not start before the overrides were read', async () => {
    const { queries } = await createTestDatabase(engine);
    await createProcess(queries).start();
    const process = createProcess(queries);
    await sql`alter table cache_policies rename to away`.execute(queries);
    await expect(process.engine.refreshPolicies()).rejects.toThrow();
    await process.running().catch(() => {}); // it waits for both readings
    const lifetime = async () => {
      const entry = await process.engine.cache.read({ category: 'TEMPLATES', key: 'key' }, async () => 1);
      return entry.expiresAt - entry.createdAt;
    };
    expect(await lifetime()).toBe(300_000);
    await sql`alter table away rename to cache_policies`.execute(queries);
    await process.engine.refreshPolicies();
    expect([60_000, 600_000]).toContain(await lifetime());
  });

  it('cannot run, but does no harm, in a version that lacks its category', async () => {
    const { queries } = await createTestDatabase(engine);
    const failures: string[] = [];
    const log = { alert() {}, failure: (message: string) => void failures.push(message) };
    const { engine: one, end, start, ttlSeconds } = createProcess(queries, { log });
    const before = await ttlSeconds();
    const row = {
      id: 'later',
      category: 'LATER',
      startedAt: '2026-01-01T00:00:00.000Z',
      arms: json([newArm(1_000), newArm(2_000)]),
    };
    await queries.insertInto('cacheExperiments').values(row).execute();
    for (let n = 0; n < 2; n++) {
      await one.refreshPolicies();
      await one.saveExperiment();
    }
    expect(failures).toEqual(['cache: the experiment of the table cache_experiments cannot run in this version']);
    expect(await ttlSeconds()).toBe(before);
    await queries.deleteFrom('cacheExperiments').execute();
    await start();
    const entry = await one.cache.read({ category: 'TEMPLATES', key: 'key' }, async () => 1);
    expect([60_000, 600_000]).toContain(entry.expiresAt - entry.createdAt);
    expect(await end()).toMatchObject({ userErrors: [] });
  });
});

describe('an experiment, which concerns all workspaces,', () => {
  it('is started and ended by those who may change policies alone, within the same limit', async () => {
    const { queries } = await createTestDatabase('postgres');
    const elsewhere = createProcess(queries, { operatorWorkspace: 'ws_other' });
    const { start, end, running } = createProcess(queries);
    for (const process of [elsewhere, { start, end }]) {
      const as = process === elsewhere ? ada : bob;
      expect([await process.start(undefined, as), await process.end('', as)]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    }
    expect(await running()).toBeNull();
    for (let n = 0; n < 5; n++) expect([await start(), await end()]).toMatchObject([{}, {}]);
    expect([await start(), await end()]).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
  });
});
