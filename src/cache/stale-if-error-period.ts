/** So long without an expired answer in the place of a failed load, and the next one is the first again. */
const pauseMs = 60_000;

/** For how long expired entries have stood in for loads that fail. */
export class StaleIfErrorPeriod {
  #sinceMs = 0;
  #latestMs = Number.NEGATIVE_INFINITY;

  /** `failingSinceMs` is when the first of the entry's loads failed: a key that is seldom asked for tells of the time in between. */
  record(nowMs: number, failingSinceMs: number): void {
    const isSame = nowMs - this.#latestMs <= pauseMs || failingSinceMs <= this.#latestMs;
    if (!isSame) this.#sinceMs = nowMs;
    this.#latestMs = nowMs;
  }

  /** From the first to the latest of such answers; 0 when the latest is more than a minute ago. */
  durationMs(nowMs: number): number {
    return nowMs - this.#latestMs > pauseMs ? 0 : this.#latestMs - this.#sinceMs;
  }
}
