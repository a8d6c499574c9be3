import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import type { LoadFailure } from '../src/errors.ts';
import { createEngine } from './engine.ts';

const limits = { ttlMs: 10_000, staleMs: 0, staleIfErrorMs: 3_600_000 };
const down = async () => Promise.reject(new Error('down'));

class Refused extends Error {}

function start(options: { staleMs?: number; maxFlights?: number } = {}) {
  const told: LoadFailure[] = [];
  const { maxFlights = 100, ...more } = options;
  const engine = createEngine(
    { ...limits, ...more },
    {
      ...{ maxFlights, loadTimeoutMs: 5_000 },
      isRefusal: (error) => error instanceof Refused,
      hooks: { error: (failure) => told.push(failure) },
    },
  );
  const counted = () => {
    const { misses, loads, refreshes, failures, timeouts, rescues, hitsBy } = engine.stats();
    return { misses, loads, refreshes, failures, timeouts, rescues, stale: hitsBy.stale };
  };
  return { ...engine, told, counted };
}

describe('a failed load', () => {
  it('counts once, however many waited for it', async () => {
    const { look, counted } = start();
    const gate = createGate<string>();
    const answers = [1, 2, 3].map(() => look('key', gate.load));
    gate.fail(new Error('down'));
    for (const answer of answers) await expect(answer).rejects.toThrow('down');
    expect(counted()).toEqual({ misses: 3, loads: 1, refreshes: 0, failures: 1, timeouts: 0, rescues: 0, stale: 0 });
  });

  it('counts as a timeout too when its time limit ends it, and not again when it fails after all', async () => {
    const { look, time, counted } = start();
    const gate = createGate<string>();
    const answers = [1, 2].map(() => look('key', gate.load));
    time.pass(5_000);
    for (const answer of answers) await expect(answer).rejects.toThrow('within 5000 ms');
    gate.fail(new Error('down'));
    await settle();
    expect(counted()).toEqual({ misses: 2, loads: 1, refreshes: 0, failures: 1, timeouts: 1, rescues: 0, stale: 0 });
  });

  it('that answers at once counts as well', async () => {
    const { look, counted } = start();
    await expect(
      look('key', () => {
        throw new Error('down');
      }),
    ).rejects.toThrow('down');
    expect(counted()).toMatchObject({ loads: 1, failures: 1 });
  });

  it('counts a rescue for each who is given the expired entry: all who waited, and all who come while loads back off', async () => {
    const { look, time, counted } = start();
    await look('key', () => 'old');
    time.pass(10_000);
    const gate = createGate<string>();
    const answers = [1, 2, 3].map(() => look('key', gate.load));
    gate.fail(new Error('down'));
    for (const answer of answers) expect(await answer).toMatchObject({ value: 'old', status: 'STALE' });
    for (let n = 0; n < 4; n++) expect((await look('key', down)).value).toBe('old');
    expect(counted()).toEqual({ misses: 4, loads: 2, refreshes: 0, failures: 1, timeouts: 0, rescues: 7, stale: 4 });
  });

  it('counts no rescue once the next load brought something', async () => {
    const { look, time, counted } = start();
    await look('key', () => 'old');
    time.pass(10_000);
    await look('key', down);
    time.pass(1_000);
    expect(await look('key', () => 'new')).toMatchObject({ value: 'new', status: 'MISS' });
    await look('key', down);
    expect(counted()).toMatchObject({ failures: 1, rescues: 1 });
  });

  it('is none when it refuses what was asked for', async () => {
    const { look, told, counted } = start();
    await expect(look('key', async () => Promise.reject(new Refused('first: -1')))).rejects.toThrow('first: -1');
    expect(counted()).toMatchObject({ misses: 1, loads: 1, failures: 0 });
    await turn();
    expect(told).toEqual([]);
  });
});

describe('a failed refresh', () => {
  it('counts as a failure, and what is served stale afterwards as rescued; what was served stale before it is not', async () => {
    const { look, time, counted } = start({ staleMs: 60_000 });
    await look('key', () => 'old');
    time.pass(20_000);
    const gate = createGate<string>();
    for (let n = 0; n < 2; n++) expect((await look('key', gate.load)).status).toBe('STALE');
    expect(counted()).toMatchObject({ refreshes: 1, failures: 0, rescues: 0, stale: 2 });
    gate.fail(new Error('down'));
    await settle();
    for (let n = 0; n < 3; n++) expect((await look('key', down)).status).toBe('STALE');
    expect(counted()).toMatchObject({ refreshes: 1, failures: 1, rescues: 3, stale: 5 });
  });

  it('is not a rescue of what is fresh still', async () => {
    const { look, time, counted } = start({ staleMs: 60_000 });
    await look('key', () => 'old');
    time.pass(9_999); // refreshes are spread over the last tenth
    await look('key', down);
    await settle();
    expect((await look('key', down)).status).toBe('HIT');
    expect(counted()).toMatchObject({ rescues: 0, stale: 0 });
  });
});

describe('an expired entry whose load cannot begin', () => {
  it('counts as a rescue, because too many loads run', async () => {
    const { look, time, counted } = start({ maxFlights: 1 });
    await look('key', () => 'old');
    time.pass(10_000);
    void look('other', () => new Promise(() => {})).catch(() => {});
    expect(await look('key', () => 'new')).toMatchObject({ value: 'old', status: 'STALE' });
    expect(counted()).toMatchObject({ failures: 0, rescues: 1, stale: 1 });
  });

  it('is none when the one load that runs is its own', async () => {
    const { look, time, counted } = start({ maxFlights: 1, staleMs: 60_000 });
    await look('key', () => 'old');
    time.pass(10_000);
    const gate = createGate<string>();
    for (let n = 0; n < 2; n++) expect((await look('key', gate.load)).status).toBe('STALE');
    expect(counted()).toMatchObject({ refreshes: 1, rescues: 0, stale: 2 });
  });
});

describe('the listener of failures', () => {
  it('is told of each with its field, and whether anybody is given the error', async () => {
    const { look, time, told } = start({ staleMs: 60_000 });
    const request = { key: 'key', coordinate: 'Query.posts' };
    await expect(look(request, down)).rejects.toThrow('down'); // given to the one who asked
    await look(request, () => 'old');
    time.pass(20_000);
    await look(request, down); // a refresh
    await settle();
    time.pass(60_000);
    await look(request, down); // rescued
    const failure = { category: 'POSTS', coordinate: 'Query.posts', error: new Error('down') };
    await turn();
    expect(told).toEqual([false, true, true].map((isHidden) => ({ ...failure, isHidden })));
  });
});

describe('a failed refresh of an entry that was invalidated meanwhile', () => {
  it('is told as hidden: nobody waits for it', async () => {
    const { look, time, cache, told } = start({ staleMs: 60_000 });
    await look({ tags: ['Post'] }, () => 'old');
    time.pass(20_000);
    const gate = createGate<string>();
    await look({ tags: ['Post'] }, gate.load);
    cache.invalidate(['Post']);
    gate.fail(new Error('down'));
    await settle();
    await turn();
    expect(told).toMatchObject([{ isHidden: true }]);
  });
});

describe('how long expired entries have stood in for failing loads', () => {
  const startRead = async () => {
    const engine = start();
    const { look, time, cache } = engine;
    await look('key', () => 'old');
    await look('seldom', () => 'old');
    time.pass(10_000);
    const staleIfErrorForMs = () => cache.recent().find(({ category }) => category === 'POSTS')!.staleIfErrorForMs;
    const rescue = async (key = 'key') => expect((await look(key, down)).value).toBe('old');
    return { ...engine, staleIfErrorForMs, rescue };
  };

  it('runs from the first such answer to the latest', async () => {
    const { rescue, staleIfErrorForMs, time } = await startRead();
    expect(staleIfErrorForMs()).toBe(0);
    await rescue();
    expect(staleIfErrorForMs()).toBe(0);
    for (let n = 1; n <= 7; n++) {
      time.pass(10_000);
      await rescue(n % 2 ? 'key' : 'seldom');
      expect(staleIfErrorForMs()).toBe(10_000 * n);
    }
  });

  it('is nothing after a minute without one, and begins anew', async () => {
    const { rescue, staleIfErrorForMs, time } = await startRead();
    await rescue();
    time.pass(30_000);
    await rescue();
    time.pass(60_000);
    expect(staleIfErrorForMs()).toBe(30_000);
    time.pass(1);
    expect(staleIfErrorForMs()).toBe(0);
    await rescue('seldom');
    expect(staleIfErrorForMs()).toBe(0);
  });

  it('goes on between two answers of a key that is seldom asked for, whose loads failed both times', async () => {
    const { rescue, staleIfErrorForMs, time } = await startRead();
    await rescue();
    time.pass(120_000);
    await rescue();
    expect(staleIfErrorForMs()).toBe(120_000);
  });
});
