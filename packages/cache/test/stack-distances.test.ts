import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StackDistances } from '../src/stack-distances.ts';
import { hitsOf } from './eviction/replay.ts';

const lookups = (keys: number, maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: keys - 1 }), { minLength: 1, maxLength, size: 'max' }); // or they would be short

function counted(maxKeys: number, keys: readonly number[]): StackDistances {
  const distances = new StackDistances(maxKeys);
  for (const key of keys) {
    distances.record(key);
    if (distances.isNearlyFull) distances.drain();
  }
  distances.drain();
  return distances;
}

describe('the hit ratios of other sizes', () => {
  it('are those of a plain stack that is searched from the top', () => {
    fc.assert(
      fc.property(lookups(30, 400), fc.integer({ min: 1, max: 40 }), (keys, maxEntries) => {
        const stack: number[] = [];
        let hits = 0;
        for (const key of keys) {
          const depth = stack.indexOf(key);
          if (depth >= 0 && depth < maxEntries) hits++;
          if (depth >= 0) stack.splice(depth, 1);
          stack.unshift(key);
        }
        expect(counted(40, keys).hitRatios([maxEntries])).toEqual([{ maxEntries, hitRatio: hits / keys.length }]);
      }),
    );
  });

  it('are those that LRU caches of each size have, also beyond the keys that are remembered and renumbered', () => {
    fc.assert(
      fc.property(lookups(60, 600), (keys) => {
        const distances = counted(16, keys);
        for (const { maxEntries, hitRatio } of distances.hitRatios([1, 2, 3, 5, 8, 13, 16])) {
          expect(hitRatio, `${maxEntries} entries`).toBe(hitsOf(keys, 'lru', maxEntries) / keys.length);
        }
      }),
    );
  });

  it('do not fall as the size grows', () => {
    fc.assert(
      fc.property(lookups(50, 300), (keys) => {
        const ratios = counted(50, keys).hitRatios(Array.from({ length: 50 }, (_, i) => i + 1));
        const sorted = [...ratios].sort(
          (one, other) => one.hitRatio - other.hitRatio || one.maxEntries - other.maxEntries,
        );
        expect(ratios).toEqual(sorted);
      }),
    );
  });

  it('are 0 before the first lookup, and for no entries', () => {
    expect(new StackDistances(10).hitRatios([5])).toEqual([{ maxEntries: 5, hitRatio: 0 }]);
    expect(counted(10, [1, 1, 1]).hitRatios([0])).toEqual([{ maxEntries: 0, hitRatio: 0 }]);
  });

  it('of a size beyond the remembered keys are those of as many entries as keys', () => {
    const [atMost, beyond] = counted(3, [1, 2, 3, 1, 2, 3, 4, 1]).hitRatios([3, 1_000]);
    expect(beyond!.hitRatio).toBe(atMost!.hitRatio);
  });

  it('tell keys apart by all 32 bits', () => {
    expect(counted(10, [0, 0xffffffff, 0x80000000, 0x7fffffff]).hitRatios([10])[0]!.hitRatio).toBe(0);
  });
});

describe('a lookup of what was expired or invalidated', () => {
  it('is a miss at every size, and makes its key the most recent', () => {
    const distances = new StackDistances(10);
    for (const key of [1, 2, 3]) distances.record(key);
    distances.record(1, true);
    distances.record(1);
    distances.drain();
    expect(distances.hitRatios([1, 10])).toEqual([
      { maxEntries: 1, hitRatio: 0.2 },
      { maxEntries: 10, hitRatio: 0.2 },
    ]);
  });
});

describe('recorded lookups', () => {
  it('count when they are drained', () => {
    const distances = new StackDistances(10);
    distances.record(1);
    distances.record(1);
    expect([distances.lookups, distances.pending]).toEqual([0, 2]);
    distances.drain();
    expect([distances.lookups, distances.pending]).toEqual([2, 0]);
    distances.drain();
    expect(distances.lookups).toBe(2);
  });

  it('are dropped, and counted as that, when nobody drains', () => {
    const distances = new StackDistances(10);
    for (let key = 0; key < 5_000; key++) distances.record(key);
    expect(distances.isNearlyFull).toBe(true);
    distances.drain();
    expect(distances.lookups + distances.dropped).toBe(5_000);
    expect(distances.dropped).toBe(5_000 - 4_096);
    expect(distances.isNearlyFull).toBe(false);
    distances.record(1);
    distances.drain();
    expect(distances.dropped).toBe(5_000 - 4_096);
  });
});
