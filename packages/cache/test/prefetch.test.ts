import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../bench/hit-ratio/random.ts';
import type { Policy } from '../src/policy.ts';
import { createEngine } from './engine.ts';

const ttlMs = 10_000;

/** An engine in which a load takes `loadMs`, and reads of a key at a regular distance from its load to just before it expires. */
function createReaders(
  limits: Partial<Policy> = {},
  { random = createRandom(7), maxPrefetchesPerSecond = 1_000 } = {},
) {
  const engine = createEngine({ ttlMs, prefetchBeta: 1, ...limits }, { random, maxPrefetchesPerSecond });
  const { cache, time } = engine;
  /** Time left when the entry was reloaded; undefined if it was not. */
  const leadOf = (key: string, { loadMs, everyMs }: { loadMs: number; everyMs: number }) => {
    let reloadedAt: number | undefined;
    const startedAt = time.clock.now();
    const read = () =>
      cache.fetch({ category: 'POSTS', key }, ({ reason }) => {
        if (reason === 'refresh') reloadedAt = time.clock.now();
        else time.pass(loadMs);
        return key;
      });
    read();
    while (time.clock.now() < startedAt + ttlMs - everyMs && reloadedAt === undefined) {
      time.pass(everyMs);
      read();
    }
    return reloadedAt === undefined ? undefined : startedAt + ttlMs - reloadedAt;
  };
  return { ...engine, leadOf };
}

describe('a hot entry that is about to expire', () => {
  it('is reloaded before, so that nobody misses it', () => {
    const { leadOf, stats } = createReaders();
    expect(leadOf('key', { loadMs: 100, everyMs: 5 })).toBeGreaterThan(0);
    expect(stats()).toMatchObject({ misses: 1, loads: 1, refreshes: 1, prefetches: 1 });
  });

  it.each([
    ['the policy does not ask for it', { prefetchBeta: undefined }],
    ['there is a stale window, in which it is refreshed anyhow', { staleMs: 1 }],
  ])('is not when %s', (_, limits) => {
    const { leadOf, stats } = createReaders(limits);
    leadOf('key', { loadMs: 400, everyMs: 5 });
    expect(stats().prefetches).toBe(0);
  });

  it('is not when it was read less than three times', () => {
    const { cache, time, stats } = createReaders({}, { random: () => 0 });
    const read = () =>
      cache.fetch({ category: 'POSTS', key: 'key' }, () => {
        time.pass(100);
        return 'value';
      });
    const prefetchesAfterRead = () => {
      read();
      const { prefetches } = stats();
      time.pass(1);
      return prefetches;
    };
    read();
    time.pass(9_850);
    expect([prefetchesAfterRead(), prefetchesAfterRead(), prefetchesAfterRead()]).toEqual([0, 0, 1]);
  });

  it('is reloaded the earlier the longer its load takes', () => {
    const { leadOf } = createReaders({}, { random: () => 0.5 });
    const [cheap, costly] = [50, 400].map((loadMs) => leadOf(`${loadMs}`, { loadMs, everyMs: 1 })!);
    expect(costly! / cheap!).toBeGreaterThan(6);
  });

  it('is not reloaded beyond the budget', () => {
    const { cache, time, stats } = createReaders({}, { random: () => 0, maxPrefetchesPerSecond: 3 });
    const keys = Array.from({ length: 20 }, (_, n) => `key ${n}`);
    const read = (key: string) =>
      cache.fetch({ category: 'POSTS', key }, () => {
        time.pass(10);
        return key;
      });
    for (const key of keys) for (let n = 0; n < 5; n++) read(key);
    time.pass(ttlMs - 200 - 50); // the first expires in 50 ms, each next one 10 ms later
    for (let ms = 0; ms < 40; ms++) {
      for (const key of keys) read(key);
      time.pass(1);
    }
    expect(stats()).toMatchObject({ prefetches: 3, misses: 20 });
  });

  it('is reloaded as early as if each read drew for itself, as the paper has it', () => {
    const random = createRandom(3);
    const { leadOf } = createReaders({}, { random });
    const loadMs = 200;
    const everyMs = 4;
    const drawnByEach = () => {
      for (let left = ttlMs - everyMs; left > 0; left -= everyMs) if (-loadMs * Math.log(random()) >= left) return left;
      return 0;
    };
    const mean = (leads: number[]) => leads.reduce((sum, lead) => sum + lead, 0) / leads.length;
    const rounds = Array.from({ length: 80 }, (_, n) => n);
    const ours = mean(rounds.map((n) => leadOf(`key ${n}`, { loadMs, everyMs }) ?? 0));
    const paper = mean(Array.from({ length: 4_000 }, drawnByEach));
    expect(Math.abs(ours / paper - 1)).toBeLessThan(0.15);
  });
});
