const TICKS_PER_ENTRY = 32; // a byte each, up to the next power of two

/**
 * What a plain LRU cache would hold, without holding it. Each access is a tick, which is *live* until its key is accessed
 * again; LRU holds the keys of the newest `limit` live ticks. (The positions of Mattson et al., "Evaluation techniques for storage
 * hierarchies", IBM Systems Journal 1970, for one size only.)
 */
export class LruWindow {
  readonly #live: Uint8Array;
  readonly #mask: number;
  #now = 1;
  #edge = 1; // the oldest tick that is remembered
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

  /** How many keys LRU would hold. */
  get size(): number {
    return this.#size;
  }

  /**
   * Notes an access to a key that was last accessed at the tick `last`, 0 if that is not known. Returns whether LRU would have
   * held it; a key that was not accessed for very long, of which that cannot be told, counts as held.
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

  /** The key that was last accessed at the tick `last` is gone for good. */
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
