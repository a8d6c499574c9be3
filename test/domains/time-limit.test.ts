import { describe, expect, it, vi } from 'vitest';
import { inTime } from '../../src/domains/time-limit.ts';

describe('a call with a time limit', () => {
  it('is given up when it does not heed its signal', async () => {
    vi.useFakeTimers();
    const [set, clear] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')];
    try {
      let signal: AbortSignal | undefined;
      const call = inTime((given) => {
        signal = given;
        return new Promise(() => {});
      }, 5_000);
      const timer = set.mock.results[0]!.value;
      const outcome = expect(call).rejects.toThrow('expected a response within 5000 ms');
      await vi.advanceTimersByTimeAsync(4_999);
      expect(signal!.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(signal!.aborted).toBe(true);
      await outcome;
      expect(clear).toHaveBeenCalledWith(timer);
    } finally {
      for (const spy of [set, clear]) spy.mockRestore();
      vi.useRealTimers();
    }
  });
});
