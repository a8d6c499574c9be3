import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../test/setup/gates.ts';
import { createCounter, createEngine } from './engine.ts';

const numbered = (count: number, name = 'key') => Array.from({ length: count }, (_, index) => `${name} ${index}`);

describe.each(['arc', 'lru'] as const)('a full store (%s)', (eviction) => {
  it('holds as many entries as it may', async () => {
    const { fetch, stats } = createEngine({ maxEntries: 10, eviction });
    for (const key of numbered(100)) await fetch(key, () => 'value');
    expect(stats()).toMatchObject({ entries: 10, evictions: 90, utilization: 1 });
  });

  it('tells of as many evicted keys as it has room for entries, at least, until they return', async () => {
    const { fetch, look } = createEngine({ maxEntries: 5, eviction });
    for (const key of numbered(100)) await fetch(key, () => 'value');
    const causes: unknown[] = [];
    for (const key of ['key 94', 'key 91', 'key 94', 'never']) causes.push((await look(key, () => 'value')).cause);
    expect(causes).toEqual(['evicted', 'evicted', undefined, 'cold']);
  });

  it('has as much room for them when others have returned', async () => {
    const { fetch, look } = createEngine({ maxEntries: 2, eviction });
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await fetch(key, () => 'value');
    for (const key of ['d', 'c']) await fetch(key, () => 'value'); // now e and f are evicted as well
    expect((await look('a', () => 'value')).cause).toBe('evicted');
  });

  it('tells how an entry was removed last', async () => {
    const { cache, fetch, look } = createEngine({ maxEntries: 5, eviction });
    const reload = async () => (await look({ key: 'key', tags: ['Post'] }, () => 'value')).cause;
    await reload();
    for (const key of numbered(8)) await fetch(key, () => 'value');
    expect(await reload()).toBe('evicted');
    cache.invalidate(['Post']);
    expect(await reload()).toBe('invalidated');
  });

  it('holds as many bytes as it may, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(30), fc.nat(1_500))), async (loads) => {
        const { fetch, stats } = createEngine({ maxBytes: 12_000, eviction });
        for (const [key, length] of loads) {
          await fetch({ key: `${key}`, ttlMs: 1 + length }, () => 'x'.repeat(length));
          expect(stats().bytes).toBeLessThanOrEqual(12_000);
        }
      }),
    );
  });

  it('evicts no live entry while there are invalidated ones', async () => {
    const { cache, fetch, stats } = createEngine({ maxEntries: 20, eviction });
    for (const key of numbered(10, 'live')) await fetch(key, () => 'value');
    for (const key of numbered(10, 'doomed')) await fetch({ key, tags: ['Doomed'] }, () => 'value');
    cache.invalidate(['Doomed']);
    for (const key of numbered(10, 'new')) await fetch(key, () => 'value');
    expect(stats()).toMatchObject({ entries: 20, evictions: 0, invalidations: 10 });
    const counter = createCounter();
    for (const key of [...numbered(10, 'live'), ...numbered(10, 'new')]) await fetch(key, counter.load);
    expect(counter.runs).toBe(0);
  });

  it('evicts no live entry while there are expired ones', async () => {
    const { fetch, stats, time } = createEngine({ maxEntries: 20, eviction });
    for (const key of numbered(10, 'doomed')) await fetch({ key, ttlMs: 1_000 }, () => 'value');
    for (const key of numbered(10, 'live')) await fetch(key, () => 'value');
    time.pass(1_000);
    for (const key of numbered(10, 'new')) await fetch(key, () => 'value');
    expect(stats()).toMatchObject({ entries: 20, evictions: 0, expirations: 10 });
  });

  it('evicts no live entry while there are some kept only in case a load fails', async () => {
    const { fetch, stats, time } = createEngine({ maxEntries: 20, staleIfErrorMs: 60_000, eviction });
    for (const key of numbered(10, 'expired')) await fetch({ key, ttlMs: 1_000 }, () => 'value');
    for (const key of numbered(10, 'live')) await fetch(key, () => 'value');
    time.pass(1_000);
    for (const key of numbered(10, 'new')) await fetch(key, () => 'value');
    expect(stats()).toMatchObject({ entries: 20, evictions: 0, expirations: 10 });
  });

  it('keeps most of those in case a load fails when one has to go', async () => {
    const { fetch, stats, time } = createEngine({ maxEntries: 80, staleIfErrorMs: 60_000, eviction });
    for (const key of numbered(80, 'expired')) await fetch({ key, ttlMs: 1_000 }, () => 'value');
    time.pass(1_000);
    await fetch('new', () => 'value');
    expect(stats().entries).toBeGreaterThanOrEqual(70);
  });

  it('is not harmed by a hundred thousand others of another category', async () => {
    const { cache, fetch, stats } = createEngine({ maxEntries: 50, eviction });
    for (const key of numbered(100)) await fetch({ category: 'MEDIA', key }, () => 'value');
    for (let argument = 0; argument < 100_000; argument++) {
      cache.read({ category: 'POSTS', key: `posts ${argument}` }, () => argument);
    }
    const counter = createCounter();
    for (const key of numbered(100)) await fetch({ category: 'MEDIA', key }, counter.load);
    expect(counter.runs).toBe(0);
    expect(stats()).toMatchObject({ entries: 50, misses: 100_000 });
    expect(cache.indexes().remembered).toBeLessThan(1_000);
    expect(cache.indexes().tags).toBeLessThan(1_000);
  });
});

describe('a full store of the plain policy', () => {
  it('evicts whoever was used the longest ago, at every moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 200, size: 'max' }), async (lookups) => {
        const { cache, fetch } = createEngine({ maxEntries: 4, eviction: 'lru' });
        const recent: number[] = [];
        for (const lookup of lookups) {
          await fetch(`${lookup}`, () => 'value');
          if (recent.includes(lookup)) recent.splice(recent.indexOf(lookup), 1);
          recent.push(lookup);
          if (recent.length > 4) recent.shift();
          const kept = [...Array(10).keys()].filter((key) => cache.peek('POSTS', `${key}`, cache.now()) !== undefined);
          expect(kept).toEqual(recent.toSorted((one, other) => one - other));
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('an entry over an eighth of the byte limit', () => {
  it('is answered, not kept, and counted', async () => {
    const { fetch, stats } = createEngine({ maxBytes: 8_000 });
    await fetch('empty', () => '');
    const longest = 1_000 - stats().bytes;
    const counter = createCounter();
    await fetch('large', async () => 'x'.repeat(longest + (await counter.load())));
    await fetch('large', async () => 'x'.repeat(longest + (await counter.load())));
    expect(stats()).toMatchObject({ entries: 1, rejected: 2 });
    await fetch('small', () => 'x'.repeat(longest));
    expect(stats()).toMatchObject({ entries: 2, bytes: 1_000 + 1_000 - longest });
  });

  it('leaves no older one of its key behind', async () => {
    const { fetch, time } = createEngine({ maxBytes: 8_000, staleIfErrorMs: 60_000 });
    await fetch('key', () => 'small');
    time.pass(10_000);
    await fetch('key', () => 'x'.repeat(1_000));
    await expect(fetch('key', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });
});

describe('an entry with more tags than any may have', () => {
  it('is answered, not kept', async () => {
    const { fetch, stats, cache } = createEngine();
    await fetch('key', (loadContext) => loadContext.depend(numbered(5_001, 'tag')));
    expect(stats()).toMatchObject({ entries: 0, rejected: 1 });
    expect(cache.indexes().tags).toBe(0);
  });
});

describe('a tag of a hundred thousand entries', () => {
  it('is invalidated at once, and none is served afterwards', async () => {
    const { cache } = createEngine({ maxEntries: 100_000, maxBytes: 100_000_000 });
    for (let entry = 0; entry < 100_000; entry++) {
      cache.read({ category: 'POSTS', key: `key ${entry}`, tags: ['Post'] }, () => entry);
    }
    const durations = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      cache.invalidate(['Post']);
      return performance.now() - startedAt;
    });
    expect(Math.min(...durations)).toBeLessThan(5);
    let loads = 0;
    for (let entry = 0; entry < 100_000; entry++) {
      cache.read({ category: 'POSTS', key: `key ${entry}`, tags: ['Post'] }, () => ++loads);
    }
    expect(loads).toBe(100_000);
  });
});

describe('every index', () => {
  it('is back at zero when everything has come and gone', async () => {
    const { cache, fetch, time, stats } = createEngine({ maxEntries: 10, staleMs: 5_000 });
    const gate = createGate<string>();
    const running = fetch({ key: 'running', tags: ['Post'] }, gate.load);
    for (const key of numbered(50)) {
      const { entry } = await createdEntry(key);
      cache.attach(entry, 'fragment', { bytes: 10, stamp: cache.stamp, tags: [`Fragment:${key}`], value: 'text' });
    }
    await fetch({ key: 'short', ttlMs: 10, tags: ['Post'] }, () => 'value');
    time.pass(20);
    cache.invalidate(['Post', 'nobody has this'], 'updatePost');
    gate.open('value');
    await running;
    await expect(fetch('fails', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    for (const key of numbered(50)) await createdEntry(key);
    cache.clear();
    expect(cache.indexes()).toMatchObject({ entries: 0, bytes: 0, tags: 0, flights: 0 });
    expect(cache.indexes().remembered).toBeLessThanOrEqual(3 * 10);
    expect(stats()).toMatchObject({ entries: 0, bytes: 0 });
    expect(time.alarms).toBe(0);

    async function createdEntry(key: string) {
      const request = { category: 'POSTS', key, namespace: 'ws', tags: ['Post', `Post:${key}`] } as const;
      return { entry: await cache.read(request, async () => ({ key })) };
    }
  });
});
