import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../test/setup/gates.ts';
import { KeyError } from '../src/errors.ts';
import { createEngine } from './engine.ts';

const swr = { ttlMs: 1_000, staleMs: 5_000 };

describe('a value without a load', () => {
  it('is found while it is valid and fresh', () => {
    const { values, time } = createEngine({ ttlMs: 1_000 });
    values.set({ category: 'POSTS', key: 'a', tags: ['Post'] }, 'one');
    expect([values.has('POSTS', 'a'), values.get('POSTS', 'a'), values.keys('POSTS')]).toEqual([true, 'one', ['a']]);
    time.pass(999);
    expect(values.get('POSTS', 'a')).toBe('one');
    time.pass(1);
    expect([values.has('POSTS', 'a'), values.get('POSTS', 'a'), values.keys('POSTS')]).toEqual([false, undefined, []]);
  });

  it('is not found once it is invalidated', () => {
    const { values } = createEngine();
    values.set({ category: 'POSTS', key: 'a', tags: ['Post'] }, 'one');
    values.invalidate(['Post']);
    expect([values.has('POSTS', 'a'), values.get('POSTS', 'a'), values.keys('POSTS')]).toEqual([false, undefined, []]);
    expect(values.getMany('POSTS', ['a']).size).toBe(0);
  });

  it('is not found when it is stale', () => {
    const { values, time } = createEngine(swr);
    values.set({ category: 'POSTS', key: 'a' }, 'one');
    time.pass(1_001);
    expect([values.has('POSTS', 'a'), values.get('POSTS', 'a'), values.keys('POSTS')]).toEqual([false, undefined, []]);
  });

  it('counts as a hit, or as a bypass, since no load follows', () => {
    const { values, stats } = createEngine();
    values.set({ category: 'POSTS', key: 'a' }, 'one');
    values.get('POSTS', 'a');
    values.get('POSTS', 'b');
    values.has('POSTS', 'a');
    expect(stats()).toMatchObject({ lookups: 2, hits: 1, misses: 0, coalesced: 0, bypasses: 1 });
  });

  it('may be undefined, which `has` tells from none', () => {
    const { values } = createEngine();
    values.set({ category: 'POSTS', key: 'a' }, undefined);
    expect([values.has('POSTS', 'a'), values.has('POSTS', 'b')]).toEqual([true, false]);
  });
});

describe('many values', () => {
  it('are kept with the same options, and found by their keys', () => {
    const { values } = createEngine();
    const pairs = [
      ['a', 1],
      ['b', 2],
    ] as const;
    expect(values.setMany({ category: 'POSTS', tags: ['Post'] }, pairs)).toBe(2);
    expect(values.getMany('POSTS', ['b', 'c', 'a'])).toEqual(
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    );
    values.invalidate(['Post']);
    expect(values.keys('POSTS')).toEqual([]);
  });

  it('are not kept when one of their tags was invalidated since their stamp', () => {
    const { values } = createEngine();
    const { stamp } = values;
    values.invalidate(['Post']);
    expect(values.setMany({ category: 'POSTS', tags: ['Post'], stamp }, [['a', 1]])).toBe(0);
    expect(values.setMany({ category: 'POSTS', tags: ['Post'] }, [['a', 1]])).toBe(1);
  });

  it('are refused as a whole when one has a key that is not accepted', () => {
    const { values } = createEngine();
    const wrong = [
      ['a', 1],
      ['b'.repeat(1_025), 2],
    ] as const;
    expect(() => values.setMany({ category: 'POSTS' }, wrong)).toThrow(KeyError);
    expect(values.keys('POSTS')).toEqual([]);
  });

  it('are at most 10,000', () => {
    const { values } = createEngine();
    const keys = Array.from({ length: 10_001 }, (_, index) => `${index}`);
    expect(() => values.getMany('POSTS', keys)).toThrow('keys: expected at most 10000 but got more');
    const pairs = keys.map((key) => [key, 1] as const);
    expect(() => values.setMany({ category: 'POSTS' }, pairs)).toThrow('values: expected at most 10000 but got more');
    expect(values.keys('POSTS')).toEqual([]);
  });
});

describe('an expired key', () => {
  it('is served stale while one load refreshes it', async () => {
    const { values, look, time } = createEngine(swr);
    values.set({ category: 'POSTS', key: 'key' }, 'old');
    time.pass(100);
    expect(values.expire('POSTS', 'key')).toBe(true);
    expect(await look('key', async () => 'new')).toMatchObject({ value: 'old', status: 'STALE' });
    await turn();
    expect(await look('key', async () => 'newer')).toMatchObject({ value: 'new', status: 'HIT' });
  });

  it('has its stale window from that moment on', async () => {
    const { values, look, time } = createEngine(swr);
    values.set({ category: 'POSTS', key: 'key' }, 'old');
    values.expire('POSTS', 'key');
    time.pass(5_000);
    expect(await look('key', async () => 'new')).toMatchObject({ value: 'new', status: 'MISS', cause: 'expired' });
  });

  it('misses at once in a category without a stale window', async () => {
    const { values, look } = createEngine();
    values.set({ category: 'POSTS', key: 'key' }, 'old');
    values.expire('POSTS', 'key');
    expect(await look('key', async () => 'new')).toMatchObject({ value: 'new', status: 'MISS', cause: 'expired' });
  });

  it('is not made fresh by a load that began before', async () => {
    const { values, look } = createEngine(swr);
    const early = createGate<string>();
    const waiting = look('key', early.load);
    expect(values.expire('POSTS', 'key')).toBe(false);
    const later = look('key', async () => 'new');
    early.open('old');
    expect((await waiting).value).toBe('old');
    expect((await later).value).toBe('new');
    expect(values.get('POSTS', 'key')).toBe('new');
  });

  it('is not made fresh by a refresh that began before', async () => {
    const { values, look, time } = createEngine(swr);
    values.set({ category: 'POSTS', key: 'key' }, 'oldest');
    time.pass(1_000);
    const early = createGate<string>();
    await look('key', early.load);
    values.expire('POSTS', 'key');
    early.open('old');
    await turn();
    expect(values.get('POSTS', 'key')).toBeUndefined();
    expect((await look('key', async () => 'new')).value).toBe('oldest');
    await turn();
    expect(values.get('POSTS', 'key')).toBe('new');
  });

  it('is still invalidated by its tags', async () => {
    const { values, look } = createEngine(swr);
    values.set({ category: 'POSTS', key: 'key', tags: ['Post'] }, 'old');
    values.expire('POSTS', 'key');
    values.invalidate(['Post']);
    expect(await look('key', async () => 'new')).toMatchObject({ value: 'new', cause: 'invalidated' });
  });

  it('that was invalid before stays invalid', async () => {
    const { values, look } = createEngine(swr);
    values.set({ category: 'POSTS', key: 'key', tags: ['Post'] }, 'old');
    values.invalidate(['Post']);
    expect(values.expire('POSTS', 'key')).toBe(false);
    expect((await look('key', async () => 'new')).value).toBe('new');
  });

  it('is told to no listener, because other processes keep values of their own', () => {
    const { values } = createEngine();
    const told: unknown[] = [];
    values.onInvalidate((tags) => told.push(tags));
    values.set({ category: 'POSTS', key: 'key' }, 'old');
    values.expire('POSTS', 'key');
    expect(told).toEqual([]);
  });

  it('is a key', () => {
    const { values } = createEngine();
    expect(() => values.expire('POSTS', 7 as never)).toThrow('Expected a key that is a string but got number');
  });
});

describe('a forced refresh', () => {
  it('loads although a fresh value is kept, and replaces it', async () => {
    const { values } = createEngine();
    values.set({ category: 'POSTS', key: 'key' }, 'old');
    expect(await values.refresh({ category: 'POSTS', key: 'key' }, async () => 'new')).toBe('new');
    expect(values.get('POSTS', 'key')).toBe('new');
  });

  it('joins no load that began before it, which then fills nothing', async () => {
    const { values } = createEngine();
    const request = { category: 'POSTS', key: 'key' } as const;
    const early = createGate<string>();
    const waiting = values.fetch(request, early.load);
    expect(await values.refresh(request, async () => 'new')).toBe('new');
    early.open('old');
    expect(await waiting).toBe('old');
    expect(values.get('POSTS', 'key')).toBe('new');
  });

  it('is joined by those who miss the key meanwhile, and leaves the kept value to those who do not', async () => {
    const { values } = createEngine();
    const request = { category: 'POSTS', key: 'key' } as const;
    const first = createGate<string>();
    const refreshed = values.refresh(request, first.load);
    const joined = values.fetch(request, first.load);
    first.open('one');
    expect([await refreshed, await joined, first.loads]).toEqual(['one', 'one', 1]);
    const second = createGate<string>();
    const again = values.refresh(request, second.load);
    expect(values.fetch(request, second.load)).toBe('one');
    second.open('two');
    expect(await again).toBe('two');
  });

  it('that fails throws, and leaves the kept value as it was', async () => {
    const { values, stats } = createEngine({ staleIfErrorMs: 60_000 });
    const request = { category: 'POSTS', key: 'key' } as const;
    values.set(request, 'old');
    await expect(values.refresh(request, async () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(values.get('POSTS', 'key')).toBe('old');
    expect(stats()).toMatchObject({ misses: 1, loads: 1, coalesced: 0, failures: 1, missesBy: { expired: 1 } });
  });

  it('is not kept when its tag is invalidated meanwhile', async () => {
    const { values } = createEngine();
    const request = { category: 'POSTS', key: 'key', tags: ['Post'] } as const;
    const gate = createGate<string>();
    const refreshed = values.refresh(request, gate.load);
    values.invalidate(['Post']);
    gate.open('old');
    expect(await refreshed).toBe('old');
    expect(values.has('POSTS', 'key')).toBe(false);
  });

  it('counts against the limit of loads', () => {
    const { values } = createEngine({}, { maxFlights: 1 });
    void values.fetch({ category: 'POSTS', key: 'a' }, createGate().load);
    const refresh = () => values.refresh({ category: 'POSTS', key: 'b' }, () => 1);
    expect(refresh).toThrow('Expected fewer than 1 loads at once');
  });
});

describe('a stale window of one call', () => {
  it('replaces that of the category', async () => {
    const { look, time } = createEngine({ ttlMs: 1_000, staleMs: 0 });
    await look({ key: 'a', staleMs: 5_000 }, async () => 'old');
    await look({ key: 'b' }, async () => 'old');
    time.pass(1_500);
    expect(await look('a', async () => 'new')).toMatchObject({ value: 'old', status: 'STALE' });
    expect(await look('b', async () => 'new')).toMatchObject({ value: 'new', status: 'MISS' });
  });

  it.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], ['1']])('is not %s', (staleMs) => {
    const { values } = createEngine();
    const request = { category: 'POSTS', key: 'a', staleMs: staleMs as number } as const;
    const expected = 'staleMs: expected a finite number of milliseconds, 0 or more, but got';
    expect(() => values.fetch(request, () => 1)).toThrow(expected);
    expect(() => values.set(request, 1)).toThrow(expected);
  });
});
