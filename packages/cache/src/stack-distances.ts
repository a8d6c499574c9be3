import { LiveTicks } from './live-ticks.ts';

const RING = 4_096; // lookups between two drains, a power of two
const TICKS_PER_KEY = 4; // renumbering happens once in at least 3 × `maxKeys` lookups

/** The hit ratio that a plain LRU cache of `maxEntries` would have had. */
export interface Sizing {
  readonly maxEntries: number;
  readonly hitRatio: number;
}

/**
 * Computes the hit ratios that LRU caches of other sizes would have had, from stack distances: how many other keys were looked up
 * since the last lookup of the same key. A Fenwick tree counts the live ticks of the latest `maxKeys` keys, so the ratios are exact
 * for sizes up to that. A lookup is only recorded when it happens; `drain` counts it. Keys are identified by a 32-bit hash.
 */
export class StackDistances {
  readonly #maxKeys: number;
  readonly #ring = new Uint32Array(RING);
  readonly #missedAnyway = new Uint8Array(RING);
  #recorded = 0;
  #dropped = 0;
  #lookups = 0;
  readonly #ticks: LiveTicks;
  readonly #lastTicks = new Map<number, number>(); // tick of each key's last lookup
  readonly #keys: Uint32Array; // key by tick, from 1
  readonly #tree: Int32Array; // Fenwick tree over the ticks: 1 for each live one
  readonly #distances: Float64Array; // number of lookups at each stack distance, 1-based; a larger distance misses at every size

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
    this.#ticks = new LiveTicks(maxKeys * TICKS_PER_KEY + 1);
    this.#keys = new Uint32Array(maxKeys * TICKS_PER_KEY + 1);
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
   * Records a lookup, hit or miss. `keyHash` is unsigned, 32 bits. `missedAnyway`: the entry was expired or invalidated, so that
   * the lookup misses at every size.
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
    if (this.#ticks.next === this.#keys.length) this.#renumber();
    const last = this.#lastTicks.get(key);
    if (last !== undefined) {
      if (!missedAnyway) this.#distances[this.#liveFrom(last)]!++;
      this.#end(last);
    } else if (this.#ticks.size === this.#maxKeys) this.#dropOldestKey();
    this.#append(key);
  }

  #append(key: number): void {
    const tick = this.#ticks.next;
    this.#ticks.add();
    this.#keys[tick] = key;
    this.#lastTicks.set(key, tick);
    this.#add(tick, 1);
  }

  #end(tick: number): void {
    this.#ticks.end(tick);
    this.#add(tick, -1);
  }

  #dropOldestKey(): void {
    while (!this.#ticks.has(this.#ticks.oldest)) this.#ticks.dropOldest();
    const { oldest } = this.#ticks;
    this.#lastTicks.delete(this.#keys[oldest]!);
    this.#ticks.dropOldest();
    this.#add(oldest, -1);
  }

  /** Moves the live ticks to the front, in their order. Runs when there are no ticks left. */
  #renumber(): void {
    const { oldest, next } = this.#ticks;
    const keys = this.#keys.subarray(oldest, next).filter((_, at) => this.#ticks.has(oldest + at));
    this.#tree.fill(0);
    this.#ticks.clear(1);
    for (const key of keys) this.#append(key);
  }

  /** Returns the number of live ticks from this one on: of the keys that were looked up since, and its own. */
  #liveFrom(tick: number): number {
    let before = 0;
    for (let at = tick - 1; at > 0; at -= at & -at) before += this.#tree[at]!;
    return this.#ticks.size - before;
  }

  #add(tick: number, change: 1 | -1): void {
    for (let at = tick; at < this.#tree.length; at += at & -at) this.#tree[at]! += change;
  }
}
