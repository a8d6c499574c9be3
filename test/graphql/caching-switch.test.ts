import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CachingSwitch } from '../../src/graphql/caching-switch.ts';

// The clock only: timers that other files left would run in a fake time, as often as it takes to come to the end of it.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('caching', () => {
  it('is allowed for good', () => {
    const caching = new CachingSwitch({ isOn: true });
    vi.advanceTimersByTime(1e9);
    expect(caching.isOn).toBe(true);
  });

  it('is allowed until a moment that can be moved on', () => {
    const caching = new CachingSwitch({ isOn: false });
    expect(caching.isOn).toBe(false);
    caching.allowUntil(performance.now() + 3_000);
    expect(caching.isOn).toBe(true);
    vi.advanceTimersByTime(3_000);
    expect(caching.isOn).toBe(false);
    caching.allowUntil(performance.now() + 3_000);
    expect(caching.isOn).toBe(true);
    caching.allowUntil(0);
    expect(caching.isOn).toBe(false);
  });

  it('goes on without a lease until a moment, or until there is a lease again', () => {
    const caching = new CachingSwitch({ isOn: false });
    caching.serveCutOffUntil(performance.now() + 3_000);
    expect(caching).toMatchObject({ isOn: true, isCutOff: true });
    vi.advanceTimersByTime(3_000);
    expect(caching).toMatchObject({ isOn: false, isCutOff: false });
    caching.serveCutOffUntil(performance.now() + 3_000);
    caching.allowUntil(performance.now() + 1_000);
    expect(caching).toMatchObject({ isOn: true, isCutOff: false });
    vi.advanceTimersByTime(1_000);
    expect(caching.isOn).toBe(false);
  });
});
