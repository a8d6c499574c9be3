import { describe, expect, it } from 'vitest';
import { createCounter, createEngine, policy } from './engine.ts';

const keys = (count: number) => Array.from({ length: count }, (_, n) => `key ${n}`);

describe('a policy that changes while the cache runs', () => {
  it('has its limits met at once, by the eviction of what was used least', async () => {
    const { cache, fetch, stats } = createEngine({ maxEntries: 10, eviction: 'lru' });
    for (const key of keys(10)) await fetch(key, () => key);
    for (const key of keys(3)) await fetch(key, () => 'again');
    cache.setPolicy('POSTS', { ...policy, maxEntries: 3, eviction: 'lru' });
    expect(stats()).toMatchObject({ entries: 3, evictions: 7, policy: { maxEntries: 3 } });
    for (const key of keys(3)) expect(await fetch(key, () => 'loaded')).toBe(key);
    cache.setPolicy('POSTS', { ...policy, maxEntries: 3, maxBytes: 600 });
    expect(stats().bytes).toBeLessThanOrEqual(600);
  });

  it.each(['arc', 'lru'] as const)(
    'keeps what there is room for, and evicts by the new rule from then on: %s',
    async (eviction) => {
      const { cache, fetch, stats } = createEngine({ maxEntries: 4, eviction: eviction === 'arc' ? 'lru' : 'arc' });
      for (const key of keys(4)) await fetch(key, () => key);
      cache.setPolicy('POSTS', { ...policy, maxEntries: 5, eviction });
      const counter = createCounter();
      for (const key of keys(4)) await fetch(key, counter.load);
      expect(counter.runs).toBe(0);
      for (const key of keys(40)) await fetch(key, counter.load);
      expect(stats()).toMatchObject({ entries: 5, policy: { eviction } });
      cache.clear();
      expect(cache.indexes()).toMatchObject({ entries: 0, bytes: 0, flights: 0 });
    },
  );

  it('lets nothing live longer than it says, and shortens nothing when it allows more', async () => {
    const { cache, time, fetch } = createEngine();
    const counter = createCounter();
    await fetch('key', counter.load);
    cache.setPolicy('POSTS', { ...policy, ttlMs: 20_000 });
    time.pass(9_999);
    expect(await fetch('key', counter.load)).toBe(1);
    time.pass(1);
    expect(await fetch('key', counter.load)).toBe(2);
    time.pass(19_999);
    expect(await fetch('key', counter.load)).toBe(2);
    cache.setPolicy('POSTS', { ...policy, ttlMs: 1_000 }, 'an operator');
    expect(await fetch('key', counter.load)).toBe(3);
    time.pass(1_000);
    expect(await fetch('key', counter.load)).toBe(4);
  });

  it('concerns its own category alone', async () => {
    const { cache, fetch } = createEngine();
    await fetch({ category: 'MEDIA', key: 'key' }, () => 'kept');
    cache.setPolicy('POSTS', { ...policy, ttlMs: 1, maxEntries: 1 });
    expect(await fetch({ category: 'MEDIA', key: 'key' }, () => 'loaded')).toBe('kept');
  });

  it('is refused when it makes no sense, and then nothing changes', () => {
    const { cache, stats } = createEngine();
    expect(() => cache.setPolicy('POSTS', { ...policy, maxEntries: 0 })).toThrow('Policy POSTS.maxEntries');
    expect(stats().policy).toEqual(policy);
  });
});

describe('what a policy is judged by', () => {
  it('is counted since it changed, and of reloads since the entries of the earlier one are gone', async () => {
    const { cache, time, fetch, stats } = createEngine({ ttlMs: 10_000, maxEntries: 4 });
    const readAll = async () => {
      for (const key of keys(3)) await fetch(key, () => 'the same');
    };
    const judged = () => {
      const { lookups, evictions, expiredReloads, unchangedReloads, rejected } = cache.underPolicy('POSTS');
      return { lookups, evictions, expiredReloads, unchangedReloads, rejected };
    };
    await readAll();
    time.pass(10_000);
    await readAll();
    await fetch('large', () => 'x'.repeat(20_000));
    expect(judged()).toEqual({ lookups: 7, evictions: 0, expiredReloads: 3, unchangedReloads: 3, rejected: 1 });
    cache.setPolicy('POSTS', { ...policy, ttlMs: 20_000, maxEntries: 2 });
    const nothing = { lookups: 0, evictions: 0, expiredReloads: 0, unchangedReloads: 0, rejected: 0 };
    expect(judged()).toEqual(nothing);
    cache.setPolicy('POSTS', { ...policy, ttlMs: 20_000, maxEntries: 4 });
    time.pass(9_999);
    await readAll();
    time.pass(1);
    await readAll(); // those of the earlier lifetime end here
    expect(judged()).toMatchObject({ unchangedReloads: 0 });
    time.pass(20_000);
    await readAll();
    expect(judged()).toMatchObject({ expiredReloads: 3, unchangedReloads: 3 });
    expect(stats().expiredReloads).toBeGreaterThan(3);
  });
});
