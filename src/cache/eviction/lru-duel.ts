import { LruWindow } from './lru-window.ts';

const SHORTEST_TERM = 5; // accesses for each entry
const LONGEST_TERM = 40;

/**
 * Keeps score of a policy's hits against those that plain LRU would have had, so that the policy can follow LRU where LRU is
 * the better one. Falling behind by more than √capacity hits, as far as chance goes in `capacity` accesses that differ, begins a term of
 * following; each one without a win since the last is twice as long. So in the long run the policy is behind LRU in no more
 * than about (√capacity + what changing sides costs) of 40 × capacity accesses, whatever the traffic.
 */
export class LruDuel {
  readonly #capacity: number;
  readonly #stake: number;
  readonly #window: LruWindow;
  #score = 0;
  #term: number;
  #termLeft = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#stake = Math.ceil(Math.sqrt(capacity));
    this.#term = SHORTEST_TERM * capacity;
    this.#window = new LruWindow(capacity);
  }

  /** The tick of the next access. */
  get now(): number {
    return this.#window.now;
  }

  /** Whether LRU has been better of late, so that its victims are to be taken. */
  get isLruAhead(): boolean {
    return this.#termLeft > 0;
  }

  /** Notes a hit (1) or miss (0) of a key that was last accessed at the tick `last`, 0 if that is not known; LRU had `limit` entries. */
  access(hit: 0 | 1, last: number, limit: number): void {
    const ahead = hit - (this.#window.access(last, limit) ? 1 : 0);
    if (this.#termLeft > 0) {
      if (--this.#termLeft === 0) this.#score = 0;
      return;
    }
    if (ahead === 0) return;
    this.#score += ahead;
    if (this.#score >= this.#stake) this.#win();
    else if (this.#score < -this.#stake) this.#lose();
  }

  /** The key that was last accessed at the tick `last` left for good, and LRU's too. */
  remove(last: number): void {
    this.#window.remove(last);
  }

  clear(): void {
    this.#window.clear();
    this.#score = 0;
    this.#termLeft = 0;
    this.#term = SHORTEST_TERM * this.#capacity;
  }

  #win(): void {
    this.#score = this.#stake;
    this.#term = SHORTEST_TERM * this.#capacity;
  }

  #lose(): void {
    this.#termLeft = this.#term;
    this.#term = Math.min(2 * this.#term, LONGEST_TERM * this.#capacity);
  }
}
