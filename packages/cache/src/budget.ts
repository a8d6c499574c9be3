/** At most `perSecond` actions a second, on average and at once (a token bucket). */
export class Budget {
  readonly #perSecond: number;
  #left: number;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  /** Returns whether an action is allowed now. */
  has(nowMs: number): boolean {
    const earnedMs = Math.max(0, nowMs - this.#atMs);
    this.#left = Math.min(Math.max(1, this.#perSecond), this.#left + (earnedMs / 1_000) * this.#perSecond);
    this.#atMs = nowMs;
    return this.#left >= 1;
  }

  /** As `has`. If so, counts it. */
  take(nowMs: number): boolean {
    if (!this.has(nowMs)) return false;
    this.#left--;
    return true;
  }
}
