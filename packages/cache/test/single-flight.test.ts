import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import { LoadLimitError, LoadTimeoutError } from '../src/errors.ts';
import type { LoadContext } from '../src/request.ts';
import { createCounter, createEngine } from './engine.ts';

describe('a hundred who miss a key at once', () => {
  const many = Array.from({ length: 100 });

  it('share one load', async () => {
    const { fetch, stats } = createEngine();
    const counter = createCounter();
    expect(await Promise.all(many.map(() => fetch('key', counter.load)))).toEqual(many.map(() => 1));
    expect(counter.runs).toBe(1);
    expect(stats()).toMatchObject({ misses: 100, loads: 1, coalesced: 99 });
  });

  it('share its failure, without further loads', async () => {
    const { fetch, stats } = createEngine();
    let runs = 0;
    const answers = many.map(() => fetch('key', async () => Promise.reject(new Error(`failure ${++runs}`))));
    const failures = await Promise.allSettled(answers);
    expect(new Set(failures.map((failure) => String((failure as PromiseRejectedResult).reason)))).toEqual(
      new Set(['Error: failure 1']),
    );
    expect(stats()).toMatchObject({ misses: 100, loads: 1, coalesced: 99, failures: 1, entries: 0 });
  });

  it('stop waiting when it hangs', async () => {
    const { fetch, time, stats } = createEngine({}, { loadTimeoutMs: 500 });
    const answers = many.map(() => fetch('key', () => new Promise(() => {})));
    time.pass(500);
    const failures = await Promise.allSettled(answers);
    for (const failure of failures) expect((failure as PromiseRejectedResult).reason).toBeInstanceOf(LoadTimeoutError);
    expect(stats()).toMatchObject({ loads: 1, failures: 1, timeouts: 1 });
  });
});

describe('readers of one namespace', () => {
  const inOne = { key: 'one list', namespace: 'one', tags: ['one/Post'] };

  it('share a load however often something of others is invalidated, also by tags that only the load finds', async () => {
    const { cache, fetch, stats } = createEngine();
    const gate = createGate<string>();
    let loads = 0;
    const load = async (loadContext: LoadContext) => {
      loads++;
      const value = await gate.promise;
      loadContext.depend(['one/Post:1', 'one/Post:2']);
      return value;
    };
    const answers: Promise<string>[] = [];
    for (let write = 0; write < 100; write++) {
      answers.push(fetch(inOne, load));
      cache.invalidate([`other/Post`, `other/Post:${write}`, `another${write}/Post`]);
      if (write % 10 === 0) cache.clear({ namespace: 'other' });
    }
    gate.open('value');
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['value']));
    expect(loads).toBe(1);
    expect(stats()).toMatchObject({ loads: 1, coalesced: 99, overtaken: 0 });
    expect(await fetch(inOne, () => 'not loaded')).toBe('value');
  });

  it('who come after a write of their own do not wait for an older load, whatever others wrote in between', async () => {
    const { cache, fetch } = createEngine();
    const gate = createGate<string>();
    const early = fetch(inOne, gate.load);
    cache.invalidate(['other/Post']);
    cache.invalidate(['one/Post']);
    cache.invalidate(['other/Post']);
    expect(await fetch(inOne, () => 'new')).toBe('new');
    gate.open('old');
    expect(await early).toBe('old');
    expect(await fetch(inOne, () => 'not loaded')).toBe('new');
  });
});

describe('a load', () => {
  it('goes on for the others when the one who started it leaves', async () => {
    const { fetch } = createEngine();
    const client = new AbortController();
    const gate = createGate<string>();
    const leader = Promise.race([
      fetch('key', gate.load),
      new Promise((_, reject) => client.signal.addEventListener('abort', () => reject(new Error('gone')))),
    ]);
    const follower = fetch('key', gate.load);
    client.abort();
    await expect(leader).rejects.toThrow('gone');
    gate.open('value');
    expect(await follower).toBe('value');
    expect(gate.loads).toBe(1);
  });

  it('that fails is not remembered', async () => {
    const { fetch } = createEngine();
    await expect(fetch('key', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await fetch('key', () => 'up')).toBe('up');
  });

  it('that throws at once is not remembered', async () => {
    const { fetch, cache } = createEngine();
    const load = () => {
      throw new Error('down');
    };
    await expect(fetch('key', load)).rejects.toThrow('down');
    expect(await fetch('key', () => 'up')).toBe('up');
    expect(cache.snapshot().flights).toBe(0);
  });

  it('of one key does not wait for that of another', async () => {
    const { fetch } = createEngine();
    const gate = createGate<string>();
    const slow = fetch('slow', gate.load);
    expect(await fetch('quick', async () => 'quick')).toBe('quick');
    gate.open('slow');
    expect(await slow).toBe('slow');
  });

  it('that answers without a promise is answered without one', () => {
    const { cache } = createEngine();
    expect(cache.fetch({ category: 'POSTS', key: 'key' }, () => 'at once')).toBe('at once');
  });

  it('that ends in time leaves no alarm behind', async () => {
    const { fetch, time } = createEngine();
    await fetch('good', async () => 'value');
    await expect(fetch('bad', async () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(time.alarms).toBe(0);
  });
});

describe('a load over its time limit', () => {
  it('is told by its signal', async () => {
    const { fetch, time } = createEngine({}, { loadTimeoutMs: 500 });
    let signal: AbortSignal | undefined;
    const answer = fetch('key', (loadContext) => {
      signal = loadContext.signal;
      return new Promise(() => {});
    });
    expect(signal?.aborted).toBe(false);
    time.pass(500);
    expect(signal?.aborted).toBe(true);
    await expect(answer).rejects.toThrow('Expected the load of "key" to end within 500 ms but got no result');
  });

  it('fills the cache when it ends after all', async () => {
    const { fetch, time } = createEngine({}, { loadTimeoutMs: 500 });
    const gate = createGate<string>();
    const answer = fetch('key', gate.load);
    time.pass(500);
    await expect(answer).rejects.toThrow(LoadTimeoutError);
    gate.open('late');
    await settle();
    expect(await fetch('key', () => 'not loaded')).toBe('late');
  });

  it('fills nothing when one of its tags was invalidated meanwhile', async () => {
    const { fetch, time, cache } = createEngine({}, { loadTimeoutMs: 500 });
    const gate = createGate<string>();
    const answer = fetch({ tags: ['Post'] }, gate.load);
    time.pass(500);
    await expect(answer).rejects.toThrow(LoadTimeoutError);
    cache.invalidate(['Post']);
    gate.open('late');
    await settle();
    expect(await fetch({ tags: ['Post'] }, () => 'new')).toBe('new');
  });

  it('is not joined by later readers, who load anew, and does not take the place of what they loaded', async () => {
    const { fetch, time } = createEngine({}, { loadTimeoutMs: 500 });
    const gate = createGate<string>();
    const answer = fetch('key', gate.load);
    time.pass(500);
    await expect(answer).rejects.toThrow(LoadTimeoutError);
    expect(await fetch('key', () => 'new')).toBe('new');
    gate.open('late');
    await settle();
    expect(await fetch('key', () => 'not loaded')).toBe('new');
  });

  it('fills what the next one, which takes as long, has not filled yet', async () => {
    const { fetch, time } = createEngine({}, { loadTimeoutMs: 500 });
    const [first, second] = [createGate<string>(), createGate<string>()];
    const early = fetch('key', first.load);
    time.pass(500);
    await expect(early).rejects.toThrow(LoadTimeoutError);
    const waiting = fetch('key', second.load);
    first.open('late');
    await settle();
    expect(await fetch('key', () => 'not loaded')).toBe('late');
    second.open('newer');
    expect(await waiting).toBe('newer');
    expect(await fetch('key', () => 'not loaded')).toBe('newer');
  });

  it('that fails in the end counts once', async () => {
    const { fetch, time, stats, cache } = createEngine({}, { loadTimeoutMs: 500 });
    const gate = createGate<string>();
    const answer = fetch('key', gate.load);
    time.pass(500);
    await expect(answer).rejects.toThrow(LoadTimeoutError);
    gate.fail(new Error('at last'));
    await settle();
    expect(stats().failures).toBe(1);
    expect(cache.snapshot().flights).toBe(0);
  });
});

describe('the limit of loads at once', () => {
  it('refuses one more, also when those that run are over their time limit', async () => {
    const { fetch, time, stats, cache } = createEngine({}, { maxFlights: 2, loadTimeoutMs: 500 });
    const gates = [createGate<string>(), createGate<string>()];
    const hanging = gates.map((gate, index) => fetch(`hangs ${index}`, gate.load));
    time.pass(500);
    await Promise.allSettled(hanging);
    await expect(fetch('key', () => 'value')).rejects.toThrow(LoadLimitError);
    expect(cache.snapshot().flights).toBe(2);
    expect(stats()).toMatchObject({ lookups: 3, misses: 2, bypasses: 1, loads: 2, coalesced: 0 });

    gates[0]!.open('late');
    await settle();
    expect(await fetch('key', () => 'value')).toBe('value');
  });

  it('lets those join who ask for what is being loaded', async () => {
    const { fetch } = createEngine({}, { maxFlights: 1 });
    const gate = createGate<string>();
    const answers = [fetch('key', gate.load), fetch('key', gate.load)];
    gate.open('value');
    expect(await Promise.all(answers)).toEqual(['value', 'value']);
  });

  it('serves what expired within its bound', async () => {
    const { fetch, look, time } = createEngine({ staleIfErrorMs: 5_000 }, { maxFlights: 1 });
    await fetch('key', () => 'old');
    time.pass(10_000);
    void fetch('hangs', () => new Promise(() => {}));
    expect(await look('key', () => 'new')).toMatchObject({ value: 'old', status: 'STALE' });
  });
});
