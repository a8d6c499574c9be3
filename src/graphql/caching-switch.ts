/**
 * Whether the cache may be used: for good, or until the lease ends that this process has among those of its database. Each use
 * costs one comparison. With `CACHE_WHEN_CUT_OFF`, it may be used for a time without a lease while the database cannot be reached.
 * A request reads the switch once, at its start. With a lease, every write that was acknowledged before then has been applied here,
 * even if the lease ends during the request.
 */
export class CachingSwitch {
  #untilMs: number;
  #cutOffUntilMs = 0;

  constructor({ isOn }: { isOn: boolean }) {
    this.#untilMs = isOn ? Number.POSITIVE_INFINITY : 0;
  }

  get isOn(): boolean {
    if (this.#untilMs === Number.POSITIVE_INFINITY) return true;
    const nowMs = performance.now();
    return nowMs < this.#untilMs || nowMs < this.#cutOffUntilMs;
  }

  /** Whether the cache is used without a lease: what others wrote since may be missing. */
  get isCutOff(): boolean {
    return this.#cutOffUntilMs > 0 && this.isOn;
  }

  /** Allows the cache until a time of `performance.now()`; `Infinity` means without limit, 0 forbids it from now on. */
  allowUntil(untilMs: number): void {
    this.#untilMs = untilMs;
    this.#cutOffUntilMs = 0;
  }

  /** Allows the cache without a lease until a time of `performance.now()`, or until `allowUntil` is called. */
  serveCutOffUntil(untilMs: number): void {
    this.#cutOffUntilMs = untilMs;
  }
}
