import { setTimeout as delay } from 'node:timers/promises';
import { wordsOf } from '../error-words.ts';
import { startThread, type Thread } from './pglite-thread.ts';

export interface ThreadsOptions {
  /** The folder of the data files; a database in memory is gone with its thread. */
  readonly dataDir: string | undefined;
  /** Hears that the database ended, and what becomes of it. */
  readonly events?: { info(message: string): void; warn(message: string): void } | undefined;
  /** Resolves after so many milliseconds, or when aborted. */
  readonly pause?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** The first try is made at once, unless the database has failed soon after it was opened. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** One that worked for so long was opened well. */
const grownUpMs = 30_000;

/** The thread that has the database open, and the next one when it has ended: opened again and again, for as long as it takes. */
export class Threads {
  readonly #options: ThreadsOptions;
  readonly #stopping = new AbortController();
  #thread: Thread;
  #openSinceMs = performance.now();
  /** Why nothing can be asked while no try to open it runs. */
  #failure: Error | undefined;
  /** One after the other: of opening, and of what had just been opened. */
  #failures = 0;
  #reopening: Promise<void> | undefined;
  #attempt: Promise<Thread> | undefined;

  constructor(options: ThreadsOptions, first: Thread) {
    this.#options = options;
    this.#thread = first;
    this.#watch();
  }

  get mayEnd(): boolean {
    return this.#options.dataDir !== undefined;
  }

  /** Why the database does not answer; undefined while it is open, and while it is opened for the first time after its end. */
  get failure(): Error | undefined {
    return this.mayEnd ? this.#failure : this.#thread.failure;
  }

  /** One that runs. Rejects at once between two tries to open the database again. */
  async current(): Promise<Thread> {
    const { failure } = this.#thread;
    if (!failure) return this.#thread;
    if (!this.mayEnd || this.#stopping.signal.aborted) throw failure;
    this.#reopen();
    if (this.#attempt === undefined) throw this.#failure;
    return await this.#attempt;
  }

  /** Ends a thread whose statement goes on though nobody waits for it. Nothing is wrong with the database, so it is opened at once. */
  cut(thread: Thread): void {
    if (thread.failure) return;
    this.#failures = -1; // this end is none
    thread.kill(new Error('the embedded database was ended, because a statement took too long'));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reopening;
    await this.#thread.stop();
  }

  #watch(): void {
    void this.#thread.failed.then(() => this.mayEnd && !this.#stopping.signal.aborted && this.#reopen());
  }

  #reopen(): void {
    this.#reopening ??= this.#openAgain(this.#thread).finally(() => {
      this.#reopening = undefined;
    });
  }

  async #openAgain(ended: Thread): Promise<void> {
    const { dataDir, events, pause = pauseFor } = this.#options;
    this.#failure = ended.failure!;
    this.#failures = performance.now() - this.#openSinceMs > grownUpMs ? 0 : this.#failures + 1;
    events?.warn(`${this.#failure.message}; it is opened again`);
    for (;;) {
      if (this.#failures > 0) await pause(pauseAfter(this.#failures), this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      this.#attempt = ended.exited.then(() => startThread({ dataDir })); // two at once would lose what they write
      try {
        this.#thread = await this.#attempt;
      } catch (error) {
        this.#failures++;
        this.#tell(error as Error);
        continue;
      } finally {
        this.#attempt = undefined;
      }
      this.#failure = undefined;
      this.#openSinceMs = performance.now();
      events?.info('the embedded database is open again');
      this.#watch();
      return;
    }
  }

  /** Once, however often the same happens. */
  #tell(failure: Error): void {
    const before = this.#failure?.message;
    this.#failure = failure;
    if (failure.message !== before)
      this.#options.events?.warn(`${wordsOf(failure)}; it is tried again for as long as it takes`);
  }
}

function pauseAfter(failures: number): number {
  return Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
