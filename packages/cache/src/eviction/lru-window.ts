import { LiveTicks } from '../live-ticks.ts';

const TICKS_PER_ENTRY = 32;

/** Simulates a plain LRU cache without its keys: it holds those of the newest `limit` live ticks. */
export class LruWindow {
  readonly #ticks: LiveTicks;

  constructor(capacity: number) {
    this.#ticks = new LiveTicks(capacity * TICKS_PER_ENTRY);
  }

  /** The tick of the next access. */
  get now(): number {
    return this.#ticks.next;
  }

  /** Number of keys that LRU would hold. */
  get size(): number {
    return this.#ticks.size;
  }

  /**
   * Records an access. `last` is the tick of the key's last access, 0 if unknown. Returns whether LRU would have held the key; a
   * key whose last access is older than the window, so that this is unknown, counts as held.
   */
  access(last: number, limit: number): boolean {
    const ticks = this.#ticks;
    const now = ticks.next;
    if (ticks.isFull) ticks.dropOldest();
    ticks.add();
    if (last >= ticks.oldest) {
      ticks.end(last);
      return true;
    }
    while (ticks.size > limit) ticks.dropOldest();
    return last > 0 && now - last >= ticks.span;
  }

  /** Removes the key that was last accessed at the tick `last`. */
  remove(last: number): void {
    if (last >= this.#ticks.oldest) this.#ticks.end(last);
  }

  clear(): void {
    this.#ticks.clear();
  }
}
