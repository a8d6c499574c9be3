const TICKS_PER_ENTRY = 32; // one byte each; the total is rounded up to a power of two

/**
 * Simulates a plain LRU cache without its keys. Each access is a tick, which is *live* until its key is accessed again; LRU holds the
 * keys of the newest `limit` live ticks. (Stack distances of Mattson et al., "Evaluation techniques for storage hierarchies", IBM
 * Systems Journal 1970, for one size only.)
 */
export class LruWindow {
  readonly #live: Uint8Array;
  readonly #mask: number;
  #now = 1;
  #edge = 1; // the oldest tick in the window
  #size = 0;

  constructor(capacity: number) {
    const span = 2 ** Math.ceil(Math.log2(capacity * TICKS_PER_ENTRY));
    this.#live = new Uint8Array(span);
    this.#mask = span - 1;
  }

  /** The tick of the next access. */
  get now(): number {
    return this.#now;
  }

  /** Number of keys that LRU would hold. */
  get size(): number {
    return this.#size;
  }

  /**
   * Records an access. `last` is the tick of the key's last access, 0 if unknown. Returns whether LRU would have held the key; a key
   * whose last access is older than the window, so that this is unknown, counts as held.
   */
  access(last: number, limit: number): boolean {
    const now = this.#now++;
    if (now - this.#edge > this.#mask) this.#advance();
    this.#live[now & this.#mask] = 1;
    if (last >= this.#edge) {
      this.#live[last & this.#mask] = 0;
      return true;
    }
    this.#size++;
    while (this.#size > limit) this.#advance();
    return last > 0 && now - last > this.#mask;
  }

  /** Removes the key that was last accessed at the tick `last`. */
  remove(last: number): void {
    if (last < this.#edge) return;
    this.#live[last & this.#mask] = 0;
    this.#size--;
  }

  clear(): void {
    this.#live.fill(0);
    this.#edge = this.#now;
    this.#size = 0;
  }

  #advance(): void {
    const tick = this.#edge++ & this.#mask;
    this.#size -= this.#live[tick]!;
    this.#live[tick] = 0;
  }
}
