import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../bench/hit-ratio/random.ts';
import { settle } from '../../../test/setup/gates.ts';
import { type Category, createCounter, createEngine, policy } from './engine.ts';

const arms = [10_000, 30_000];
const warmUpMs = 30_000;
const roundMs = 5 * warmUpMs;
/** From the end of a round until the last entry that it counts has expired, with a minute to spare. */
const endMs = warmUpMs + 60_000;

/** An engine with an experiment on two lifetimes. */
function createTried(options: Parameters<typeof createEngine>[1] = {}) {
  const engine = createEngine({ maxEntries: 10_000, maxBytes: 10_000_000 }, options);
  engine.cache.startExperiment('POSTS', { ttlMs: arms, seed: 7 });
  /** Lifetime of what is loaded for a key now. */
  const ttlOf = async (key: string) => {
    const { entry } = await engine.look(key, async () => 1);
    return entry.expiresAt - entry.createdAt;
  };
  const ended = (category: Category = 'POSTS') => engine.cache.endedRounds(category);
  return { ...engine, ttlOf, ended };
}

/** The trials of all groups of a round. */
const inAll = (groups: ReturnType<ReturnType<typeof createTried>['ended']>) => groups.flat();
const sumOf = (trials: ReturnType<typeof inAll>, name: 'loads' | 'hits' | 'savedMs') =>
  trials.reduce((sum, trial) => sum + trial[name], 0);

const keys = Array.from({ length: 200 }, (_, n) => `key ${n}`);

describe('an experiment on lifetimes', () => {
  it('gives about as many keys each of them, the same as long as a round lasts, and deals anew in the next', async () => {
    const { time, cache, ttlOf } = createTried();
    const deal = () => Promise.all(keys.map((key) => ttlOf(key)));
    const first = await deal();
    expect(first.filter((ttlMs) => ttlMs === arms[0]).length).toBeGreaterThan(75);
    expect(first.filter((ttlMs) => ttlMs === arms[1]).length).toBeGreaterThan(75);
    cache.clear();
    time.pass(roundMs - 1);
    expect(await deal()).toEqual(first);
    cache.clear();
    time.pass(1);
    const second = await deal();
    const moved = second.filter((ttlMs, at) => ttlMs !== first[at]).length;
    expect(moved).toBeGreaterThan(75);
    expect(moved).toBeLessThan(125);
  });

  it('finds the hit ratio that each lifetime has without the other, though keys differ in traffic a hundredfold', async () => {
    const alone = [];
    for (const ttlMs of arms) alone.push(await ratiosOf({ ttlMs: [ttlMs, ttlMs], rounds: 3 }));
    const together = await ratiosOf({ ttlMs: arms, rounds: 8 });
    expect(alone[1]![1]! - alone[0]![1]!).toBeGreaterThan(0.1);
    for (const arm of [0, 1]) expect(Math.abs(together[arm]! - alone[arm]![arm]!)).toBeLessThan(0.01);
  });

  it('leaves alone other categories, values that are set, and lookups with a lifetime or stale window of their own', async () => {
    const { cache, look } = createTried();
    const { entry: own } = await look({ key: 'own', ttlMs: 5_000 }, async () => 1);
    expect(own.expiresAt - own.createdAt).toBe(5_000);
    const { entry: stale } = await look({ key: 'stale', staleMs: 600_000 }, async () => 1); // would outlast its round
    expect(stale.expiresAt - stale.createdAt).toBe(10_000);
    const given = cache.set({ category: 'POSTS', key: 'given' }, 1);
    expect(given.expiresAt - given.createdAt).toBe(10_000);
    const { entry } = await look({ category: 'MEDIA', key: 'other' }, async () => 1);
    expect([own, stale, given, entry].map(({ trial }) => trial)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('counts loads and hits of each arm after a warm-up, of entries that left and of those that are kept, once each', async () => {
    const { time, cache, look, ended } = createTried();
    for (const key of keys) for (let read = 0; read < 3; read++) await look(`early ${key}`, async () => 1);
    time.pass(warmUpMs);
    const expected = new Map(arms.map((ttlMs) => [ttlMs, { loads: 0, hits: 0 }]));
    for (const [n, key] of keys.entries()) {
      const load = async () => {
        time.pass(2);
        return n;
      };
      const { entry } = await look({ key, tags: [`tag ${n % 2}`] }, load);
      const arm = expected.get(entry.expiresAt - entry.createdAt)!;
      arm.loads++;
      arm.hits += 3;
      for (let hit = 0; hit < 3; hit++) await look(key, async () => n);
    }
    cache.invalidate(['tag 0']);
    await look({ key: keys[0]! }, async () => 'again'); // detaches one of them
    time.pass(roundMs - warmUpMs);
    expect(ended()).toEqual([]);
    time.pass(endMs);
    const groups = ended();
    cache.clear(); // what leaves later is not counted again
    expect(groups.length).toBe(16);
    expect(groups.filter(([short, long]) => short!.loads > 0 && long!.loads > 0).length).toBeGreaterThan(12);
    expect(sumOf(inAll(groups), 'loads')).toBe(keys.length + 1);
    expect(sumOf(inAll(groups), 'savedMs')).toBe(2 * 3 * keys.length);
    for (const ttlMs of arms) {
      const trials = inAll(groups).filter((trial) => trial.ttlMs === ttlMs);
      expect(sumOf(trials, 'hits')).toBe(expected.get(ttlMs)!.hits);
    }
    time.pass(10 * roundMs);
    expect(ended()).toEqual([]);
  });

  it('tells how often, and by how much, a hit that was loaded again was behind', async () => {
    const audit = { every: 1, categories: ['POSTS'] as const, perSecond: 1_000 };
    const { time, fetch, ended } = createTried({ audit, random: () => 0 });
    time.pass(warmUpMs);
    let value = 'old';
    const read = async () => {
      await fetch('key', async () => value);
      await settle();
    };
    const writeAfter = async (ms: number) => {
      time.pass(ms);
      value = `written after ${ms}`;
      for (let n = 0; n < 2; n++) await read();
      time.pass(5_000); // the difference waits for an invalidation
    };
    for (let n = 0; n < 3; n++) await read(); // a hit is chosen, and the next one is loaded again
    await writeAfter(1_500);
    await read();
    await writeAfter(500);
    time.pass(roundMs + endMs);
    const { checked, behind, behindMs, maxBehindMs } = inAll(ended()).find((trial) => trial.checked > 0)!;
    expect({ checked, behind, behindMs, maxBehindMs }).toEqual({
      checked: 3,
      behind: 2,
      behindMs: 2_000,
      maxBehindMs: 1_500,
    });
  });

  it('begins and ends with an empty category, after which lifetimes are those of the policy', async () => {
    const engine = createEngine();
    const counter = createCounter();
    const kept = () => engine.stats().entries;
    await engine.fetch('key', counter.load);
    engine.cache.startExperiment('POSTS', { ttlMs: arms, seed: 7 });
    expect(kept()).toBe(0);
    await engine.fetch('key', counter.load);
    engine.cache.endExperiment('POSTS');
    expect(kept()).toBe(0);
    const { entry } = await engine.look('key', counter.load);
    expect([entry.expiresAt - entry.createdAt, counter.runs]).toEqual([10_000, 3]);
    engine.time.pass(10 * roundMs);
    expect(engine.cache.endedRounds('POSTS')).toEqual([]);
  });

  it('ends its rounds one after the other, those with a stale window later, and does not count a load that outlasts its round', async () => {
    const { cache, time, look } = createEngine({ staleMs: 30_000 });
    cache.startExperiment('POSTS', { ttlMs: arms, seed: 7 });
    time.pass(60_000); // the warm-up, stale window included
    await look('in time', async () => 1);
    const { entry } = await look('outlasting', async () => {
      time.pass(5 * 60_000 - 60_000 + 60_000 + 60_000 - 1);
      expect(cache.endedRounds('POSTS')).toEqual([]);
      time.pass(1);
      expect(
        cache
          .endedRounds('POSTS')
          .flat()
          .reduce((sum, { loads }) => sum + loads, 0),
      ).toBe(1);
      return 1;
    });
    expect(arms).toContain(entry.expiresAt - entry.createdAt);
    expect(entry.trial).toBeUndefined();
    time.pass(10 * 5 * 60_000);
    expect(cache.endedRounds('POSTS')).toEqual([]);
  });

  it('begins another round, with keys dealt anew, when the stale window changes, so that all hits of its entries still count', async () => {
    const { cache, time, look, ttlOf, ended } = createTried();
    const staleMs = 300_000;
    time.pass(warmUpMs);
    await look('given up', async () => 1);
    const before = await Promise.all(keys.map((key) => ttlOf(`early ${key}`)));
    cache.setPolicy('POSTS', { ...policy, maxEntries: 10_000, maxBytes: 10_000_000, staleMs });
    cache.clear();
    const after = await Promise.all(keys.map((key) => ttlOf(`early ${key}`)));
    expect(after.filter((ttlMs, at) => ttlMs !== before[at]).length).toBeGreaterThan(75);

    const longestMs = warmUpMs + staleMs;
    time.pass(longestMs - 1);
    await look('in the warm-up', async () => 1);
    time.pass(4 * longestMs);
    const { entry } = await look('a millisecond before the round ends', async () => 1);
    time.pass(entry.expiresAt - entry.createdAt + staleMs - 1);
    expect(ended()).toEqual([]); // though it would be over by far with the window of the start
    expect((await look('a millisecond before the round ends', async () => 1)).status).toBe('STALE');
    time.pass(longestMs + 60_000);
    const trials = inAll(ended());
    expect([sumOf(trials, 'loads'), sumOf(trials, 'hits')]).toEqual([1, 1]);
  });

  it.each([[[10_000]], [Array.from({ length: 11 }, (_, n) => n + 1)], [[1_000, 0]], [[1_000, 1.5]]])(
    'is refused with the lifetimes %j',
    (ttlMs) => {
      const { cache } = createEngine();
      expect(() => cache.startExperiment('POSTS', { ttlMs, seed: 7 })).toThrow(RangeError);
    },
  );
});

/**
 * Hit ratios of the arms where ten keys are read 60 times in the shorter lifetime, and a thousand 0.5 times, at times that do not depend on
 * each other.
 */
async function ratiosOf({ ttlMs, rounds }: { ttlMs: readonly number[]; rounds: number }): Promise<number[]> {
  const random = createRandom(11);
  const { cache, time } = createEngine({ maxEntries: 10_000, maxBytes: 10_000_000 });
  cache.startExperiment('POSTS', { ttlMs, seed: 5 });
  const meanMs = arms[0]! / (10 * 60 + 1_000 * 0.5);
  const load = async () => 1;
  let at = 0;
  while (at < rounds * roundMs) {
    const nextAt = at - meanMs * Math.log(1 - random());
    time.pass(Math.floor(nextAt) - Math.floor(at));
    at = nextAt;
    const key = random() < 600 / 1_100 ? `${Math.floor(random() * 10)}` : `rare ${Math.floor(random() * 1_000)}`;
    await cache.read({ category: 'POSTS', key }, load);
  }
  time.pass(roundMs + endMs);
  const groups = cache.endedRounds('POSTS');
  return ttlMs.map((_, arm) => {
    const trials = groups.map((group) => group[arm]!);
    return sumOf(trials, 'hits') / (sumOf(trials, 'hits') + sumOf(trials, 'loads'));
  });
}
