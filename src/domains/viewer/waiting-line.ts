/** The line is full with work of the same or a lower rank. */
export class LineFullError extends Error {
  override readonly name = 'LineFullError';
}

interface Waiting {
  readonly rank: number;
  readonly begin: () => void;
  readonly refuse: (error: LineFullError) => void;
}

/** Runs a limited number of tasks at a time. Others wait in the order of their ranks; if too many wait, the last one is refused. */
export class WaitingLine {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor({ atOnce, maxWaiting }: { atOnce: number; maxWaiting: number }) {
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#maxWaiting;
  }

  /** Whether work of this rank would be refused now. */
  isClosedTo(rank: number): boolean {
    return this.isFull && rank >= (this.#waiting.at(-1)?.rank ?? 0);
  }

  /** Rejects with `LineFullError` if the work is refused. */
  async run<T>(rank: number, work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running += 1;
    else await new Promise<void>((begin, refuse) => this.#enter({ rank, begin, refuse }));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next.begin();
      else this.#running -= 1;
    }
  }

  #enter(one: Waiting): void {
    const behind = this.#waiting.findIndex(({ rank }) => rank > one.rank);
    this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, one);
    if (this.#waiting.length > this.#maxWaiting) this.#waiting.pop()!.refuse(new LineFullError('the line is full'));
  }
}
