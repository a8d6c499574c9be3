import fc from 'fast-check';
import { LRUCache } from 'lru-cache';
import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../../../../test/setup/garbage.ts';
import { createArc } from '../../src/eviction/arc.ts';
import { createLru } from '../../src/eviction/lru.ts';
import type { CreatePolicy, Evictable } from '../../src/eviction/policy.ts';
import { evictable, TinyStore } from './replay.ts';

const policies: readonly { create: CreatePolicy; mostGhosts: number }[] = [
  { create: createArc, mostGhosts: 2 }, // times the capacity
  { create: createLru, mostGhosts: 0 },
];

const key = fc.integer({ min: 0, max: 25 }).map((number) => `k${number}`);
const step = fc.oneof(
  { weight: 20, arbitrary: fc.record({ act: fc.constant('read' as const), key }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('remove' as const), key }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('evict' as const), key }) },
);

/** Follows the links from every end of a list; throws where they do not lead back. */
function linked(entries: Iterable<Evictable>): Map<number, string[]> {
  const lists = new Map<number, string[]>();
  for (const end of entries) {
    if (end.previous !== null) continue;
    if (lists.has(end.list))
      throw new Error(`expected one oldest entry in list ${end.list} but got another, ${end.key}`);
    const keys: string[] = [];
    for (let entry: Evictable | null = end; entry; entry = entry.next) {
      if (entry.next && entry.next.previous !== entry) throw new Error(`expected ${entry.next.key} to lead back`);
      if (entry.list !== end.list) throw new Error(`expected ${entry.key} in list ${end.list} but got ${entry.list}`);
      keys.push(entry.key);
    }
    lists.set(end.list, keys);
  }
  return lists;
}

describe.each(policies)('$create.name', ({ create, mostGhosts }) => {
  it('holds each entry in exactly one list, and no other, whatever happens', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 250 }), (capacity, steps) => {
        const policy = create<Evictable>(capacity);
        const store = new TinyStore(policy, capacity);
        const gone = new Set<Evictable>();
        for (const { act, key } of steps) {
          const before = store.entries.get(key);
          if (act === 'read') store.read(key);
          if (act === 'remove') store.remove(key);
          if (act === 'remove' && before) gone.add(before);
          if (act === 'evict') {
            const victim = store.evict();
            if (victim) gone.add(victim);
          }
          const lists = linked(store.entries.values());
          expect([...lists.values()].flat().sort()).toEqual([...store.entries.keys()].sort());
          expect([...lists.keys()].every((list) => list === 1 || list === 2)).toBe(true);
          expect(policy.ghosts).toBeLessThanOrEqual(mostGhosts * capacity);
        }
        for (const { list, previous, next } of gone)
          expect({ list, previous, next }).toEqual({ list: 0, previous: null, next: null });
      }),
      { numRuns: 300 },
    );
  });

  it('evicts every entry once, and then none', () => {
    const store = new TinyStore(create<Evictable>(8), 8);
    for (const key of 'abcdefghabcd') store.read(key);
    const victims = Array.from({ length: 8 }, () => store.evict()?.key);
    expect(victims.sort()).toEqual([...'abcdefgh']);
    expect(store.evict()).toBeUndefined();
  });

  it('ignores the removal of an entry that is gone', () => {
    const policy = create<Evictable>(2);
    const entry = evictable('a');
    policy.admit(entry);
    policy.admit(evictable('b'));
    policy.remove(entry);
    policy.remove(entry);
    expect(policy.evict()?.key).toBe('b');
    expect(policy.evict()).toBeUndefined();
  });

  it('keeps nothing of an entry but its key when it is evicted', async () => {
    const policy = create<Evictable>(2);
    const victims = ((): WeakRef<Evictable>[] => {
      const store = new TinyStore(policy, 2);
      for (const key of 'abcdabcdef') store.read(key);
      return Array.from({ length: 2 }, () => new WeakRef(store.evict()!));
    })();
    await new Promise((resolve) => setImmediate(resolve)); // what was dereferenced in a turn is held until it ends
    collectGarbage();
    expect(victims.map((victim) => victim.deref())).toEqual([undefined, undefined]);
  });

  it('holds and remembers nothing once it is cleared, and starts anew', () => {
    const policy = create<Evictable>(4);
    const entries = Array.from({ length: 10 }, (_, i) => evictable(`k${i}`));
    for (const entry of entries) policy.admit(entry);
    for (let i = 0; i < 6; i++) policy.evict();
    policy.clear();
    expect(policy.ghosts).toBe(0);
    expect(policy.evict()).toBeUndefined();
    expect(entries.every((entry) => entry.list === 0 && !entry.previous && !entry.next)).toBe(true);
    const store = new TinyStore(policy, 4);
    for (const key of 'aabcdefghij') store.read(key);
    expect(store.entries.size).toBe(4);
  });
});

describe('createLru', () => {
  it('holds what lru-cache holds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(key, { maxLength: 200 }), (capacity, keys) => {
        const store = new TinyStore(createLru<Evictable>(), capacity);
        const oracle = new LRUCache<string, true>({ max: capacity });
        for (const key of keys) {
          expect(store.read(key)).toBe(oracle.get(key) === true);
          oracle.set(key, true);
        }
        expect([...store.entries.keys()].sort()).toEqual([...oracle.keys()].sort());
      }),
    );
  });
});
