import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { Cache } from '../src/cache.ts';
import type { RemoteAddress, RemoteOffer, RemoteTier, RemoteValue } from '../src/remote-tier.ts';
import { createCounter, createEngine, policy } from './engine.ts';

/** A tier that others have filled. A test may hold its answers back. */
class TestTier implements RemoteTier {
  readonly values = new Map<string, RemoteValue>();
  readonly offers: (RemoteOffer | undefined)[] = [];
  readonly asked: RemoteAddress[] = [];
  readonly steps: string[] = [];
  held: ((found: RemoteValue | undefined) => void)[] | undefined;

  find(address: RemoteAddress): Promise<RemoteValue | undefined> {
    this.asked.push(address);
    this.steps.push('find');
    const { held } = this;
    if (held !== undefined) return new Promise((resolve) => held.push(resolve));
    return Promise.resolve(this.values.get(address.key));
  }

  begin(): (offer: RemoteOffer | undefined) => void {
    this.steps.push('begin');
    return (offer) => this.offers.push(offer);
  }
}

function remoteValue(value: unknown, found: Partial<RemoteValue> = {}): RemoteValue {
  return { value, tags: [], ageMs: 0, validForMs: Number.POSITIVE_INFINITY, loadMs: 5, ...found };
}

function setUp(limits = {}) {
  const tier = new TestTier();
  const engine = createEngine(limits, { remote: tier });
  return { tier, ...engine, ...createCounter() };
}

describe('a miss in memory', () => {
  it('is served by the remote tier without a load, and then from memory', async () => {
    const { tier, look, stats } = setUp();
    tier.values.set('key', remoteValue({ a: [1] }, { tags: ['Post'], ageMs: 4_000 }));
    const counter = createCounter();
    expect(await look('key', counter.load)).toMatchObject({
      ...{ value: { a: [1] }, status: 'HIT', tier: 'remote', ageMs: 4_000, expiresInMs: 6_000 },
    });
    expect(await look('key', counter.load)).toMatchObject({ value: { a: [1] }, status: 'HIT', tier: 'memory' });
    expect(counter.runs).toBe(0);
    expect(stats()).toMatchObject({ hits: 2, hitsBy: { remote: 1, memory: 1 }, misses: 0, loads: 0, lookups: 2 });
    expect(tier.offers).toEqual([]); // what came from the tier is not offered to it
  });

  it('gives the tier the category, the key and the namespace', async () => {
    const { tier, fetch } = setUp();
    await fetch({ key: 'one', namespace: 'ws' }, async () => 1);
    expect(tier.asked).toEqual([{ category: 'POSTS', key: 'one', namespace: 'ws' }]);
  });

  it('is loaded if the tier has nothing, and what was loaded is offered with all that the value depends on', async () => {
    const { tier, fetch, time, cache, stats } = setUp();
    const value = await fetch({ key: 'one', namespace: 'ws', tags: ['Post'] }, async (load) => {
      load.depend('Post:1');
      load.validUntil(cache.now() + 7_000);
      time.pass(30);
      return { id: 1 };
    });
    expect(tier.steps).toEqual(['find', 'begin']);
    expect(tier.offers).toEqual([
      {
        ...{ value: { id: 1 }, ageMs: 30, validForMs: 6_970, freshForMs: 6_970, loadMs: 30 },
        tags: ['*key POSTS one', '*category POSTS', '*namespace ws', '*category POSTS in ws', 'Post', 'Post:1'],
      },
    ]);
    expect(tier.offers[0]!.value).toBe(value);
    expect(stats()).toMatchObject({ misses: 1, loads: 1, hits: 0 });
  });

  it('has one question and one load for all that wait', async () => {
    const { tier, fetch, stats } = setUp();
    tier.held = [];
    const counter = createCounter();
    const values = Promise.all([fetch('key', counter.load), fetch('key', counter.load)]);
    tier.held[0]!(undefined);
    expect(await values).toEqual([1, 1]);
    expect(tier.asked.length).toBe(1);
    expect(stats()).toMatchObject({ misses: 2, loads: 1, coalesced: 1 });
  });

  it('is loaded at once if the tier does not want to be asked', async () => {
    const { load } = createCounter();
    const values = new Cache({
      policies: { POSTS: policy },
      remote: { find: () => undefined, begin: () => undefined },
    });
    expect(values.fetch({ category: 'POSTS', key: 'sync' }, () => 7)).toBe(7); // not even a promise
    expect(await values.fetch({ category: 'POSTS', key: 'key' }, load)).toBe(1);
    expect(values.snapshot().total).toMatchObject({ misses: 2, loads: 2 });
  });
});

describe('a value of the remote tier', () => {
  it('is invalid by its tags', async () => {
    const { tier, fetch, cache, load } = setUp();
    tier.values.set('key', remoteValue('remote', { tags: ['Post:1'] }));
    expect(await fetch('key', load)).toBe('remote');
    tier.values.clear();
    cache.invalidate(['Post:1']);
    expect(await fetch('key', load)).toBe(1);
  });

  it('is not kept if one of its tags was invalidated while the tier was asked', async () => {
    const { tier, fetch, cache, load } = setUp();
    tier.held = [];
    const first = fetch('key', load);
    cache.invalidate(['Post:1']);
    tier.held[0]!(remoteValue('remote', { tags: ['Post:1'] }));
    tier.held = undefined;
    expect(await first).toBe('remote'); // it came before the invalidation
    expect(await fetch('key', load)).toBe(1);
  });

  it('is not given to a lookup that came after an invalidation of one of its tags', async () => {
    const { tier, fetch, cache, load } = setUp();
    tier.held = [];
    const first = fetch('key', load);
    cache.invalidate(['Post:1']);
    const second = fetch('key', load); // the tags are not known yet
    tier.held[0]!(remoteValue('remote', { tags: ['Post:1'] }));
    expect(await Promise.all([first, second])).toEqual(['remote', 1]);
  });

  it.each([
    ['older than its lifetime', { ageMs: 10_000 }],
    ['past its last day', { validForMs: 0 }],
    ['without tags', { tags: 'Post' as unknown as string[] }],
    ['of no age', { ageMs: Number.NaN }],
  ])('is not used %s', async (_, found) => {
    const { tier, fetch, load } = setUp();
    tier.values.set('key', remoteValue('remote', found));
    expect(await fetch('key', load)).toBe(1);
  });

  it('lives no longer than the load that brought it would have let it live', async () => {
    const { tier, fetch, time, load } = setUp();
    tier.values.set('key', remoteValue('remote', { ageMs: 1_000, validForMs: 2_000 }));
    expect(await fetch('key', load)).toBe('remote');
    tier.values.clear();
    time.pass(1_999);
    expect(await fetch('key', load)).toBe('remote');
    time.pass(1);
    expect(await fetch('key', load)).toBe(1);
  });

  it('lives as long as an empty one if it is one', async () => {
    const { tier, fetch, load } = setUp();
    tier.values.set('key', remoteValue(null, { ageMs: 1_000 })); // nullTtlMs
    expect(await fetch('key', load)).toBe(1);
  });

  it('cannot be changed by who receives it', async () => {
    const { tier, fetch, load } = setUp();
    tier.values.set('key', remoteValue({ list: [1] }));
    const value = (await fetch('key', load)) as unknown as { list: number[] };
    expect(() => value.list.push(2)).toThrow(TypeError);
  });
});

describe('the source, not the remote tier, is read', () => {
  it('by a refresh, whose result is offered', async () => {
    const { tier, values, load } = setUp();
    tier.values.set('key', remoteValue('remote'));
    expect(await values.refresh({ category: 'POSTS', key: 'key' }, load)).toBe(1);
    expect(tier.offers.map((offer) => offer?.value)).toEqual([1]);
  });

  it('by a reload in the background', async () => {
    const { tier, fetch, time, load } = setUp({ staleMs: 5_000 });
    await fetch('key', load);
    time.pass(12_000);
    tier.values.set('key', remoteValue('remote'));
    expect(await fetch('key', load)).toBe(1); // stale
    await Promise.resolve();
    expect(await fetch('key', load)).toBe(2);
  });

  it('while an experiment runs in the category', async () => {
    const { tier, cache, fetch, load } = setUp();
    tier.values.set('key', remoteValue('remote'));
    cache.startExperiment('POSTS', { ttlMs: [5_000, 10_000], seed: 1 });
    expect(await fetch('key', load)).toBe(1);
  });
});

describe('a value that proved unusable', () => {
  it('is dropped by the tier too', async () => {
    const dropped: RemoteAddress[] = [];
    const remote = {
      find: () => undefined,
      begin: () => undefined,
      drop: (at: RemoteAddress) => void dropped.push(at),
    };
    const { cache, look, load } = { ...createEngine({}, { remote }), ...createCounter() };
    const { entry } = await look({ key: 'key', namespace: 'ws' }, load);
    cache.drop(entry, 'a test');
    expect(dropped).toEqual([{ category: 'POSTS', key: 'key', namespace: 'ws' }]);
  });
});

describe('what is offered', () => {
  it('was valid when its load ended', async () => {
    const { tier, fetch, cache } = setUp();
    await fetch('key', async (load) => {
      load.depend('Post:1');
      cache.invalidate(['Post:1']);
      return 1;
    });
    expect(tier.offers).toEqual([undefined]);
  });

  it('is nothing when the load fails, which the tier is told too', async () => {
    const { tier, fetch } = setUp();
    const failed = fetch('key', async () => {
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(tier.offers).toEqual([undefined]);
  });

  it('is nothing that was set by hand', () => {
    const { tier, values } = setUp();
    values.set({ category: 'POSTS', key: 'key' }, 1);
    expect(tier.steps).toEqual([]);
    expect(tier.offers).toEqual([]);
  });
});

describe('a remote tier that fails', () => {
  it.each<[string, RemoteTier]>([
    ['by rejecting', { find: () => Promise.reject(new Error('away')), begin: () => undefined }],
    [
      'by throwing',
      {
        find() {
          throw new Error('away');
        },
        begin() {
          throw new Error('away');
        },
      },
    ],
    [
      'when a value is offered',
      {
        find: () => undefined,
        begin: () => () => {
          throw new Error('away');
        },
      },
    ],
  ])('%s disturbs no lookup, and warns once', async (_, remote) => {
    const { fetch } = createEngine({}, { remote });
    const warned = new Promise<Error>((resolve) => {
      const listen = (warning: Error) => {
        if (!warning.message.includes('away')) return; // that of another test
        process.off('warning', listen);
        resolve(warning);
      };
      process.on('warning', listen);
    });
    const { load } = createCounter();
    expect(await fetch('one', load)).toBe(1);
    expect(await fetch('two', load)).toBe(2);
    expect((await warned).message).toMatch(/"remote\.(find|begin)".*away/);
  });

  it('by never answering lets a lookup fail as a load that takes too long, and later ones load', async () => {
    const { tier, fetch, time, stats } = setUp();
    tier.held = [];
    const counter = createCounter();
    const lookup = fetch('key', counter.load);
    const failed = expect(lookup).rejects.toThrow('30000 ms');
    time.pass(30_000);
    await failed;
    tier.held[0]!(undefined);
    await Promise.resolve();
    expect([tier.steps, tier.offers]).toEqual([['find', 'begin'], [undefined]]); // it may keep others waiting
    tier.held = undefined;
    expect(await fetch('key', counter.load)).toBe(1);
    expect(stats()).toMatchObject({ lookups: 2, misses: 2, loads: 1, timeouts: 1 });
  });

  it('to be one is refused', () => {
    expect(() => createEngine({}, { remote: { find() {} } as never })).toThrow('remote: expected an object');
  });
});

describe('a key that is made to expire by hand', () => {
  it('is told to the tier, which would give the same value again, also when memory has none', async () => {
    const { tier, look, cache } = setUp();
    const dropped: RemoteAddress[] = [];
    Object.assign(tier, { drop: (address: RemoteAddress) => dropped.push(address) });
    await look('key', async () => 1);
    cache.expire('POSTS', 'key');
    cache.expire('POSTS', 'unknown');
    expect(dropped.map(({ category, key }) => [category, key])).toEqual([
      ['POSTS', 'key'],
      ['POSTS', 'unknown'],
    ]);
  });
});
