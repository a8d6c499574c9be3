import { setTimeout as pause } from 'node:timers/promises';

/** The time by which events are paced. */
export interface PaceClock {
  now(): number;
  pause(ms: number): Promise<unknown>;
}

export const systemPace: PaceClock = {
  now: () => performance.now(),
  pause: (ms) => pause(ms, undefined, { ref: false }),
};

const secondMs = 1_000;

/**
 * The events of `source`, over time at most one in each `intervalMs()`, which is at most a second; those of a second may come at once.
 * The next one is not asked for before its time, so that the source can put together what happens until then.
 */
export function paced<T>(
  source: AsyncIterable<T>,
  { intervalMs, clock }: { intervalMs: () => number; clock: PaceClock },
): AsyncIterable<T> {
  const events = source[Symbol.asyncIterator]();
  /** The end of the intervals of all events so far. */
  let takenUntilMs = Number.NEGATIVE_INFINITY;
  const iterator: AsyncIterator<T> = {
    async next() {
      const restMs = takenUntilMs + intervalMs() - secondMs - clock.now();
      if (restMs > 0) await clock.pause(restMs);
      const result = await events.next();
      takenUntilMs = Math.max(takenUntilMs, clock.now()) + intervalMs();
      return result;
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
