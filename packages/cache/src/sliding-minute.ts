const SECONDS = 60;

/** Counts the events of the last minute, in steps of a second. */
export class SlidingMinute {
  readonly #counts = new Float64Array(SECONDS);
  #second = 0;

  record(nowMs: number): void {
    this.#advance(nowMs);
    this.#counts[this.#second % SECONDS]!++;
  }

  count(nowMs: number): number {
    const oldest = Math.floor(nowMs / 1000) - SECONDS; // no `#advance`, because a read has no side effects
    let sum = 0;
    for (let second = this.#second; second > oldest && second > this.#second - SECONDS; second--) {
      sum += this.#counts[((second % SECONDS) + SECONDS) % SECONDS]!;
    }
    return sum;
  }

  #advance(nowMs: number): void {
    const second = Math.max(this.#second, Math.floor(nowMs / 1000));
    for (let passed = Math.min(SECONDS, second - this.#second); passed > 0; passed--) {
      this.#counts[(second - passed + 1) % SECONDS] = 0;
    }
    this.#second = second;
  }
}
