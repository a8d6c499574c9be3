import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CachingSwitch } from '../../src/graphql/caching-switch.ts';

let forgotten: number;

beforeEach(() => {
  vi.useFakeTimers();
  forgotten = 0;
});
afterEach(() => void vi.useRealTimers());

function createSwitch(isOn: boolean): CachingSwitch {
  return new CachingSwitch({ isOn, clearAll: () => void forgotten++ });
}

describe('caching', () => {
  it('is allowed for good, or until a moment that can be moved on, without anything being forgotten', async () => {
    const forGood = createSwitch(true);
    await vi.advanceTimersByTimeAsync(1e9);
    expect(forGood.isOn).toBe(true);

    const leased = createSwitch(false);
    await leased.allowUntil(performance.now() + 3_000);
    expect([leased.isOn, forgotten]).toEqual([true, 1]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(leased.isOn).toBe(false);
    await leased.allowUntil(performance.now() + 3_000);
    expect([leased.isOn, forgotten]).toEqual([true, 1]);
  });

  it('begins with nothing each time that it was not allowed', async () => {
    const caching = createSwitch(true);
    await caching.allowUntil(0);
    expect([caching.isOn, forgotten]).toEqual([false, 1]);
    await caching.allowUntil(0);
    expect(forgotten).toBe(1);
    await caching.allowUntil(Number.POSITIVE_INFINITY);
    expect([caching.isOn, forgotten]).toEqual([true, 2]);
  });

  it('has stopped when all that began with it has ended', async () => {
    const caching = createSwitch(true);
    const events: string[] = [];
    const ends: (() => void)[] = [];
    const execution = () => new Promise<void>((end) => ends.push(end));
    const running = [caching.during(execution), caching.during(execution)];
    const stopped = caching.allowUntil(0).then(() => events.push('stopped'));
    for (const end of ends) {
      await vi.advanceTimersByTimeAsync(100);
      events.push('ended');
      end();
    }
    await Promise.all([...running, stopped]);
    expect(events).toEqual(['ended', 'ended', 'stopped']);
  });

  it('has stopped also when something fails, or takes longer than a second', async () => {
    const caching = createSwitch(true);
    await expect(caching.during(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await caching.allowUntil(0);
    await caching.allowUntil(Number.POSITIVE_INFINITY);
    void caching.during(() => new Promise(() => {}));
    const stopped = caching.allowUntil(0);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(stopped).resolves.toBeUndefined();
  });
});
