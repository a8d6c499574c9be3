import { LruWindow } from './lru-window.ts';

const SHORTEST_TERM = 5; // times `capacity`, in accesses
const LONGEST_TERM = 40;

/**
 * Compares a policy's hits with those that plain LRU would have had, so that the policy can follow LRU while LRU is better. A
 * deficit of more than √capacity hits (the standard deviation of `capacity` random differences) begins a term of following LRU;
 * each term without a win since the last is twice as long. So in the long run the policy has at most about (√capacity + the cost of
 * a switch) fewer hits than LRU in 40 × capacity accesses, whatever the traffic.
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

  /** Whether LRU was better recently, so that its victims should be taken. */
  get isLruAhead(): boolean {
    return this.#termLeft > 0;
  }

  /**
   * Records a hit (1) or miss (0) of a key. `last` is the tick of its last access, 0 if unknown; `limit` is the size of LRU in
   * entries.
   */
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

  /** Removes the key that was last accessed at the tick `last`, from LRU too. */
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
