import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import { hashText } from '../src/measure.ts';
import { createCounter, createEngine } from './engine.ts';

const limits = { ttlMs: 10_000, staleMs: 5_000 };

describe('an entry within its stale window', () => {
  it('answers ten readers at once and is refreshed once', async () => {
    const { look, time, stats } = createEngine(limits);
    await look('key', () => 'old');
    time.pass(10_000);
    const gate = createGate<string>();
    for (let reader = 0; reader < 10; reader++) {
      expect(await look('key', gate.load)).toMatchObject({
        value: 'old',
        status: 'STALE',
        ageMs: 10_000,
        expiresInMs: 0,
      });
    }
    expect(gate.loads).toBe(1);
    gate.open('new');
    await settle();
    expect(await look('key', gate.load)).toMatchObject({ value: 'new', status: 'HIT' });
    expect(stats()).toMatchObject({
      refreshes: 1,
      loads: 1,
      misses: 1,
      coalesced: 0,
      hitsBy: { memory: 1, stale: 10 },
    });
  });

  it('is not served beyond the window; those who come then wait for the refresh', async () => {
    const { look, time, stats } = createEngine(limits);
    await look('key', () => 'old');
    time.pass(14_999);
    const gate = createGate<string>();
    expect((await look('key', gate.load)).value).toBe('old');
    time.pass(1);
    const late = look('key', gate.load);
    gate.open('new');
    expect(await late).toMatchObject({ value: 'new', status: 'COALESCED', cause: 'expired' });
    expect(stats()).toMatchObject({ misses: 2, loads: 1, coalesced: 1, refreshes: 1 });
  });

  it('survives a refresh that fails, which is tried again after a while, and ends when it would have', async () => {
    const { look, time, stats } = createEngine(limits);
    await look('key', () => 'old');
    time.pass(10_000);
    let tries = 0;
    const fail = async () => {
      tries++;
      throw new Error('down');
    };
    for (const [afterMs, triesThen] of [
      [0, 1],
      [999, 1],
      [1, 2], // a second later
      [1_999, 2],
      [1, 3], // two more
      [1_999, 3],
    ] as const) {
      time.pass(afterMs);
      expect(await look('key', fail)).toMatchObject({ value: 'old', status: 'STALE' });
      await settle();
      expect(tries).toBe(triesThen);
    }
    time.pass(1);
    await expect(look('key', fail)).rejects.toThrow('down');
    expect(stats()).toMatchObject({ failures: 4, refreshes: 3, loads: 2 });
  });

  it('survives a refresh that throws at once', async () => {
    const { look, time } = createEngine(limits);
    await look('key', () => 'old');
    time.pass(10_000);
    const load = () => {
      throw new Error('down');
    };
    expect(await look('key', load)).toMatchObject({ value: 'old', status: 'STALE' });
  });

  it('is not brought back by a refresh when it was evicted meanwhile', async () => {
    const { look, time, stats } = createEngine({ ...limits, maxEntries: 1 });
    await look('key', () => 'old');
    time.pass(10_000);
    const gate = createGate<string>();
    await look('key', gate.load);
    await look('other', () => 'other');
    gate.open('new');
    await settle();
    expect(stats().entries).toBe(1);
    expect(await look('other', () => 'not loaded')).toMatchObject({ value: 'other', status: 'HIT' });
  });

  it('is refreshed by one load when that is over its time limit too', async () => {
    const { look, time } = createEngine(limits, { loadTimeoutMs: 500 });
    await look('key', () => 'old');
    time.pass(10_000);
    const counter = createCounter();
    await look('key', () => new Promise(() => {}));
    time.pass(500);
    expect((await look('key', counter.load)).value).toBe('old'); // backs off
    expect(counter.runs).toBe(0);
    time.pass(1_000);
    await look('key', counter.load);
    await settle();
    expect(await look('key', counter.load)).toMatchObject({ value: 1, status: 'HIT' });
  });
});

describe('the moment of a refresh', () => {
  const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);

  it('is spread by the key over the last tenth of the lifetime, and never later', async () => {
    const { look, time } = createEngine(limits);
    for (const key of keys) await look(key, () => 'old');
    const refreshedAt = new Map<string, number>();
    for (let at = 100; at <= 10_000; at += 100) {
      time.pass(100);
      for (const key of keys) {
        if (!refreshedAt.has(key)) await look(key, () => refreshedAt.set(key, at) && 'new');
      }
    }
    const moments = [...refreshedAt.values()];
    expect(moments).toHaveLength(50);
    expect(Math.min(...moments)).toBeGreaterThanOrEqual(9_000);
    expect(new Set(moments).size).toBeGreaterThan(8);
  });

  it('is a hit of a fresh entry', async () => {
    const { look, time } = createEngine(limits);
    const early = keys.toSorted((one, other) => hashText(other) - hashText(one))[0]!;
    await look(early, () => 'old');
    time.pass(9_999);
    expect(await look(early, () => 'new')).toMatchObject({ value: 'old', status: 'HIT', expiresInMs: 1 });
    expect(await look(early, () => 'newer')).toMatchObject({ value: 'new', status: 'HIT' });
  });

  it('never comes for what may not be stale', async () => {
    const { look, time, stats } = createEngine({ staleMs: 0 });
    for (const key of keys) await look(key, () => 'old');
    time.pass(9_999);
    for (const key of keys) expect((await look(key, () => 'new')).value).toBe('old');
    expect(stats().refreshes).toBe(0);
  });
});

describe('an expired entry whose load fails', () => {
  const bounded = { ttlMs: 10_000, staleMs: 0, staleIfErrorMs: 60_000 };
  const down = async () => Promise.reject(new Error('down'));

  it('stands in within its bound, marked, and not beyond', async () => {
    const { look, time, stats } = createEngine(bounded);
    await look('key', () => 'old');
    time.pass(69_999);
    expect(await look('key', down)).toMatchObject({
      value: 'old',
      status: 'STALE',
      cause: 'expired',
      expiresInMs: -59_999,
    });
    expect(stats()).toMatchObject({ misses: 2, loads: 2, rescues: 1, failures: 1 });
    time.pass(1);
    await expect(look('key', down)).rejects.toThrow('down');
  });

  it('stands in for all who wait', async () => {
    const { look, time, stats } = createEngine(bounded);
    await look('key', () => 'old');
    time.pass(10_000);
    const gate = createGate<string>();
    const answers = Array.from({ length: 10 }, () => look('key', gate.load));
    gate.fail(new Error('down'));
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ value: 'old', status: 'STALE' });
    expect(stats()).toMatchObject({ loads: 2, rescues: 10, coalesced: 9 });
  });

  it('stands in when the load is over its time limit', async () => {
    const { look, time } = createEngine(bounded, { loadTimeoutMs: 500 });
    await look('key', () => 'old');
    time.pass(10_000);
    const answer = look('key', () => new Promise(() => {}));
    time.pass(500);
    expect(await answer).toMatchObject({ value: 'old', status: 'STALE' });
  });

  it('answers at once while loads back off, and gives way to the next that succeeds', async () => {
    const { look, time, stats } = createEngine(bounded);
    await look('key', () => 'old');
    time.pass(10_000);
    await look('key', down);
    const counter = createCounter();
    expect(await look('key', counter.load)).toMatchObject({ value: 'old', status: 'STALE' });
    expect(counter.runs).toBe(0);
    time.pass(1_000);
    expect(await look('key', counter.load)).toMatchObject({ value: 1, status: 'MISS' });
    expect(stats().hitsBy.stale).toBe(1);
  });

  it('does not stand in once its bound has passed while the load runs', async () => {
    const { look, time } = createEngine(bounded);
    await look('key', () => 'old');
    time.pass(69_999);
    const gate = createGate<string>();
    const answer = look('key', gate.load);
    time.pass(1);
    gate.fail(new Error('down'));
    await expect(answer).rejects.toThrow('down');
  });

  it('does not stand in beyond the moment until which it is right', async () => {
    const { look, time } = createEngine({ ...bounded, staleMs: 60_000 });
    await look('key', (loadContext) => {
      loadContext.validUntil(12_000);
      return 'right until midnight';
    });
    time.pass(11_999);
    expect((await look('key', down)).value).toBe('right until midnight');
    time.pass(1);
    await expect(look('key', down)).rejects.toThrow('down');
  });

  it('does not stand in once it is invalidated while the load runs', async () => {
    const { look, time, cache } = createEngine(bounded);
    await look({ tags: ['Post'] }, () => 'old');
    time.pass(10_000);
    const gate = createGate<string>();
    const answer = look({ tags: ['Post'] }, gate.load);
    cache.invalidate(['Post']);
    gate.fail(new Error('down'));
    await expect(answer).rejects.toThrow('down');
  });
});
