import { describe, expect, it, vi } from 'vitest';
import { inTime } from '../../src/domains/time-limit.ts';

describe('a call with a time limit', () => {
  it('is given up when it does not heed its signal', async () => {
    vi.useFakeTimers();
    try {
      let signal: AbortSignal | undefined;
      const call = inTime((given) => {
        signal = given;
        return new Promise(() => {});
      }, 5_000);
      const outcome = expect(call).rejects.toThrow('expected an answer within 5000 ms');
      await vi.advanceTimersByTimeAsync(4_999);
      expect(signal!.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(signal!.aborted).toBe(true);
      await outcome;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
