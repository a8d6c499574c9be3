/** A monotonic clock, in milliseconds from any origin. */
export interface Clock {
  now(): number;
}

/** Runs a callback once after a delay. `after` returns a function that cancels it. */
export interface Timer {
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = { now: () => performance.now() };

export const systemTimer: Timer = {
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs);
    timeout.unref(); // a hanging load must not keep a draining process alive
    return () => clearTimeout(timeout);
  },
};

/**
 * A monotonic time line over a clock that may step. A step back is compensated: time continues from the latest reading, so that no
 * entry outlives its lifetime. A step forward is not: it ends lifetimes early, which is harmless.
 */
export class MonotonicTime {
  readonly #clock: Clock;
  #reading: number;
  #stepsMs = 0;
  #latest: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#reading = clock.now();
    this.#latest = Math.floor(this.#reading);
  }

  /** The time with fractions of a millisecond. */
  precise(): number {
    const reading = this.#clock.now();
    if (reading < this.#reading) this.#stepsMs += this.#reading - reading;
    this.#reading = reading;
    const now = reading + this.#stepsMs;
    this.#latest = Math.floor(now);
    return now;
  }

  /** As `precise`, but does not advance the reading that `notBefore` returns. */
  peekPrecise(): number {
    return this.#clock.now() + this.#stepsMs;
  }

  /** The time in whole milliseconds, as in all lifetimes, because V8 compares small integers without unboxing them. */
  now(): number {
    return Math.floor(this.precise());
  }

  /**
   * Returns a request's clock reading, or the latest one if that is later. Otherwise lifetimes would not end during a long request.
   */
  notBefore(reading: number): number {
    return reading > this.#latest ? reading : this.#latest;
  }
}
