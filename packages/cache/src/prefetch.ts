import type { Budget } from './budget.ts';
import type { Entry } from './entry.ts';

/** Reads may prefetch from this many times β × load time before expiry on. Earlier, the probability is below 1 in 1,000. */
const WINDOW = Math.log(1_000);
/** An entry with fewer hits is not worth a load before somebody misses it. */
const MIN_HITS = 2;

/**
 * Probabilistic early expiration (XFetch; Vattani, Chierichetti & Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
 * PVLDB 8(8), 2015): a read that comes t before expiry reloads the entry with the probability e^(−t / (β × load time)), so that
 * costly entries are reloaded earlier, and much read ones more surely. The paper draws at each read. Here one read in each half of
 * β × load time draws once for all reads that the hits so far promise for that time, so that the other reads cost nothing.
 */
export class Prefetch {
  readonly #random: () => number;
  readonly #budget: Budget;

  constructor({ random, budget }: { random: () => number; budget: Budget }) {
    this.#random = random;
    this.#budget = budget;
  }

  /** The time from which reads of an entry must be looked at. */
  firstLookAt({ dueAt, loadMs }: Pick<Entry, 'dueAt' | 'loadMs'>, beta: number): number {
    return beta === 0 ? dueAt : Math.floor(dueAt - WINDOW * beta * loadMs);
  }

  /** Draws for a fresh entry that is read. Returns whether to reload it; sets the time of the next look. */
  isDrawn(entry: Entry, { beta, now }: { beta: number; now: number }): boolean {
    entry.refreshAt = Math.min(entry.dueAt, Math.max(now + 1, this.firstLookAt(entry, beta)));
    const scaleMs = beta * entry.loadMs;
    const leftMs = entry.dueAt - now;
    if (leftMs > WINDOW * scaleMs || entry.hits < MIN_HITS) return false;
    const stepMs = Math.max(1, scaleMs / 2);
    const promisedReads = Math.max(1, (entry.hits / Math.max(1, now - entry.createdAt)) * stepMs);
    const drawn = 1 - (1 - Math.exp(-leftMs / scaleMs)) ** promisedReads;
    if (this.#random() < drawn && this.#budget.take(now)) {
      entry.refreshAt = entry.dueAt;
      return true;
    }
    entry.refreshAt = Math.min(entry.dueAt, Math.ceil(now + stepMs));
    return false;
  }
}
