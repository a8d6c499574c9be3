const RING = 4_096; // lookups between two drains, a power of two
const POSITIONS_PER_KEY = 4; // renumbering happens once in at least 3 × `maxKeys` lookups

/** The hit ratio that a plain LRU cache of `maxEntries` would have had. */
export interface Sizing {
  readonly maxEntries: number;
  readonly hitRatio: number;
}

/**
 * Computes the hit ratios that LRU caches of other sizes would have had, from stack distances (Mattson et al., "Evaluation
 * techniques for storage hierarchies", IBM Systems Journal 1970): how many other keys were looked up since the last lookup of the
 * same key. A Fenwick tree counts them over the latest `maxKeys` keys, so the ratios are exact for sizes up to that.
 * A lookup is only recorded when it happens; `drain` counts it. Keys are identified by a 32-bit hash.
 */
export class StackDistances {
  readonly #maxKeys: number;
  readonly #ring = new Uint32Array(RING);
  readonly #missedAnyway = new Uint8Array(RING);
  #recorded = 0;
  #dropped = 0;
  #lookups = 0;
  readonly #positions = new Map<number, number>(); // position of each key's last lookup
  readonly #keys: Uint32Array; // key by position, 1-based; a position is unused once its key is looked up again
  readonly #tree: Int32Array; // Fenwick tree over the positions: 1 for each used position
  #oldest = 1; // no position before it is used
  #next = 1;
  readonly #distances: Float64Array; // number of lookups at each stack distance, 1-based; a larger distance misses at every size

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
    this.#keys = new Uint32Array(maxKeys * POSITIONS_PER_KEY + 1);
    this.#tree = new Int32Array(this.#keys.length);
    this.#distances = new Float64Array(maxKeys + 1);
  }

  /** Number of lookups that `drain` has counted. */
  get lookups(): number {
    return this.#lookups;
  }

  /** Number of lookups that were not recorded because the ring was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Number of lookups that wait for `drain`. */
  get pending(): number {
    return this.#recorded;
  }

  /** Whether three quarters of the ring are full, so that `drain` is due. */
  get isNearlyFull(): boolean {
    return this.#recorded >= RING - RING / 4;
  }

  /**
   * Records a lookup, hit or miss. `keyHash` is unsigned, 32 bits. `missedAnyway`: the entry was expired or invalidated, so that the
   * lookup misses at every size.
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

  /** Returns the hit ratio for each size. A size above `maxKeys` counts as `maxKeys`. All are 0 before the first lookup. */
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
    } else if (this.#positions.size === this.#maxKeys) this.#dropOldest();
    this.#append(key);
  }

  #append(key: number): void {
    this.#keys[this.#next] = key;
    this.#positions.set(key, this.#next);
    this.#add(this.#next++, 1);
  }

  #dropOldest(): void {
    while (!this.#isUsed(this.#oldest)) this.#oldest++;
    this.#positions.delete(this.#keys[this.#oldest]!);
    this.#add(this.#oldest++, -1);
  }

  #isUsed(position: number): boolean {
    return this.#positions.get(this.#keys[position]!) === position;
  }

  /** Moves the used positions to the front, in their order. Runs when there are no positions left. */
  #renumber(): void {
    const inUse = this.#keys.subarray(this.#oldest).filter((_, at) => this.#isUsed(this.#oldest + at));
    this.#tree.fill(0);
    this.#oldest = 1;
    this.#next = 1;
    for (const key of inUse) this.#append(key);
  }

  /** Returns the number of used positions from this one on: the keys that were looked up since, and its own. */
  #usedFrom(position: number): number {
    let before = 0;
    for (let at = position - 1; at > 0; at -= at & -at) before += this.#tree[at]!;
    return this.#positions.size - before;
  }

  #add(position: number, change: 1 | -1): void {
    for (let at = position; at < this.#tree.length; at += at & -at) this.#tree[at]! += change;
  }
}
