/** Monotonic milliseconds from any origin. */
export interface Clock {
  now(): number;
}

/** Runs something once after a delay; what it returns calls that off. */
export interface Timer {
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = { now: () => performance.now() };

export const systemTimer: Timer = {
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs);
    timeout.unref(); // a load that hangs must not keep a draining process alive
    return () => clearTimeout(timeout);
  },
};

/**
 * The engine's own time line over a clock that may step. A step back is undone, so that time goes on at its pace from the latest
 * reading and no entry lives longer than it may; a step forward ends lifetimes early, which is harmless.
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

  /** Exact, to measure by. */
  precise(): number {
    const reading = this.#clock.now();
    if (reading < this.#reading) this.#stepsMs += this.#reading - reading;
    this.#reading = reading;
    const now = reading + this.#stepsMs;
    this.#latest = Math.floor(now);
    return now;
  }

  /** Exact too, but no reading that a request's own would have to follow. */
  peekPrecise(): number {
    return this.#clock.now() + this.#stepsMs;
  }

  /** In whole milliseconds, as all lifetimes are: V8 compares small integers without unboxing them. */
  now(): number {
    return Math.floor(this.precise());
  }

  /** A request's reading, or a later one that was taken since, so that a long request does not see lifetimes stand still. */
  notBefore(reading: number): number {
    return reading > this.#latest ? reading : this.#latest;
  }
}
