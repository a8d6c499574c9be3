import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import { createCounter, createEngine } from './engine.ts';

describe('an entry', () => {
  it('is fresh for its time to live, and not a millisecond longer', async () => {
    const { fetch, time } = createEngine({ ttlMs: 10_000 });
    const counter = createCounter();
    await fetch('key', counter.load);
    time.pass(9_999);
    expect(await fetch('key', counter.load)).toBe(1);
    time.pass(1);
    expect(await fetch('key', counter.load)).toBe(2);
  });

  it('ages from the start of its load', async () => {
    const { fetch, time } = createEngine({ ttlMs: 10_000 });
    const gate = createGate<string>();
    const answer = fetch('key', gate.load);
    time.pass(4_000);
    gate.open('read four seconds ago');
    await answer;
    time.pass(6_000);
    expect(await fetch('key', () => 'new')).toBe('new');
  });

  it('may have a time to live of its own', async () => {
    const { fetch, time } = createEngine({ ttlMs: 10_000 });
    const counter = createCounter();
    await fetch({ key: 'key', ttlMs: 2_000 }, counter.load);
    time.pass(2_000);
    expect(await fetch('key', counter.load)).toBe(2);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5' as never])(
    'with a time to live of %d is refused, however it is asked for',
    (ttlMs) => {
      const { cache, values, stats } = createEngine();
      const counter = createCounter();
      const request = { category: 'POSTS', key: 'key', ttlMs } as const;
      const message = 'ttlMs: expected a finite number of milliseconds above 0 but got';
      expect(() => cache.read(request, counter.load)).toThrow(message);
      expect(() => cache.set(request, 'value')).toThrow(message);
      expect(() => values.cached('POSTS', counter.load, { ttlMs })).toThrow(message);
      expect(counter.runs).toBe(0);
      expect(stats()).toMatchObject({ lookups: 0, entries: 0 });
    },
  );

  it.each([Number.NaN, 'tomorrow' as never])('that is right until %d is refused', async (validUntil) => {
    const { cache, fetch, stats } = createEngine();
    const message = "validUntil: expected a moment of the cache's clock in milliseconds but got";
    expect(() => cache.set({ category: 'POSTS', key: 'key', validUntil }, 'value')).toThrow(message);
    await expect(fetch('key', async (loadContext) => loadContext.validUntil(validUntil))).rejects.toThrow(message);
    expect(stats().entries).toBe(0);
  });

  it.each([1, -1, 0.5, Number.NaN])('that was read at the logical time %d, which never was, is refused', (stamp) => {
    const { cache } = createEngine();
    const message = 'stamp: expected a whole number from 0 to 0 but got';
    expect(() => cache.set({ category: 'POSTS', key: 'key', stamp }, 'value')).toThrow(message);
    const entry = cache.set({ category: 'POSTS', key: 'key' }, 'value');
    expect(() => cache.attach(entry, 'a', { bytes: 1, stamp, tags: [], value: 1 })).toThrow(message);
  });

  it('ends early where the load says until when it is right', async () => {
    const { fetch, time } = createEngine({ ttlMs: 10_000, staleMs: 10_000 });
    const counter = createCounter();
    const load = (validUntil: number) => (loading: { validUntil(atMs: number): void }) => {
      loading.validUntil(validUntil);
      loading.validUntil(20_000); // the earliest counts
      return counter.load();
    };
    await fetch('key', load(3_000));
    time.pass(2_999);
    expect(await fetch('key', load(9_000))).toBe(1);
    time.pass(1);
    expect(await fetch('key', load(9_000))).toBe(2);
  });

  it.each([
    [499, 501],
    [500, 1_000],
    [1_000, 1_000],
    [5_000, 1_000],
  ])('whose load took %d ms of 1,000 is fresh for another %d ms', async (loadMs, freshMs) => {
    const { fetch, time } = createEngine({ ttlMs: 1_000 });
    const gate = createGate<string>();
    const answer = fetch('key', gate.load);
    time.pass(loadMs);
    gate.open('value');
    await answer;
    time.pass(freshMs - 1);
    expect(await fetch('key', () => 'new')).toBe('value');
    time.pass(1);
    expect(await fetch('key', () => 'new')).toBe('new');
  });

  it('whose load ends over its time limit, and after its lifetime, is not kept', async () => {
    const { fetch, time } = createEngine({ ttlMs: 1_000 }, { loadTimeoutMs: 800 });
    const gate = createGate<string>();
    const answer = fetch('key', gate.load);
    time.pass(1_000);
    await expect(answer).rejects.toThrow('to end within 800 ms');
    gate.open('nobody knows how old');
    await settle();
    expect(await fetch('key', () => 'new')).toBe('new');
  });

  it('is not right for longer than its load says, however long that took', async () => {
    const { fetch, time } = createEngine({ ttlMs: 1_000 });
    const gate = createGate<string>();
    const answer = fetch('key', async (loadContext) => {
      loadContext.validUntil(2_500);
      return gate.promise;
    });
    time.pass(2_000);
    gate.open('value');
    await answer;
    time.pass(499);
    expect(await fetch('key', () => 'new')).toBe('value');
    time.pass(1);
    expect(await fetch('key', () => 'new')).toBe('new');
  });

  it('of null has the shorter lifetime', async () => {
    const { fetch, time } = createEngine({ ttlMs: 10_000, nullTtlMs: 1_000 });
    await fetch('key', () => null);
    time.pass(999);
    expect(await fetch('key', () => 'found')).toBeNull();
    time.pass(1);
    expect(await fetch('key', () => 'found')).toBe('found');
  });

  it('of null lives no longer than any other', async () => {
    const { fetch, time } = createEngine({ ttlMs: 500, nullTtlMs: 1_000 });
    await fetch('key', () => null);
    time.pass(500);
    expect(await fetch('key', () => 'found')).toBe('found');
  });
});

describe('an entry of one namespace', () => {
  it('stays fresh for its time to live while another namespace is written to at every moment', async () => {
    const { cache, fetch, time } = createEngine({ ttlMs: 10_000 });
    const counter = createCounter();
    const request = { key: 'one', namespace: 'one', tags: ['one/Post'] };
    await fetch(request, counter.load);
    for (let at = 0; at < 9_999; at += 10) {
      cache.invalidate(['other/Post', `other/Post:${at}`]);
      await fetch({ key: 'other', namespace: 'other', tags: ['other/Post'] }, () => at);
      expect(await fetch(request, counter.load)).toBe(1);
      time.pass(10);
    }
    expect(await fetch(request, counter.load)).toBe(2);
  });
});

describe('a load that takes longer than its result is fresh', () => {
  it('runs once, for all who come until it ends', async () => {
    const { fetch, time, stats } = createEngine({ ttlMs: 1_000 });
    const gate = createGate<string>();
    const answers: Promise<string>[] = [];
    for (let lifetime = 0; lifetime < 10; lifetime++) {
      answers.push(fetch('key', gate.load));
      time.pass(1_000);
    }
    gate.open('value');
    expect(await Promise.all(answers)).toEqual(Array(10).fill('value'));
    expect(gate.loads).toBe(1);
    expect(await fetch('key', () => 'not loaded')).toBe('value');
    expect(stats()).toMatchObject({ loads: 1, coalesced: 9, hits: 1 });
  });

  it('runs once as a refresh too', async () => {
    const { fetch, time, stats } = createEngine({ ttlMs: 1_000, staleMs: 5_000 });
    await fetch('key', () => 'old');
    time.pass(1_000);
    const gate = createGate<string>();
    for (let lifetime = 0; lifetime < 4; lifetime++) {
      expect(await fetch('key', gate.load)).toBe('old');
      time.pass(1_000);
    }
    time.pass(1_000);
    const late = fetch('key', gate.load); // beyond the stale window
    gate.open('new');
    expect(await late).toBe('new');
    expect([gate.loads, stats().refreshes]).toEqual([1, 1]);
    expect(await fetch('key', () => 'not loaded')).toBe('new');
  });

  it('is kept as a refresh that somebody waits for, though what it refreshes has left meanwhile', async () => {
    const { cache, fetch, time } = createEngine({ ttlMs: 1_000, staleMs: 500 });
    await fetch('key', () => 'old');
    time.pass(1_000);
    const gate = createGate<string>();
    await fetch('key', gate.load);
    time.pass(500);
    const late = fetch('key', gate.load);
    cache.clear({ namespace: 'other' }); // the dead leave
    gate.open('new');
    expect(await late).toBe('new');
    expect(await fetch('key', () => 'not loaded')).toBe('new');
  });

  it('is not joined by those who come after an invalidation, nor kept', async () => {
    const { cache, fetch, time } = createEngine({ ttlMs: 1_000 });
    const gate = createGate<string>();
    const early = fetch({ tags: ['Post'] }, gate.load);
    time.pass(1_500);
    cache.invalidate(['Post']);
    expect(await fetch({ tags: ['Post'] }, () => 'new')).toBe('new');
    gate.open('old');
    expect(await early).toBe('old');
    expect(await fetch({ tags: ['Post'] }, () => 'not loaded')).toBe('new');
  });
});

describe('a clock that steps', () => {
  it('back lets no entry live longer', async () => {
    const { fetch, time } = createEngine({ ttlMs: 10_000 });
    const counter = createCounter();
    await fetch('key', counter.load);
    time.step(-3_600_000);
    await fetch('key', counter.load);
    time.step(9_999);
    expect(await fetch('key', counter.load)).toBe(1);
    time.step(1);
    expect(await fetch('key', counter.load)).toBe(2);
  });

  it('forward and back again makes no entry immortal', async () => {
    const { fetch, time } = createEngine({ ttlMs: 10_000 });
    const counter = createCounter();
    time.step(3_600_000);
    await fetch('key', counter.load);
    time.step(-3_600_000);
    expect(await fetch('key', counter.load)).toBe(1);
    time.step(10_000);
    expect(await fetch('key', counter.load)).toBe(2);
  });

  it('shows no negative age', async () => {
    const { look, cache, time } = createEngine();
    const now = cache.now();
    time.pass(1_000);
    await look('key', () => 'value');
    time.step(-500);
    expect((await look({ key: 'key', now }, () => 'new')).ageMs).toBe(0);
  });
});

describe("a request's one reading of the clock", () => {
  it('decides without a further one', async () => {
    let readings = 0;
    const { cache, fetch } = createEngine({}, { clock: { now: () => readings++ } });
    await fetch('key', () => 'value');
    const now = cache.now();
    readings = 0;
    for (let hit = 0; hit < 1_000; hit++) cache.read({ category: 'POSTS', key: 'key', now }, () => 'new');
    expect(readings).toBeLessThan(1_000 / 10); // those of the sample
  });

  it('does not keep lifetimes from ending in a request that takes long', async () => {
    const { cache, fetch, time } = createEngine({ ttlMs: 10_000 });
    const now = cache.now();
    await fetch({ key: 'key', now }, () => 'old');
    time.pass(10_000);
    await fetch({ key: 'something slow', now }, () => 'loaded');
    expect(await fetch({ key: 'key', now }, () => 'new')).toBe('new');
  });

  it('that is too old shows as overshoot', async () => {
    const { cache, fetch, time, stats } = createEngine({ ttlMs: 10_000 });
    const now = cache.now();
    await fetch({ key: 'key', now }, () => 'old');
    time.step(10_700);
    for (let hit = 0; hit < 200; hit++) await fetch({ key: 'key', now: now + 1 }, () => 'new');
    expect(stats().overshootMs).toBe(700);
  });
});
