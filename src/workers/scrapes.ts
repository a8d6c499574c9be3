import type { Scrape } from './messages.ts';

/** A worker that does not answer within this time is left out. */
const answerMs = 1_000;

interface ScrapesOptions {
  /** How many workers there should be. */
  readonly workers: number;
  /** Asks a worker for its metrics. */
  ask(worker: number): void;
  /** Calls `run` after a delay; the returned function prevents it. */
  after?(delayMs: number, run: () => void): () => void;
}

/**
 * Collects the metrics of all workers. A worker that was asked is not asked again before it has answered, so that no messages pile up
 * for one that hangs.
 */
export class Scrapes {
  readonly #options: Required<ScrapesOptions>;
  /** Workers that were asked and have not answered yet. */
  readonly #asked = new Set<number>();
  #running: Promise<Scrape> | undefined;
  #awaited = new Set<number>();
  #texts = new Map<number, string>();
  #end = () => {};

  constructor(options: ScrapesOptions) {
    this.#options = { after: afterTimeout, ...options };
  }

  /** Asks the workers of these numbers. Whoever calls it during a scrape gets the result of that one. */
  run(serving: readonly number[]): Promise<Scrape> {
    this.#running ??= this.#collect(serving).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Takes the answer of a worker, which has no text if the worker failed or ended. */
  take(worker: number, text: string | undefined): void {
    this.#asked.delete(worker);
    if (!this.#awaited.delete(worker)) return;
    if (text !== undefined) this.#texts.set(worker, text);
    if (this.#awaited.size === 0) this.#end();
  }

  async #collect(serving: readonly number[]): Promise<Scrape> {
    const { workers, ask, after } = this.#options;
    this.#texts = new Map();
    this.#awaited = new Set(serving);
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    if (serving.length === 0) this.#end();
    const cancel = after(answerMs, this.#end);
    for (const worker of serving) {
      if (this.#asked.has(worker)) continue;
      this.#asked.add(worker);
      ask(worker);
    }
    await ended;
    cancel();
    this.#awaited = new Set();
    const answers = [...this.#texts].map(([worker, text]) => ({ worker, text }));
    this.#texts = new Map();
    return { workers, answers: answers.sort((one, other) => one.worker - other.worker) };
  }
}

function afterTimeout(delayMs: number, run: () => void): () => void {
  const timeout = setTimeout(run, delayMs);
  return () => clearTimeout(timeout);
}
