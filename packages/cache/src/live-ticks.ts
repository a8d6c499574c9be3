/**
 * The accesses of a sequence that are *live*: not yet followed by another access of the same key. Each access is a tick. This is
 * the stack of Mattson et al. ("Evaluation techniques for storage hierarchies", IBM Systems Journal 1970) without its keys: the
 * number of live ticks from a tick on is the stack distance of its key, and plain LRU holds the keys of the newest live ticks.
 * Remembers the latest `span` ticks, one byte each.
 */
export class LiveTicks {
  readonly #live: Uint8Array;
  readonly #mask: number;
  #next = 1;
  #oldest = 1;
  #size = 0;

  /** `minSpan` is rounded up to a power of two. */
  constructor(minSpan: number) {
    const span = 2 ** Math.ceil(Math.log2(minSpan));
    this.#live = new Uint8Array(span);
    this.#mask = span - 1;
  }

  get span(): number {
    return this.#mask + 1;
  }

  /** The next tick. */
  get next(): number {
    return this.#next;
  }

  /** No older tick is live. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Number of live ticks. */
  get size(): number {
    return this.#size;
  }

  /** Whether the next tick takes the place of the oldest one. */
  get isFull(): boolean {
    return this.#next - this.#oldest > this.#mask;
  }

  /** Whether the tick, which is none older than `oldest`, is live. */
  has(tick: number): boolean {
    return this.#live[tick & this.#mask] === 1;
  }

  /** Adds a live tick. Call `dropOldest` before if there is no space. */
  add(): void {
    this.#live[this.#next++ & this.#mask] = 1;
    this.#size++;
  }

  /** Ends a live tick. */
  end(tick: number): void {
    this.#live[tick & this.#mask] = 0;
    this.#size--;
  }

  /** Forgets the oldest tick, live or not. */
  dropOldest(): void {
    const at = this.#oldest++ & this.#mask;
    this.#size -= this.#live[at]!;
    this.#live[at] = 0;
  }

  /** Ends all ticks. `next` is the tick to go on with. */
  clear(next = this.#next): void {
    this.#live.fill(0);
    this.#next = next;
    this.#oldest = next;
    this.#size = 0;
  }
}
