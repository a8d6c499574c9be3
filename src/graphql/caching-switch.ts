/** Longer than nearly all requests take, and shorter than the primary waits for a worker. */
const drainWithinMs = 1_000;

/**
 * Whether the cache may be used. This changes at run time, when another server starts to write to the database, because its
 * invalidations do not arrive here. A request reads it once, when it begins.
 */
export class CachingSwitch {
  readonly #clear: () => void;
  #untilMs: number;
  #running = 0;
  #onDrained: (() => void)[] = [];

  constructor({ isOn, clearAll }: { isOn: boolean; clearAll: () => void }) {
    this.#untilMs = isOn ? Number.POSITIVE_INFINITY : 0;
    this.#clear = clearAll;
  }

  get isOn(): boolean {
    return this.#untilMs === Number.POSITIVE_INFINITY || performance.now() < this.#untilMs;
  }

  /**
   * Allows the cache until a time of `performance.now()`; `Infinity` means without limit, 0 forbids it from now on. In the latter case it
   * resolves when the executions that use the cache have ended, so that no response mixes new data with old. It waits at most one
   * second: a longer execution began before the other server wrote, so its data was true then, and the entries that it still adds are
   * cleared before the cache is used again.
   */
  async allowUntil(untilMs: number): Promise<void> {
    const wasAllowed = this.#untilMs > 0;
    this.#untilMs = untilMs;
    if (wasAllowed === untilMs > 0) return; // only the time moves, and no other server wrote meanwhile
    this.#clear();
    if (untilMs === 0) await this.#drain();
  }

  /** Runs an execution that uses the cache, and counts it while it runs. */
  async during<T>(execution: () => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await execution();
    } finally {
      if (--this.#running === 0) for (const resolve of this.#onDrained.splice(0)) resolve();
    }
  }

  async #drain(): Promise<void> {
    if (this.#running === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onDrained.push(resolve);
      timer = setTimeout(resolve, drainWithinMs);
    });
    clearTimeout(timer);
  }
}
