import { Ghosts } from './ghosts.ts';
import type { Evictable, EvictionPolicy } from './policy.ts';
import { RecencyList } from './recency-list.ts';

const OLDEST_COMPARED = 8;
const ACCESSES_PER_EPOCH = 10;

/**
 * ARC (Megiddo & Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST 2003): entries seen once and entries
 * seen again have a list each, whose shares follow the ghosts of both. Unlike there, the victim among those seen again is
 * the least frequently used of the eight oldest, the oldest on ties, by a frequency that halves every 10 × `capacity` accesses.
 */
export function createArc<E extends Evictable>(capacity: number): EvictionPolicy<E> {
  return new Arc<E>(capacity);
}

class Arc<E extends Evictable> implements EvictionPolicy<E> {
  readonly name = 'arc';
  readonly #capacity: number;
  readonly #once = new RecencyList<E>(1); // T1 of the paper
  readonly #again = new RecencyList<E>(2); // T2
  readonly #onceGhosts = new Ghosts(); // B1
  readonly #againGhosts = new Ghosts(); // B2
  #onceShare = 0; // p
  #newcomer: E | undefined;
  #newcomerWasReseen = false;
  #accesses = 0;
  #epoch = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get ghosts(): number {
    return this.#onceGhosts.size + this.#againGhosts.size;
  }

  admit(entry: E): void {
    this.#tick();
    entry.epoch = this.#epoch;
    this.#newcomer = entry;
    this.#newcomerWasReseen = false;
    const onceGhosts = this.#onceGhosts.size;
    const againGhosts = this.#againGhosts.size;
    let frequency = this.#onceGhosts.recall(entry.key);
    if (frequency !== undefined) {
      this.#onceShare = Math.min(this.#capacity, this.#onceShare + Math.max(1, againGhosts / onceGhosts));
    } else {
      frequency = this.#againGhosts.recall(entry.key);
      if (frequency !== undefined) {
        this.#onceShare = Math.max(0, this.#onceShare - Math.max(1, onceGhosts / againGhosts));
        this.#newcomerWasReseen = true;
      }
    }
    entry.frequency = (frequency ?? 0) + 1;
    if (frequency === undefined) this.#once.append(entry);
    else this.#again.append(entry);
    this.#trimGhosts();
  }

  touch(entry: E): void {
    this.#tick();
    entry.frequency = this.#aged(entry) + 1;
    entry.epoch = this.#epoch;
    if (this.#again.has(entry)) {
      this.#again.refresh(entry);
    } else {
      this.#once.unlink(entry);
      this.#again.append(entry);
    }
  }

  remove(entry: E): void {
    if (this.#newcomer === entry) this.#newcomer = undefined;
    if (this.#once.has(entry)) this.#once.unlink(entry);
    else if (this.#again.has(entry)) this.#again.unlink(entry);
  }

  evict(): E | undefined {
    const victim = this.#takesFromOnce() ? this.#once.oldest : this.#leastFrequentOfOldest();
    if (!victim) return undefined;
    const ghosts = this.#once.has(victim) ? this.#onceGhosts : this.#againGhosts;
    ghosts.remember(victim.key, this.#aged(victim));
    this.remove(victim);
    this.#trimGhosts();
    return victim;
  }

  remembers(key: string): boolean {
    return this.#onceGhosts.has(key) || this.#againGhosts.has(key);
  }

  clear(): void {
    this.#once.clear();
    this.#again.clear();
    this.#onceGhosts.clear();
    this.#againGhosts.clear();
    this.#onceShare = 0;
    this.#newcomer = undefined;
  }

  /** REPLACE of the paper, which runs before the newcomer is in; here it is in already and must not be counted. */
  #takesFromOnce(): boolean {
    const newcomer = this.#newcomer;
    const settled = this.#once.size - (newcomer && this.#once.has(newcomer) ? 1 : 0);
    if (settled === 0) return this.#again.size === 0;
    return (
      settled > this.#onceShare || (this.#newcomerWasReseen && settled === this.#onceShare) || this.#again.size === 0
    );
  }

  #leastFrequentOfOldest(): E | null {
    let victim = this.#again.oldest;
    if (!victim) return null;
    let least = this.#aged(victim);
    let candidate = this.#again.after(victim);
    for (let seen = 1; candidate && seen < OLDEST_COMPARED; seen++, candidate = this.#again.after(candidate)) {
      const frequency = this.#aged(candidate);
      if (frequency >= least) continue;
      victim = candidate;
      least = frequency;
    }
    return victim;
  }

  #aged(entry: E): number {
    return entry.frequency >> Math.min(31, this.#epoch - entry.epoch);
  }

  #tick(): void {
    if (++this.#accesses < ACCESSES_PER_EPOCH * this.#capacity) return;
    this.#accesses = 0;
    this.#epoch++;
  }

  /** |T1| + |B1| ≤ c and |T1| + |T2| + |B1| + |B2| ≤ 2c. */
  #trimGhosts(): void {
    this.#onceGhosts.trim(Math.max(0, this.#capacity - this.#once.size));
    const lists = this.#once.size + this.#again.size + this.#onceGhosts.size;
    this.#againGhosts.trim(Math.max(0, 2 * this.#capacity - lists));
  }
}
