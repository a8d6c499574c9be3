import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import { ManualTime } from '../../../test/setup/manual-time.ts';
import type { EntryCache } from '../src/entry-cache.ts';
import { Histogram } from '../src/histogram.ts';
import { type Report, readReport, reportOf } from '../src/report.ts';
import { type Category, createEngine, policy } from './engine.ts';

const kinds = ['read', 'read', 'slow', 'finish', 'fail', 'null', 'large', 'invalidate', 'bypass', 'pass'] as const;

interface Step {
  readonly key: number;
  readonly kind: (typeof kinds)[number];
}

function createProcess(time = new ManualTime(), size = 1) {
  const { maxEntries, maxBytes } = policy;
  const limits = { maxEntries: size * maxEntries, maxBytes: size * maxBytes, ttlMs: 5_000, staleIfErrorMs: 2_000 };
  return createEngine(undefined, {
    policies: { POSTS: { ...policy, ...limits, staleMs: 1_000 }, MEDIA: { ...policy, ...limits } },
    ...{ clock: time.clock, timer: time, loadTimeoutMs: 4_000 },
  });
}

/** Returns a function that takes steps of traffic, whose keys and tags are those of one process. */
function trafficOf(name: string, { cache, look }: ReturnType<typeof createProcess>) {
  const gates: { open(value: string): void }[] = [];
  return ({ key, kind }: Step) => {
    const tags = [`${name}:${key % 3}`];
    const request = { key: `${name}:${key}`, tags, coordinate: `Query.field${key % 2}` };
    const read = (load: () => unknown) => void look(request, load).catch(() => {});
    if (kind === 'read') read(() => 'value');
    else if (kind === 'null') read(() => null);
    else if (kind === 'large') read(() => 'x'.repeat(200_000));
    else if (kind === 'fail') read(() => Promise.reject(new Error('down')));
    else if (kind === 'slow') {
      const gate = createGate<string>();
      gates.push(gate);
      read(gate.load);
    } else if (kind === 'finish') gates.shift()?.open('late');
    else if (kind === 'invalidate') cache.invalidate(tags);
    else if (kind === 'bypass') cache.countBypass('POSTS', 'Query.field0');
  };
}

/** What another process gets of a cache. */
function sent(cache: EntryCache<Category>, maxLength = 1_000_000): Report {
  return JSON.parse(JSON.stringify(reportOf(cache.totals(), maxLength)));
}

/** Without the policy, which is that of the process that is asked. */
function figuresOf(cache: EntryCache<Category>, ...reports: Report[]) {
  const others = reports.flatMap((report) => readReport(report)!);
  const { total, categories } = cache.snapshot(undefined, others);
  const byCoordinate = (one: { coordinate: string }, other: { coordinate: string }) =>
    one.coordinate.localeCompare(other.coordinate);
  const own = categories.map(({ policy: _, fields, ...counts }) => ({
    ...counts,
    fields: fields.toSorted(byCoordinate),
  }));
  return { total, categories: own };
}

describe('the reports of several processes', () => {
  it('have together the figures that one cache has with the traffic of all', async () => {
    const steps = fc.array(fc.record({ key: fc.nat(6), kind: fc.constantFrom(...kinds), isFirst: fc.boolean() }), {
      minLength: 20,
      maxLength: 60,
    });
    let mostHits = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const time = new ManualTime();
        const [first, second, one] = [createProcess(time), createProcess(time), createProcess(time, 2)];
        const traffic = [
          { apart: trafficOf('a', first), joined: trafficOf('a', one) },
          { apart: trafficOf('b', second), joined: trafficOf('b', one) },
        ] as const;
        for (const { isFirst, ...step } of all) {
          if (step.kind === 'pass') time.pass(step.key * 700);
          const { apart, joined } = traffic[isFirst ? 0 : 1];
          apart(step);
          joined(step);
          await settle();
        }
        const together = figuresOf(first.cache, sent(second.cache));
        expect(together).toEqual(figuresOf(one.cache));
        mostHits = Math.max(mostHits, together.total.hits);
      }),
      { numRuns: 30, seed: 17 },
    );
    expect(mostHits).toBeGreaterThan(3);
  });

  it('add up evictions of the last minute, limits, and what the audit found', async () => {
    const [first, second] = [createEngine({ maxEntries: 2 }), createEngine({ maxEntries: 3 })];
    for (const { look } of [first, second]) for (let key = 0; key < 5; key++) await look(`${key}`, () => key);
    const { total } = figuresOf(first.cache, sent(second.cache));
    expect(total).toMatchObject({
      evictions: 5,
      evictionsPerMinute: 5,
      entries: 5,
      maxEntries: 205,
      maxBytes: 400_000,
    });
    const [posts, media] = first.cache.totals();
    const { categories } = first.cache.snapshot(undefined, [{ ...posts!, checked: 7, differed: 2 }, media!]);
    expect(categories[0]).toMatchObject({ utilization: 1, audit: { checked: 7, differed: 2, examples: [] } });
    expect(categories[0]!.policy.maxEntries).toBe(2);
  });
});

describe('a report', () => {
  const create = async () => {
    const engine = createProcess();
    const read = trafficOf('a', engine);
    engine.values.set({ category: 'POSTS', key: 'a:0', stamp: engine.cache.stamp }, 'value');
    for (const key of [0, 1, 2, 2]) read({ key, kind: 'read' }); // the first is a hit, whose time is taken
    await settle();
    return engine;
  };

  it('has everything of a snapshot', async () => {
    const { cache } = await create();
    const { total, categories } = figuresOf(createProcess().cache, sent(cache));
    const own = figuresOf(cache);
    expect(own.total.hitLatency.minMs).toBe(0);
    expect(categories.map(({ utilization: _, ...counts }) => counts)).toEqual(
      own.categories.map(({ utilization: _, ...counts }) => counts),
    );
    expect(total).toMatchObject({ ...own.total, utilization: total.utilization, maxEntries: 400, maxBytes: 400_000 });
  });

  it('has no counter that is 0, and neither keys nor tags', async () => {
    const report = sent((await create()).cache);
    expect(report.categories.MEDIA).toEqual({ maxEntries: 100, maxBytes: 100_000, fields: {} });
    expect(report.categories.POSTS!.fields['Query.field1']).toEqual({
      ...{ coldMisses: 1, loads: 1, holdings: { entries: 1, bytes: expect.any(Number) } },
      missLatency: expect.anything(),
    });
    expect(JSON.stringify(report)).not.toContain('a:');
  });

  it('that would be too long has the fields of a category as one', async () => {
    const { cache } = await create();
    const whole = figuresOf(createProcess().cache, sent(cache));
    const short = sent(cache, 500);
    expect(Object.keys(short.categories.POSTS!.fields)).toEqual(['']);
    expect(figuresOf(createProcess().cache, short).total).toEqual(whole.total);
  });

  it('of another format, or with what no report has, is not read', async () => {
    const { format, categories } = sent((await create()).cache);
    const { fields, ...limits } = categories.POSTS!;
    const [[coordinate, field]] = Object.entries(fields) as [[string, object]];
    const withPosts = (posts: object) => ({ format, categories: { POSTS: posts } });
    const withField = (changed: object) => withPosts({ ...limits, fields: { [coordinate]: { ...field, ...changed } } });
    const latency = { sumMs: 1, minMs: 1, maxMs: 1, buckets: [[160, 1]] };
    expect(readReport(withField({ missLatency: latency, addedLater: 1 }))).toHaveLength(1);
    for (const wrong of [
      ...[undefined, null, 'text', 7, [], {}, { format: 2, categories }, { format }, { format, categories: [] }],
      ...[withPosts([]), withPosts(limits), withPosts({ ...limits, fields, maxBytes: '1' })],
      ...[withField({ loads: -1 }), withField({ loads: null, bypasses: 'x' }), withField({ holdings: undefined })],
      ...[[[384, 1]], [[-1, 1]], [[1, 0.5]], [[1]], 'x'].map((buckets) =>
        withField({ missLatency: { ...latency, buckets } }),
      ),
      withField({ missLatency: { ...latency, sumMs: undefined } }),
    ])
      expect([wrong, readReport(wrong)]).toEqual([wrong, undefined]);
  });
});

describe('a histogram', () => {
  it('is the same again from its parts', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }), (durations) => {
        const histogram = new Histogram();
        for (const ms of durations) histogram.record(ms);
        const parts = JSON.parse(JSON.stringify(histogram.parts()));
        expect(Histogram.of(parts).latency()).toEqual(histogram.latency());
      }),
    );
    expect(new Histogram().parts()).toBeUndefined();
  });
});
