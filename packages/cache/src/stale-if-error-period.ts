/** A pause between two rescues that is longer than this ends the period. */
const pauseMs = 60_000;

/** The period in which expired entries are served because loads fail. */
export class StaleIfErrorPeriod {
  #sinceMs = 0;
  #latestMs = Number.NEGATIVE_INFINITY;

  /**
   * Records a rescue. `failingSinceMs` is the time of the entry's first failed load: if that is not after the latest rescue, loads
   * have failed since, and the period continues also for a key that is rarely looked up.
   */
  record(nowMs: number, failingSinceMs: number): void {
    const isSame = nowMs - this.#latestMs <= pauseMs || failingSinceMs <= this.#latestMs;
    if (!isSame) this.#sinceMs = nowMs;
    this.#latestMs = nowMs;
  }

  /** Returns the time from the first rescue to the latest; 0 if the latest is more than a minute ago. */
  durationMs(nowMs: number): number {
    return nowMs - this.#latestMs > pauseMs ? 0 : this.#latestMs - this.#sinceMs;
  }
}
