import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hitsOf } from '../../bench/hit-ratio/engine.ts';
import { optimumHits } from '../../bench/hit-ratio/optimum.ts';
import { syntheticTraces } from '../../bench/hit-ratio/synthetic.ts';
import { numbered, prefixOf, readTraces, splitByType, type Trace } from '../../bench/hit-ratio/traces.ts';
import { workload, workloadA } from '../../bench/hit-ratio/workload.ts';
import { invalidationsOf, lookupsOf } from '../../bench/hit-ratio/workload-fields.ts';
import { hitsOf as hitsOfPolicy } from '../../packages/cache/test/eviction/replay.ts';

describe('the optimum', () => {
  it('is the best that any choice of what to keep can do', () => {
    const requests = fc.array(fc.nat(4), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 3 }), (requests, capacity) => {
        expect(optimumHits(numbered('small', requests), capacity)).toBe(mostHits(requests, capacity));
      }),
    );
  });

  it('is never under a policy', () => {
    for (const trace of syntheticTraces(5_000, 1)) {
      expect(optimumHits(trace, 50), trace.name).toBeGreaterThanOrEqual(hitsOfPolicy(trace.requests, 'arc', 50));
    }
  });
});

/** By trying, after each request, to keep every set of keys that is small enough. */
function mostHits(requests: readonly number[], capacity: number): number {
  let best = new Map([['', 0]]); // by the keys that are kept
  for (const key of requests) {
    const next = new Map<string, number>();
    for (const [kept, hits] of best) {
      const after = hits + (kept.includes(`${key}`) ? 1 : 0);
      const sets = kept.includes(`${key}`) ? [kept] : [kept, ...withRoom(`${kept}${key}`, capacity)];
      for (const set of sets) next.set(set, Math.max(after, next.get(set) ?? 0));
    }
    best = next;
  }
  return Math.max(...best.values());
}

function withRoom(keys: string, capacity: number): string[] {
  return keys.length <= capacity ? [keys] : [...keys].map((key) => keys.replace(key, ''));
}

describe('the engine', () => {
  it('has the hits of its policies, which are replayed without it elsewhere', async () => {
    for (const trace of syntheticTraces(3_000, 2).slice(0, 4)) {
      expect(await hitsOf(trace, 30, 'lru')).toBe(hitsOfPolicy(trace.requests, 'lru', 30));
      // It tells a policy of the hits between two misses together, in the order of last uses: all that LRU can tell apart.
      const apart = (await hitsOf(trace, 30, 'arc')) - hitsOfPolicy(trace.requests, 'arc', 30);
      expect(Math.abs(apart), trace.name).toBeLessThanOrEqual(0.005 * trace.requests.length);
    }
  });
});

describe('recorded traces', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'magpie-traces-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (file: string, events: readonly number[]) => {
    const bytes = Buffer.alloc(events.length * 4);
    for (const [index, event] of events.entries()) bytes.writeUInt32BE(event, index * 4);
    writeFileSync(join(directory, file), bytes);
  };
  const event = (type: number, id: number) => ((type << 27) | (id << 9)) >>> 0;
  const requestsOf = (trace: Trace) => [...trace.requests];

  it('are read in the order of their names, whole or in part', () => {
    write('later.trace', [event(1, 7), event(1, 8), event(1, 7), event(31, 8)]);
    write('earlier.trace', [1]);
    write('unrelated.txt', [1]);
    const [earlier, later] = readTraces(directory);
    expect([earlier!.name, later!.name]).toEqual(['earlier', 'later']);
    expect(requestsOf(prefixOf(later!, 9))).toEqual([0, 1, 0, 2]);
    expect(requestsOf(prefixOf(later!, 3))).toEqual([0, 1, 0]);
  });

  it('are split by their busiest types, unless there is only one', () => {
    write('one.trace', [event(3, 1), event(3, 2)]);
    write('two.trace', [event(3, 1), event(9, 1), event(9, 2), event(31, 5), event(9, 1), event(31, 5)]);
    const [one, two] = readTraces(directory);
    expect(splitByType(one!, 8, 100)).toEqual([]);
    const split = splitByType(two!, 2, 100);
    expect(split.map(({ name, keys }) => [name, keys])).toEqual([
      ['two type 9', 2],
      ['two type 31', 1],
    ]);
    expect(split.map(requestsOf)).toEqual([
      [0, 1, 0],
      [0, 0],
    ]);
    expect(requestsOf(splitByType(two!, 1, 2)[0]!)).toEqual([0, 1]);
  });

  it('that are not there or cannot be unpacked are told apart', () => {
    expect(() => readTraces(directory)).toThrow('but got none');
    expect(() => readTraces(join(directory, 'nowhere'))).toThrow('--traces');
    writeFileSync(join(directory, 'packed.trace.xz'), 'not xz');
    expect(() => readTraces(directory)).toThrow(/to unpack .*packed.trace.xz/);
    const path = process.env.PATH;
    process.env.PATH = '';
    try {
      expect(() => readTraces(directory)).toThrow('install it');
    } finally {
      process.env.PATH = path;
    }
  });
});

describe('the workload', () => {
  const events = workload(workloadA, 285_084);

  it('is the same for the same seed, and another for another', () => {
    expect(workload(workloadA, 285_084)).toEqual(events);
    expect(workload(workloadA, 1)).not.toEqual(events);
  });

  it('is 1,000 requests of 100 users, in the order of time', () => {
    const requests = events.filter(({ user }) => user >= 0);
    expect(requests).toHaveLength(1_000);
    expect(new Set(requests.map(({ user }) => user)).size).toBe(100);
    expect(events.map(({ atMs }) => atMs)).toEqual(events.map(({ atMs }) => atMs).sort((one, other) => one - other));
  });

  it('either looks up or invalidates, within its own workspace', () => {
    for (const event of events) {
      const lookups = lookupsOf(event);
      const invalidated = invalidationsOf(event);
      expect(lookups.length > 0, event.operation).toBe(invalidated.length === 0);
      for (const tag of [...invalidated, ...lookups.flatMap(({ tags }) => tags)]) {
        expect(tag).toMatch(new RegExp(`^w${event.workspace} `));
      }
    }
  });

  it('gives a viewer, and nobody else, keys of their own', () => {
    const mine = events.filter((event) => event.arguments.filter === 'mine');
    const keys = new Set(mine.flatMap(lookupsOf).map(({ key }) => key));
    expect(keys.size).toBe(new Set(mine.map(({ user }) => user)).size);
  });
});
