import { type Ghost, Ghosts } from './ghosts.ts';
import { LruDuel } from './lru-duel.ts';
import type { Evictable, EvictionPolicy } from './policy.ts';
import { RecencyList } from './recency-list.ts';

const OLDEST_COMPARED = 8;
const ACCESSES_TO_HALVE = 10; // times `capacity`

/**
 * ARC (Megiddo & Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST 2003). Entries used once and entries used
 * again have a list each (T1 and T2 in the paper), whose shares follow the ghosts of both (B1 and B2). Two differences:
 *
 * - The victim among entries used again is the least frequently used of the eight oldest, the oldest on ties. A frequency halves
 *   every 10 × `capacity` accesses, so that formerly popular entries become victims.
 * - While plain LRU has more hits, its victims are taken (see `LruDuel`).
 */
export function createArc<E extends Evictable>(capacity: number): EvictionPolicy<E> {
  return new Arc<E>(capacity);
}

class Arc<E extends Evictable> implements EvictionPolicy<E> {
  readonly name = 'arc';
  readonly #capacity: number;
  readonly #once = new RecencyList<E>(1);
  readonly #again = new RecencyList<E>(2);
  readonly #onceGhosts = new Ghosts();
  readonly #againGhosts = new Ghosts();
  readonly #duel: LruDuel;
  #onceShare = 0; // p of the paper: target number of entries used once
  readonly #ageLength: number;
  #ageStart = 0;
  #room = 0; // how many entries the store last had space for; below `capacity` where bytes are the limit
  #newcomer: E | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#duel = new LruDuel(capacity);
    this.#ageLength = ACCESSES_TO_HALVE * capacity;
  }

  get ghosts(): number {
    return this.#onceGhosts.size + this.#againGhosts.size;
  }

  admit(entry: E): void {
    const ghost = this.#takeGhost(entry);
    entry.frequency = (ghost ? this.#frequencyNow(ghost) : 0) + 1;
    entry.epoch = this.#duel.now;
    (ghost ? this.#again : this.#once).append(entry);
    this.#room = Math.min(this.#capacity, Math.max(this.#room, this.#size));
    this.#trimGhosts();
    this.#duel.access(0, ghost?.epoch ?? 0, this.#room);
  }

  touch(entry: E, hits: number): void {
    entry.frequency = this.#frequencyNow(entry) + hits;
    this.#duel.access(1, entry.epoch, this.#room);
    entry.epoch = this.#duel.now - 1;
    if (this.#again.has(entry)) {
      this.#again.refresh(entry);
    } else {
      this.#once.unlink(entry);
      this.#again.append(entry);
    }
  }

  remove(entry: E): void {
    if (entry.list === 0) return;
    this.#duel.remove(entry.epoch);
    this.#unlink(entry);
  }

  evict(): E | undefined {
    const victim = this.#victim();
    if (!victim) return undefined;
    const { frequency, epoch } = victim;
    (this.#once.has(victim) ? this.#onceGhosts : this.#againGhosts).add(victim.key, { frequency, epoch });
    this.#unlink(victim);
    this.#room = this.#size;
    this.#trimGhosts();
    return victim;
  }

  clear(): void {
    this.#once.clear();
    this.#again.clear();
    this.#onceGhosts.clear();
    this.#againGhosts.clear();
    this.#duel.clear();
    this.#onceShare = 0;
    this.#room = 0;
    this.#newcomer = undefined;
  }

  get #size(): number {
    return this.#once.size + this.#again.size;
  }

  /** Removes the ghost of a new entry's key, and adapts `#onceShare`: the ghost's list was too short. */
  #takeGhost(newcomer: E): Ghost | undefined {
    const once = this.#onceGhosts.size;
    const again = this.#againGhosts.size;
    const onceGhost = this.#onceGhosts.take(newcomer.key);
    const ghost = onceGhost ?? this.#againGhosts.take(newcomer.key);
    if (onceGhost) this.#onceShare = Math.min(this.#room, this.#onceShare + Math.max(1, again / once));
    else if (ghost) this.#onceShare = Math.max(0, this.#onceShare - Math.max(1, once / again));
    this.#newcomer = newcomer;
    return ghost;
  }

  #victim(): E | null {
    const once = this.#once.oldest;
    const again = this.#again.oldest;
    if (!once || !again) return once ?? this.#leastFrequent(again);
    if (this.#duel.isLruAhead) return once.epoch < again.epoch ? once : again;
    return this.#sparesOnce() ? this.#leastFrequent(again) : once;
  }

  /** REPLACE of the paper. There it runs before the new entry is added; here the new entry is in the list, and is not counted. */
  #sparesOnce(): boolean {
    const newcomer = this.#newcomer;
    const others = this.#once.size - (newcomer && this.#once.has(newcomer) ? 1 : 0);
    return others <= this.#onceShare;
  }

  #leastFrequent(oldest: E | null): E | null {
    if (!oldest || this.#duel.isLruAhead) return oldest;
    let victim = oldest;
    let least = this.#frequencyNow(oldest);
    let candidate = this.#again.after(oldest);
    for (let compared = 1; candidate && compared < OLDEST_COMPARED; compared++) {
      const frequency = this.#frequencyNow(candidate);
      if (frequency < least) {
        victim = candidate;
        least = frequency;
      }
      candidate = this.#again.after(candidate);
    }
    return victim;
  }

  /** Halves the frequency for each age that began since the last access, whose tick is `epoch`. */
  #frequencyNow({ frequency, epoch }: Ghost): number {
    while (this.#duel.now >= this.#ageStart + this.#ageLength) this.#ageStart += this.#ageLength;
    if (epoch >= this.#ageStart) return frequency;
    return frequency >> Math.min(31, Math.ceil((this.#ageStart - epoch) / this.#ageLength));
  }

  /** The bounds of the paper: |T1| + |B1| ≤ room, |T1| + |T2| + |B1| + |B2| ≤ 2 × room. */
  #trimGhosts(): void {
    this.#onceGhosts.trim(Math.max(0, this.#room - this.#once.size));
    this.#againGhosts.trim(Math.max(0, 2 * this.#room - this.#size - this.#onceGhosts.size));
  }

  #unlink(entry: E): void {
    if (this.#newcomer === entry) this.#newcomer = undefined;
    (this.#once.has(entry) ? this.#once : this.#again).unlink(entry);
  }
}
