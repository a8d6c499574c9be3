import { describe, expect, it } from 'vitest';
import { syntheticTraces } from '../../../../bench/hit-ratio/synthetic.ts';
import { createArc } from '../../src/eviction/arc.ts';
import { createLru } from '../../src/eviction/lru.ts';
import type { Evictable } from '../../src/eviction/policy.ts';
import { hitsOf, TinyStore } from './replay.ts';

const arcStore = (capacity: number) => new TinyStore(createArc<Evictable>(capacity), capacity);

function read(store: TinyStore, keys: Iterable<string>, times = 1): void {
  for (let time = 0; time < times; time++) for (const key of keys) store.read(key);
}

const numberedKeys = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe('a scan', () => {
  it('does not push out what was seen again', () => {
    const store = arcStore(20);
    const hot = numberedKeys('hot', 10);
    read(store, hot, 2);
    read(store, numberedKeys('scanned', 500));
    expect(hot.filter((key) => store.entries.has(key))).toEqual(hot);
  });
});

describe('a key that returns after its eviction', () => {
  it('counts as seen again', () => {
    const store = arcStore(4);
    read(store, 'aabbccd');
    read(store, 'ef'); // d and e leave
    store.read('d');
    expect(store.entries.get('d')).toMatchObject({ list: 2, frequency: 2 });
  });

  it('gives room to what was seen once, if that it was', () => {
    const store = arcStore(8);
    const seenOnce = () => [...store.entries.values()].filter((entry) => entry.list === 1).length;
    const again = numberedKeys('again', 8);
    read(store, again, 2);
    const returning = numberedKeys('returning', 5);
    read(store, returning);
    expect(seenOnce()).toBe(1);
    read(store, returning);
    read(store, numberedKeys('new', 5));
    expect(seenOnce()).toBe(5);
  });

  it('counts as new where bytes leave room for few entries, if many left since', () => {
    const weigh = (key: string) => (key.startsWith('heavy') ? 25 : 1);
    const store = new TinyStore(createArc<Evictable>(1_000), 100, weigh);
    read(store, numberedKeys('light', 100));
    read(store, numberedKeys('heavy', 50));
    store.read('heavy10');
    expect(store.entries.get('heavy10')).toMatchObject({ list: 1, frequency: 1 });
  });
});

describe('the victim among entries seen again', () => {
  it('is not the oldest if that is used more frequently than one of the seven after it', () => {
    const store = arcStore(10);
    read(store, ['popular'], 5);
    read(store, numberedKeys('k', 9), 2);
    store.read('newcomer');
    expect(store.entries.has('popular')).toBe(true);
    expect(store.entries.has('k0')).toBe(false);
  });

  it('is the oldest where all are used as frequently', () => {
    const store = arcStore(10);
    read(store, numberedKeys('k', 10), 3);
    store.read('newcomer');
    expect(store.entries.has('k0')).toBe(false);
  });

  it('is none but the eight oldest', () => {
    const store = arcStore(10);
    read(store, numberedKeys('popular', 8), 3);
    read(store, ['rare0', 'rare1'], 2);
    store.read('newcomer');
    expect(store.entries.has('rare0') && store.entries.has('rare1')).toBe(true);
    expect(store.entries.has('popular0')).toBe(false);
  });

  it('is what was popular once, when that is long ago', () => {
    const store = arcStore(10);
    read(store, ['once popular'], 30);
    const lately = numberedKeys('k', 9);
    read(store, lately, 2);
    read(store, numberedKeys('passing', 600)); // k0 makes room for these
    read(store, lately.slice(1), 2);
    read(store, ['k0', 'newcomer']);
    expect(store.entries.has('once popular')).toBe(false);
    expect([...store.entries.keys()]).toEqual(expect.arrayContaining(lately));
  });
});

describe('the hit ratio', () => {
  const sizes = [30, 100, 300];
  const traces = syntheticTraces(20_000, 42);
  const pointsAboveLru = (trace: { requests: Uint32Array }, size: number) => {
    const ahead = hitsOf(trace.requests, 'arc', size) - hitsOf(trace.requests, 'lru', size);
    return (100 * ahead) / trace.requests.length;
  };

  it.each(traces)('is nowhere more than a point under LRU: $name', (trace) => {
    for (const size of sizes) expect(pointsAboveLru(trace, size), `${size} entries`).toBeGreaterThan(-1);
  });

  it('is three points above LRU on average', () => {
    const points = traces.flatMap((trace) => sizes.map((size) => pointsAboveLru(trace, size)));
    expect(points.reduce((sum, point) => sum + point, 0) / points.length).toBeGreaterThan(3);
  });

  it('is as near to LRU while writes remove entries', () => {
    for (const trace of traces) {
      const hits = [createArc, createLru].map((create) => {
        const store = new TinyStore(create<Evictable>(100), 100);
        let count = 0;
        for (const [at, request] of trace.requests.entries()) {
          if (at % 2 === 0) store.remove(`${trace.requests[at - ((at * 7_919) % 100)]}`);
          if (store.read(`${request}`)) count++;
        }
        return count;
      });
      expect((100 * (hits[0]! - hits[1]!)) / trace.requests.length, trace.name).toBeGreaterThan(-1);
    }
  });

  it('is as near to LRU where bytes are the limit, with far fewer entries than there may be', () => {
    for (const trace of traces) {
      const hits = [createArc, createLru].map((create) => {
        const store = new TinyStore(
          create<Evictable>(500),
          150,
          (key) => 1 + (key.length % 4) + (Number(key.at(-1)) % 5),
        );
        let count = 0;
        for (const request of trace.requests) if (store.read(`${request}`)) count++;
        return count;
      });
      expect((100 * (hits[0]! - hits[1]!)) / trace.requests.length, trace.name).toBeGreaterThan(-1);
    }
  });
});
