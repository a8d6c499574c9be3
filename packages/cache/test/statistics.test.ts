import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import type { Entry } from '../src/entry.ts';
import { Histogram } from '../src/histogram.ts';
import { SlidingMinute } from '../src/sliding-minute.ts';
import type { Counts } from '../src/statistics.ts';
import { createEngine, policy } from './engine.ts';

function expectSums(counts: Counts): void {
  const { hitsBy, missesBy } = counts;
  expect(counts.hits).toBe(hitsBy.memory + hitsBy.remote + hitsBy.stale);
  expect(counts.misses).toBe(missesBy.cold + missesBy.expired + missesBy.evicted + missesBy.invalidated);
  expect(counts.lookups).toBe(counts.hits + counts.misses + counts.bypasses);
  expect(counts.coalesced).toBe(counts.misses - counts.loads);
  expect(counts.coalesced).toBeGreaterThanOrEqual(0);
  expect(counts.hitRatio).toBe(counts.hits + counts.misses === 0 ? null : counts.hits / (counts.hits + counts.misses));
  for (const { minMs, avgMs, maxMs, p50Ms, p95Ms, p99Ms } of [counts.hitLatency, counts.missLatency]) {
    if (minMs === null) expect([avgMs, maxMs, p50Ms, p95Ms, p99Ms]).toEqual([null, null, null, null, null]);
    else {
      expect(avgMs! >= minMs && avgMs! <= maxMs!).toBe(true);
      expect([minMs, p50Ms, p95Ms, p99Ms, maxMs]).toEqual(
        [minMs, p50Ms, p95Ms, p99Ms, maxMs].toSorted((a, b) => a! - b!),
      );
    }
  }
}

/** Loads by the kind of lookup in a random test. `finish` ends the slow one that began first. */
function createLoads() {
  const gates: { open(value: string): void }[] = [];
  const loads = {
    read: () => 'value',
    null: () => null,
    large: () => 'x'.repeat(600),
    fail: async () => Promise.reject(new Error('down')),
    slow: () => {
      const gate = createGate<string>();
      gates.push(gate);
      return gate.load();
    },
  };
  return { loads, finish: () => gates.shift()?.open('late') };
}

type Lookup = keyof ReturnType<typeof createLoads>['loads'];

function isLookup(step: string): step is Lookup {
  return ['read', 'null', 'large', 'fail', 'slow'].includes(step);
}

/** All counters in a snapshot, by name. `coalesced` is the difference of two: a lookup that waits in vain loads after all. */
function countersOf({ total, categories }: { total: Counts; categories: readonly object[] }): Map<string, number> {
  const counters = new Map<string, number>();
  const add = (place: string, counts: object) => {
    for (const [name, value] of Object.entries(counts))
      if (isCounter(name) && typeof value === 'number') counters.set(`${place} ${name}`, value);
      else if (name === 'hitsBy' || name === 'missesBy' || name === 'audit') add(`${place} ${name}`, value);
      else if (name === 'fields') for (const field of value) add(`${place} ${field.coordinate}`, field);
  };
  add('total', total);
  for (const category of categories as readonly { category: string; counts?: Counts }[])
    add(category.category, category.counts ?? category);
  return counters;
}

const levels = ['coalesced', 'hitRatio', 'entries', 'bytes', 'maxEntries', 'maxBytes', 'hitsPerEntry', 'utilization'];

function isCounter(name: string): boolean {
  return !levels.includes(name) && name !== 'evictionsPerMinute';
}

describe('known traffic', () => {
  it('is counted, and each miss by its cause', async () => {
    const { cache, look, time, stats } = createEngine({ maxEntries: 2, staleIfErrorMs: 0 });
    const causes: unknown[] = [];
    const read = async (key: string) => causes.push((await look({ key, tags: [`Post:${key}`] }, () => key)).cause);
    await read('a'); // cold
    await read('a'); // a hit
    cache.invalidate(['Post:a'], 'updatePost');
    await read('a'); // invalidated
    time.pass(10_000);
    await read('a'); // expired
    await read('b'); // cold
    await read('c'); // cold, and evicts
    const left = cache.peek('POSTS', 'a', cache.now()) ? 'b' : 'a';
    await read(left); // evicted
    cache.countBypass('POSTS');
    expect(causes).toEqual(['cold', undefined, 'invalidated', 'expired', 'cold', 'cold', 'evicted']);
    expect(stats()).toMatchObject({
      lookups: 8,
      hits: 1,
      misses: 6,
      bypasses: 1,
      loads: 6,
      coalesced: 0,
      missesBy: { cold: 3, expired: 1, evicted: 1, invalidated: 1 },
      evictions: 2,
      evictionsPerMinute: 2,
      invalidations: 1,
      hitRatio: 1 / 7,
      entries: 2,
    });
    expectSums(stats());
  });

  it('adds up at every moment, in each field, category and in all', async () => {
    const step = fc.record({
      key: fc.nat(6),
      what: fc.constantFrom('read', 'read', 'fail', 'slow', 'finish', 'invalidate', 'pass', 'null', 'large', 'bypass'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const limits = { maxEntries: 4, maxBytes: 20_000, ttlMs: 5_000, staleMs: 1_000, staleIfErrorMs: 2_000 };
        const { cache, look, time } = createEngine(limits, { maxFlights: 3, loadTimeoutMs: 4_000 });
        const { loads, finish } = createLoads();
        for (const { key, what } of steps) {
          const request = { key: `${key}`, tags: [`Post:${key % 3}`], coordinate: `Query.field${key % 2}` };
          const lookUp = (kind: Lookup) => void look(request, loads[kind]).catch(() => {});
          if (isLookup(what)) lookUp(what);
          else if (what === 'finish') finish();
          else if (what === 'invalidate') cache.invalidate([`Post:${key % 3}`]);
          else if (what === 'bypass') cache.countBypass('POSTS', 'Query.field0');
          else time.pass(key * 700);
          if (key % 2 === 0) await settle();
          const snapshot = cache.snapshot();
          expectSums(snapshot.total);
          for (const category of snapshot.categories) {
            expectSums(category);
            for (const field of category.fields) expectSums(field);
            expect(category.lookups).toBe(category.fields.reduce((sum, field) => sum + field.lookups, 0));
          }
          expect(cache.snapshot()).toEqual(snapshot);
        }
      }),
    );
  });

  it('never lowers a counter', async () => {
    const step = fc.record({
      key: fc.nat(5),
      what: fc.constantFrom(
        ...(['read', 'read', 'read', 'read', 'hit', 'fail', 'slow', 'finish', 'null', 'set', 'large'] as const),
        ...(['invalidate', 'invalidate', 'expire', 'drop', 'clear', 'shrink', 'pass', 'pass', 'look', 'look'] as const),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), async (steps) => {
        const limits = { maxEntries: 5, maxBytes: 20_000, ttlMs: 3_000, staleMs: 1_000, staleIfErrorMs: 2_000 };
        const { cache, look, time } = createEngine(limits, { loadTimeoutMs: 4_000 });
        const intervals = cache.intervals();
        const { loads, finish } = createLoads();
        let kept: Entry | undefined; // it may have died since
        let latest = countersOf(cache.snapshot());
        for (const { key: number, what } of steps) {
          const key = `${number}`;
          const request = { key, tags: [`Post:${number % 2}`], coordinate: `Query.field${number % 2}` };
          const lookUp = (kind: Lookup) => void look(request, loads[kind]).catch(() => {});
          kept = cache.hottest('POSTS', 1)[0] ?? kept;
          if (isLookup(what)) lookUp(what);
          else if (what === 'finish') finish();
          else if (what === 'hit' && kept) cache.countHit(kept);
          else if (what === 'set') cache.set({ category: 'POSTS', key, stamp: cache.stamp }, 'set');
          else if (what === 'invalidate') cache.invalidate([`Post:${number % 2}`]);
          else if (what === 'expire') cache.expire('POSTS', key);
          else if (what === 'drop' && kept) cache.drop(kept, 'a test');
          else if (what === 'clear' && number === 0) cache.clear();
          else if (what === 'shrink') cache.setPolicy('POSTS', { ...policy, ...limits, maxEntries: 2 + number });
          else if (what === 'pass') time.pass(number * 1_000);
          if (what === 'fail' || what === 'finish') await settle();
          if (what === 'pass' || what === 'look') {
            const counters = countersOf(cache.snapshot());
            expect([...counters].filter(([name, value]) => value < (latest.get(name) ?? 0))).toEqual([]);
            latest = counters;
            expect([...countersOf(intervals.next())].filter(([, value]) => value < 0)).toEqual([]);
          }
        }
      }),
      { seed: 17, numRuns: 8 },
    );
  });

  it('of nothing has null ratios', () => {
    const { cache } = createEngine();
    const { total, categories } = cache.snapshot();
    for (const counts of [total, ...categories]) {
      expect(counts).toMatchObject({ lookups: 0, hitRatio: null, hitsPerEntry: null, hitLatency: { avgMs: null } });
    }
  });
});

describe('an explanation', () => {
  it('names the tag and the mutation that invalidated', async () => {
    const { cache, look } = createEngine();
    await look({ tags: ['Post', 'Post:1'] }, () => 'old');
    cache.invalidate(['Post:1'], 'updatePost');
    expect(await look({ tags: ['Post', 'Post:1'] }, () => 'new')).toMatchObject({
      status: 'MISS',
      cause: 'invalidated',
      invalidatedBy: { tag: 'Post:1', cause: 'updatePost' },
    });
  });

  it('names them also when the entry has given up its room since', async () => {
    const { cache, look } = createEngine({ maxEntries: 1 });
    await look({ tags: ['Post'] }, () => 'old');
    cache.invalidate(['Post'], 'createPost');
    await look('other', () => 'takes the room');
    expect(await look({ tags: ['Post'] }, () => 'new')).toMatchObject({
      cause: 'invalidated',
      invalidatedBy: { tag: 'Post', cause: 'createPost' },
    });
  });

  it('gives age and time to live', async () => {
    const { look, time } = createEngine({ ttlMs: 10_000 });
    expect(await look('key', () => 'value')).toMatchObject({
      status: 'MISS',
      cause: 'cold',
      ageMs: 0,
      expiresInMs: 10_000,
    });
    time.pass(3_000);
    expect(await look('key', () => 'value')).toMatchObject({
      status: 'HIT',
      tier: 'memory',
      ageMs: 3_000,
      expiresInMs: 7_000,
    });
  });

  it('tells who waited, with the cause of the miss that was joined', async () => {
    const { look } = createEngine();
    const gate = createGate<string>();
    const answers = [look('key', gate.load), look('key', gate.load)];
    gate.open('value');
    expect(await Promise.all(answers)).toMatchObject([{ status: 'MISS' }, { status: 'COALESCED', cause: 'cold' }]);
  });
});

describe('reloads after expiry', () => {
  it('that found what was there before are told apart', async () => {
    const { look, time, stats } = createEngine({ ttlMs: 1_000 });
    for (const value of [{ a: [1] }, { a: [1] }, { a: [2] }, { a: [2] }]) {
      await look('key', () => structuredClone(value));
      time.pass(1_000);
    }
    expect(stats()).toMatchObject({ expiredReloads: 3, unchangedReloads: 2 });
  });

  it('are told apart by each letter of a text of some length', async () => {
    const { look, time, stats } = createEngine({ ttlMs: 1_000 });
    const text = 'A line or two on slow mornings, good bread, and the view from the window. '.repeat(3);
    for (let at = 0; at < text.length; at++) {
      await look('key', () => [`${text.slice(0, at)}_${text.slice(at + 1)}`]);
      time.pass(1_000);
    }
    expect(stats()).toMatchObject({ expiredReloads: text.length - 1, unchangedReloads: 0 });
  });

  it('include background refreshes, and those of entries that gave up their room', async () => {
    const { look, time, stats } = createEngine({ ttlMs: 1_000, staleMs: 500, maxEntries: 1 });
    await look('key', () => 'same');
    time.pass(1_000);
    await look('key', () => 'same'); // refreshes
    time.pass(1_500);
    await look('other', () => 'takes the room');
    await look('key', () => 'same');
    expect(stats()).toMatchObject({ expiredReloads: 2, unchangedReloads: 2 });
  });

  it('do not include those after an invalidation', async () => {
    const { look, cache, stats } = createEngine();
    await look({ tags: ['Post'] }, () => 'same');
    cache.invalidate(['Post']);
    await look({ tags: ['Post'] }, () => 'same');
    expect(stats().expiredReloads).toBe(0);
  });
});

describe('a field', () => {
  it('is counted under its coordinate', async () => {
    const { look, stats } = createEngine();
    await look({ key: 'a', coordinate: 'Query.post' }, () => 'value');
    await look({ key: 'a', coordinate: 'Query.post' }, () => 'value');
    await look({ key: 'b', coordinate: 'Query.posts' }, () => 'value');
    await look({ key: 'a', coordinate: 'Query.node' }, () => 'value');
    expect(stats().fields).toMatchObject([
      { coordinate: 'Query.post', lookups: 2, hits: 1, misses: 1, entries: 1 },
      { coordinate: 'Query.posts', lookups: 1, hits: 0, misses: 1, entries: 1 },
      { coordinate: 'Query.node', lookups: 1, hits: 1, misses: 0, entries: 0 },
    ]);
  });

  it('beyond a thousand is counted with others', async () => {
    const { look, stats } = createEngine();
    for (let field = 0; field < 1_100; field++) await look({ key: 'key', coordinate: `Query.f${field}` }, () => 1);
    expect(stats().fields.length).toBeLessThanOrEqual(1_001);
    expect(stats().lookups).toBe(1_100);
  });
});

describe('what the cache was good for', () => {
  it('is the load time that hits did not spend, also those of entries that left', async () => {
    const { look, time, cache, stats } = createEngine();
    const slow = async () => {
      time.step(40);
      return 'value';
    };
    await look({ tags: ['Post'] }, slow);
    await look({ tags: ['Post'] }, slow);
    await look({ tags: ['Post'] }, slow);
    expect(stats().savedMs).toBe(80);
    cache.invalidate(['Post']);
    await look({ tags: ['Post'] }, slow);
    await look({ tags: ['Post'] }, slow);
    expect(stats()).toMatchObject({ savedMs: 120, missLatency: { minMs: 40, avgMs: 40, maxMs: 40 } });
  });

  it('does not fall by a rounding when entries leave', async () => {
    const { look, time, cache, stats } = createEngine();
    for (let number = 1; number <= 9; number++)
      for (let lookup = 0; lookup <= number; lookup++)
        await look({ key: `${number}` }, () => time.step(Math.sqrt(number)));
    const { savedMs } = stats();
    for (const entry of cache.hottest('POSTS', 9)) {
      cache.drop(entry, 'a test');
      expect(stats().savedMs).toBe(savedMs);
    }
  });

  it('shows in the hits of its entries, the hottest first', async () => {
    const { look, cache, stats } = createEngine();
    for (const [key, hits] of Object.entries({ cool: 1, hot: 5, warm: 3, cold: 0 })) {
      for (let lookup = 0; lookup <= hits; lookup++) await look({ key, namespace: key }, () => key);
    }
    expect(cache.hottest('POSTS', 2).map(({ key, hits }) => [key, hits])).toEqual([
      ['hot', 5],
      ['warm', 3],
    ]);
    expect(cache.hottest('POSTS', 1, ({ namespace }) => namespace !== 'hot').map(({ key }) => key)).toEqual(['warm']);
    expect(stats().hitsPerEntry).toBe(9 / 4);
    cache.clear({ namespace: 'hot' });
    expect(cache.hottest('POSTS', 1).map(({ key }) => key)).toEqual(['warm']);
  });

  it('is measured on a sample of hits', async () => {
    let reading = 0;
    const { look, stats } = createEngine({}, { clock: { now: () => (reading += 0.25) } });
    for (let lookup = 0; lookup < 1_000; lookup++) await look({ key: 'key', now: 0 }, () => 'value');
    expect(stats().hitLatency).toMatchObject({ minMs: 0.25, avgMs: 0.25, maxMs: 0.25, p50Ms: 0.25 });
  });
});

describe('what is invalidated', () => {
  it('counts as gone at once, though it is collected later', async () => {
    const { look, cache, stats } = createEngine();
    await look({ key: 'a', tags: ['Post'] }, () => 'value');
    await look({ key: 'b', tags: ['Post'] }, () => 'value');
    cache.invalidate(['Post']);
    expect(stats()).toMatchObject({ entries: 0, bytes: 0, invalidations: 2, utilization: 0 });
    await look({ key: 'a', tags: ['Post'] }, () => 'value');
    expect(stats()).toMatchObject({ entries: 1, invalidations: 2 });
  });
});

describe('an entry that died and is not collected yet', () => {
  /** An entry that has expired and counts as that. */
  const withExpired = async () => {
    const engine = createEngine({ ttlMs: 10_000 });
    const { entry } = await engine.look({ tags: ['Post'] }, () => 'value');
    engine.time.pass(10_000);
    expect(engine.stats()).toMatchObject({ entries: 0, expirations: 1 });
    return { ...engine, entry };
  };
  const once = { expirations: 1, invalidations: 0, replacements: 0 };

  it('stays expired when a write follows, which explains the next miss all the same', async () => {
    const { cache, look, stats } = await withExpired();
    cache.invalidate(['Post'], 'createPost');
    expect(stats()).toMatchObject(once);
    expect(await look({ tags: ['Post'] }, () => 'newer')).toMatchObject({ cause: 'invalidated' });
    expect(stats()).toMatchObject(once);
  });

  it('is not replaced, too', async () => {
    const { cache, stats } = await withExpired();
    cache.set({ category: 'POSTS', key: 'key', stamp: cache.stamp }, 'newer');
    expect(stats()).toMatchObject({ ...once, entries: 1 });
  });

  it('is not dropped, too', async () => {
    const { cache, entry, stats } = await withExpired();
    cache.drop(entry, 'a test');
    expect(stats()).toMatchObject(once);
  });

  it('stays invalidated when its lifetime ends', async () => {
    const { cache, look, time, stats } = createEngine({ ttlMs: 10_000 });
    await look({ tags: ['Post'] }, () => 'value');
    cache.invalidate(['Post']);
    expect(stats()).toMatchObject({ invalidations: 1 });
    time.pass(10_000);
    expect(stats()).toMatchObject({ invalidations: 1, expirations: 0 });
  });
});

describe('the hit ratio of other sizes', () => {
  it('is told for a quarter to four times the entries', async () => {
    const { look, cache } = createEngine({ maxEntries: 8 });
    for (let lookup = 0; lookup < 320; lookup++) await look(`key ${lookup % 16}`, () => 'value');
    expect(cache.sizing('POSTS')).toEqual([
      { maxEntries: 2, hitRatio: 0 },
      { maxEntries: 4, hitRatio: 0 },
      { maxEntries: 8, hitRatio: 0 },
      { maxEntries: 16, hitRatio: 0.95 },
      { maxEntries: 32, hitRatio: 0.95 },
    ]);
  });

  it('is told of no size that is beyond what is estimated', async () => {
    const sizesFor = (maxEntries: number) =>
      createEngine({ maxEntries })
        .cache.sizing('POSTS')
        .map((one) => one.maxEntries);
    expect(sizesFor(10_000)).toEqual([2_500, 5_000, 10_000, 20_000]);
    expect(sizesFor(20_000)).toEqual([5_000, 10_000, 20_000]);
  });

  it('counts every lookup, however many come between two readings', async () => {
    const { look, cache } = createEngine({ maxEntries: 8 });
    for (let lookup = 0; lookup < 20_000; lookup++) {
      await look('key', () => 'value');
      if (lookup % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(cache.sizing('POSTS')[2]!.hitRatio).toBe(19_999 / 20_000);
  });
});

describe('a histogram', () => {
  it('tells percentiles to within a twentieth', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-5, max: 1e6, noNaN: true }), { minLength: 1 }), (durations) => {
        const histogram = new Histogram();
        for (const duration of durations) histogram.record(duration);
        const sorted = durations.toSorted((one, other) => one - other);
        const { minMs, maxMs, p50Ms, p95Ms } = histogram.latency();
        expect([minMs, maxMs]).toEqual([sorted[0], sorted.at(-1)]);
        expect(p50Ms! / sorted[Math.ceil(sorted.length * 0.5) - 1]!).toBeCloseTo(1, 0);
        expect(Math.abs(Math.log(p95Ms! / sorted[Math.ceil(sorted.length * 0.95) - 1]!))).toBeLessThan(0.05);
      }),
    );
  });

  it('takes what no clock should measure', () => {
    const histogram = new Histogram();
    for (const duration of [-1, 0, Number.NaN, 1e300]) histogram.record(duration);
    const { minMs, p50Ms, maxMs } = histogram.latency();
    expect([minMs, maxMs]).toEqual([0, 1e300]);
    expect(p50Ms).toBeLessThan(1e-6);
  });
});

describe('a sliding minute', () => {
  it('counts what happened within the last sixty seconds', () => {
    const minute = new SlidingMinute();
    const counts: number[] = [];
    for (const second of [0, 0, 30, 59, 60, 89, 200]) {
      minute.record(second * 1_000);
      counts.push(minute.count(second * 1_000));
    }
    expect(counts).toEqual([1, 2, 3, 4, 3, 4, 1]);
    expect([259, 260, 9_999].map((second) => minute.count(second * 1_000))).toEqual([1, 0, 0]);
  });
});
