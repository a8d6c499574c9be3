const RING = 4_096; // lookups between two drains, a power of two
const POSITIONS_PER_KEY = 4; // so that positions are renumbered once in so many lookups

/** The hit ratio that a plain LRU cache of `maxEntries` would have had. */
export interface Sizing {
  readonly maxEntries: number;
  readonly hitRatio: number;
}

/**
 * The hit ratios that caches of other sizes would have had, exactly, by stack distances (Mattson et al., "Evaluation
 * techniques for storage hierarchies", IBM Systems Journal 1970): how many other keys were looked up since the last lookup of the
 * same key. A Fenwick tree counts them, over the `maxKeys` keys that were looked up last: for sizes up to that the answer is exact.
 * Lookups are only written down when they happen, and counted in `drain`. Keys are told apart by a 32-bit hash.
 */
export class StackDistances {
  readonly #maxKeys: number;
  readonly #ring = new Uint32Array(RING);
  readonly #missedAnyway = new Uint8Array(RING);
  #recorded = 0;
  #dropped = 0;
  #lookups = 0;
  readonly #positions = new Map<number, number>(); // of each key's last lookup
  readonly #keys: Uint32Array; // by position, 1-based; that of a key looked up again since is not in use any more
  readonly #tree: Int32Array; // Fenwick, over the same: 1 at each position in use
  #oldest = 1; // none before it is in use
  #next = 1;
  readonly #distances: Float64Array; // lookups at each stack distance, 1-based; more would be a miss at every size

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
    this.#keys = new Uint32Array(maxKeys * POSITIONS_PER_KEY + 1);
    this.#tree = new Int32Array(this.#keys.length);
    this.#distances = new Float64Array(maxKeys + 1);
  }

  /** Lookups that were counted: those that were recorded before the last `drain` and not dropped. */
  get lookups(): number {
    return this.#lookups;
  }

  /** Lookups that found the ring full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Lookups that wait for `drain`. */
  get pending(): number {
    return this.#recorded;
  }

  /** Whether `drain` is due soon: three quarters of the ring are full. */
  get isNearlyFull(): boolean {
    return this.#recorded >= RING - RING / 4;
  }

  /**
   * Writes down a lookup, hit or miss, of the key with this unsigned 32-bit hash. `missedAnyway`: what had been kept was expired
   * or invalidated, so that no size would have made it a hit.
   */
  record(keyHash: number, missedAnyway = false): void {
    if (this.#recorded === RING) {
      this.#dropped++;
      return;
    }
    this.#ring[this.#recorded] = keyHash;
    this.#missedAnyway[this.#recorded++] = missedAnyway ? 1 : 0;
  }

  /** Counts what was recorded. */
  drain(): void {
    for (let i = 0; i < this.#recorded; i++) this.#count(this.#ring[i]!, this.#missedAnyway[i] === 1);
    this.#recorded = 0;
  }

  /** For sizes of at most `maxKeys`; a larger one counts as that. All are 0 before the first lookup. */
  hitRatios(sizes: readonly number[]): Sizing[] {
    return sizes.map((maxEntries) => {
      let hits = 0;
      const furthest = Math.min(maxEntries, this.#maxKeys);
      for (let distance = 1; distance <= furthest; distance++) hits += this.#distances[distance]!;
      return { maxEntries, hitRatio: this.#lookups === 0 ? 0 : hits / this.#lookups };
    });
  }

  #count(key: number, missedAnyway: boolean): void {
    this.#lookups++;
    if (this.#next === this.#keys.length) this.#renumber();
    const last = this.#positions.get(key);
    if (last !== undefined) {
      if (!missedAnyway) this.#distances[this.#usedFrom(last)]!++;
      this.#add(last, -1);
    } else if (this.#positions.size === this.#maxKeys) this.#forgetOldest();
    this.#place(key);
  }

  #place(key: number): void {
    this.#keys[this.#next] = key;
    this.#positions.set(key, this.#next);
    this.#add(this.#next++, 1);
  }

  #forgetOldest(): void {
    while (!this.#isUsed(this.#oldest)) this.#oldest++;
    this.#positions.delete(this.#keys[this.#oldest]!);
    this.#add(this.#oldest++, -1);
  }

  #isUsed(position: number): boolean {
    return this.#positions.get(this.#keys[position]!) === position;
  }

  /** Positions have run out: moves those in use, in their order, to the front. */
  #renumber(): void {
    const inUse = this.#keys.subarray(this.#oldest).filter((_, at) => this.#isUsed(this.#oldest + at));
    this.#tree.fill(0);
    this.#oldest = 1;
    this.#next = 1;
    for (const key of inUse) this.#place(key);
  }

  /** How many positions are in use from this one on: the keys looked up since, and itself. */
  #usedFrom(position: number): number {
    let before = 0;
    for (let at = position - 1; at > 0; at -= at & -at) before += this.#tree[at]!;
    return this.#positions.size - before;
  }

  #add(position: number, change: 1 | -1): void {
    for (let at = position; at < this.#tree.length; at += at & -at) this.#tree[at]! += change;
  }
}
