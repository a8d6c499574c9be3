import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTime } from '../../src/domains/time-limit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a call with a time limit', () => {
  it('is given up when it does not heed its signal', async () => {
    let signal: AbortSignal | undefined;
    const call = inTime((given) => {
      signal = given;
      return new Promise(() => {});
    }, 5_000);
    const outcome = expect(call).rejects.toThrow('expected a response within 5000 ms');
    await vi.advanceTimersByTimeAsync(4_999);
    expect(signal!.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal!.aborted).toBe(true);
    await outcome;
  });

  it('leaves no timer when it ends in time', async () => {
    expect(await inTime(async () => vi.getTimerCount(), 5_000)).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    await expect(inTime(() => Promise.reject(new Error('refused')), 5_000)).rejects.toThrow('refused');
    expect(vi.getTimerCount()).toBe(0);
  });
});
