/** Longer than nearly every request takes, and shorter than the workers' primary waits for one of them. */
const drainWithinMs = 1_000;

/**
 * Whether the cache may be used. That can change at run time, when somebody else begins to write to the database whose
 * invalidations are not heard here. A request asks once, when it begins.
 */
export class CachingSwitch {
  readonly #clear: () => void;
  #untilMs: number;
  #running = 0;
  #onDrained: (() => void)[] = [];

  constructor({ isOn, clearAll: forget }: { isOn: boolean; clearAll: () => void }) {
    this.#untilMs = isOn ? Number.POSITIVE_INFINITY : 0;
    this.#clear = forget;
  }

  get isOn(): boolean {
    return this.#untilMs === Number.POSITIVE_INFINITY || performance.now() < this.#untilMs;
  }

  /**
   * Allows it until a moment of `performance.now()`: `Infinity` for good, 0 not at all from now on. Then it resolves when what
   * began with the cache has ended, so that no answer shows something new beside something old. What takes longer than a second
   * is not waited for: it began before anybody else wrote, so it may answer with what was true then, and what it still puts into
   * the cache is forgotten before the cache is used again.
   */
  async allowUntil(untilMs: number): Promise<void> {
    const wasAllowed = this.#untilMs > 0;
    this.#untilMs = untilMs;
    if (wasAllowed === untilMs > 0) return; // a moment that passed and is moved on: nobody else was let in between
    this.#clear();
    if (untilMs === 0) await this.#drain();
  }

  /** Counts an execution that began with the cache. */
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
