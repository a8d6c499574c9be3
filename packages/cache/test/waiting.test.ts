import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import { LoadTimeoutError } from '../src/errors.ts';
import type { LoadContext } from '../src/request.ts';
import { createEngine } from './engine.ts';

/** A load that ends when the test says so, and whose signal the test sees. */
function createWatchedLoad() {
  const gate = createGate<string>();
  const watched = { ...gate, contexts: [] as LoadContext[] };
  const load = (context: LoadContext) => {
    watched.contexts.push(context);
    void context.signal; // made before it is aborted
    return gate.promise;
  };
  return { watched, load, aborted: () => watched.contexts.map(({ signal }) => signal.aborted) };
}

describe('a signal', () => {
  it('that aborts ends the wait with its reason, and the load that nobody else waits for', async () => {
    const { look } = createEngine();
    const { load, aborted } = createWatchedLoad();
    const controller = new AbortController();
    const waiting = look({ signal: controller.signal }, load);
    controller.abort(new Error('the client left'));
    await expect(waiting).rejects.toThrow('the client left');
    expect(aborted()).toEqual([true]);
  });

  it('that aborts leaves the load to those who wait for it', async () => {
    const { look } = createEngine();
    const { load, watched, aborted } = createWatchedLoad();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = look({ signal: one.signal }, load);
    const second = look({ signal: other.signal }, load);
    const third = look('key', load);
    one.abort();
    other.abort();
    await expect(first).rejects.toThrow('aborted');
    await expect(second).rejects.toThrow('aborted');
    expect(aborted()).toEqual([false]);
    watched.open('value');
    expect((await third).value).toBe('value');
  });

  it('that was the last to abort ends the load, and later lookups do not join it', async () => {
    const { look } = createEngine();
    const { load, aborted } = createWatchedLoad();
    const controllers = [new AbortController(), new AbortController()];
    const waiting = controllers.map(({ signal }) => look({ signal }, load));
    controllers[0]!.abort();
    expect(aborted()).toEqual([false]);
    controllers[1]!.abort();
    await Promise.allSettled(waiting);
    expect(aborted()).toEqual([true]);
    expect(await look('key', async () => 'new')).toMatchObject({ value: 'new', status: 'MISS' });
  });

  it('does not end a refresh, which runs for no lookup', async () => {
    const { look, time } = createEngine({ ttlMs: 1_000, staleMs: 1_000 });
    await look('key', async () => 'old');
    time.pass(1_500);
    const { load, watched, aborted } = createWatchedLoad();
    await look('key', load); // stale: starts the refresh
    time.pass(1_000);
    const controller = new AbortController();
    const waiting = look({ signal: controller.signal }, load); // joins the refresh
    controller.abort();
    await expect(waiting).rejects.toThrow('aborted');
    expect(aborted()).toEqual([false]);
    watched.open('new');
    await settle();
    expect((await look('key', async () => 'newer')).value).toBe('new');
  });

  it('that has aborted already starts no load, and does not keep a hit away', async () => {
    const { look, values } = createEngine();
    const signal = AbortSignal.abort(new Error('the client left'));
    let loads = 0;
    await expect(look({ signal }, () => ++loads)).rejects.toThrow('the client left');
    expect(() => values.refresh({ category: 'POSTS', key: 'key', signal }, () => ++loads)).toThrow('the client left');
    expect(loads).toBe(0);
    await look('key', () => 'kept');
    expect((await look({ signal }, () => ++loads)).value).toBe('kept');
  });

  it('is forgotten when the load ends', async () => {
    const { look } = createEngine();
    const { signal } = new AbortController();
    await look({ key: 'a', signal }, async () => 1);
    await expect(look({ key: 'b', signal }, async () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is a signal', async () => {
    const { look } = createEngine();
    const wrong = look({ signal: 'now' as never }, () => 1);
    await expect(wrong).rejects.toThrow('Expected a signal that is an AbortSignal but got string');
  });

  it('counts its lookup as one miss, and its load as no failure', async () => {
    const { look, stats, time } = createEngine();
    const controller = new AbortController();
    const { load, watched } = createWatchedLoad();
    const waiting = look({ signal: controller.signal }, load);
    controller.abort();
    await expect(waiting).rejects.toThrow('aborted');
    time.pass(30_000); // the time limit of the load
    watched.fail(new Error('aborted'));
    await settle();
    expect(stats()).toMatchObject({ lookups: 1, misses: 1, loads: 1, failures: 0, timeouts: 0 });
  });
});

describe('the time that one call waits', () => {
  it('ends its wait with an error, and not the load', async () => {
    const { look, time } = createEngine();
    const { load, watched, aborted } = createWatchedLoad();
    const hurried = look({ timeoutMs: 50 }, load);
    const patient = look('key', load);
    time.pass(50);
    await expect(hurried).rejects.toThrow(LoadTimeoutError);
    await expect(hurried).rejects.toThrow('within 50 ms');
    expect(aborted()).toEqual([false]);
    watched.open('value');
    expect((await patient).value).toBe('value');
    expect((await look('key', load)).status).toBe('HIT');
  });

  it('ends with an expired value where a failed load would', async () => {
    const { look, time, stats } = createEngine({ ttlMs: 1_000, staleIfErrorMs: 60_000 });
    await look('key', async () => 'old');
    time.pass(1_000);
    const { load } = createWatchedLoad();
    const hurried = look({ timeoutMs: 50 }, load);
    time.pass(50);
    expect(await hurried).toMatchObject({ value: 'old', status: 'STALE' });
    expect(stats()).toMatchObject({ rescues: 1 });
  });

  it('does not end with an expired value that was invalidated', async () => {
    const { look, time, cache } = createEngine({ ttlMs: 1_000, staleIfErrorMs: 60_000 });
    await look({ tags: ['Post'] }, async () => 'old');
    time.pass(1_000);
    const hurried = look({ timeoutMs: 50 }, createGate<string>().load);
    cache.invalidate(['Post']);
    time.pass(50);
    await expect(hurried).rejects.toThrow(LoadTimeoutError);
  });

  it('counts from the lookup on, a second load included', async () => {
    const { look, time, cache } = createEngine();
    const [early, later] = [createGate<string>(), createGate<string>()];
    const first = look('key', async (context) => {
      const value = await early.promise;
      context.depend('Post');
      return value;
    });
    cache.invalidate(['Post']);
    const hurried = look({ timeoutMs: 100 }, later.load); // joins the first load, whose tag it cannot know yet
    time.pass(60);
    early.open('old');
    await first;
    await settle();
    expect(later.loads).toBe(1);
    time.pass(40);
    await expect(hurried).rejects.toThrow('within 100 ms');
  });

  it.each([[0], [-1], [Number.NaN], [2 ** 31], ['50']])('is not %s', async (timeoutMs) => {
    const { look, time } = createEngine();
    const wrong = look({ timeoutMs: timeoutMs as number }, async () => 1);
    await expect(wrong).rejects.toThrow(
      'timeoutMs: expected a number of milliseconds above 0, at most 2147483647, but',
    );
    expect(time.alarms).toBe(0);
  });

  it('is checked for the whole cache too', () => {
    expect(() => createEngine({}, { loadTimeoutMs: 2 ** 31 })).toThrow(
      'loadTimeoutMs: expected a number of milliseconds',
    );
  });
});
