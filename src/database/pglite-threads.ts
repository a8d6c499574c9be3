import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../error-message.ts';
import { startThread, type Thread } from './pglite-thread.ts';

export interface ThreadsOptions {
  /** The folder of the data files; undefined for a database in memory, which ends with its thread. */
  readonly dataDir: string | undefined;
  /** Receives messages when the database has ended and when it is open again. */
  readonly events?: { info(message: string): void; warn(message: string): void } | undefined;
  /** Resolves after `ms`, or when aborted. */
  readonly pause?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** Pause before the second attempt. The first one is made at once, unless the database failed soon after it was opened. */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** A database that worked for this long counts as opened successfully. */
const grownUpMs = 30_000;

/** The thread that runs the database, and its successors: when it ends, the database is opened again until that succeeds. */
export class Threads {
  readonly #options: ThreadsOptions;
  readonly #stopping = new AbortController();
  #thread: Thread;
  #openSinceMs = performance.now();
  /** The error for requests between two attempts to open the database. */
  #failure: Error | undefined;
  /** Consecutive failures: to open the database, or soon after it was opened. */
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

  /** Why the database is unavailable; undefined while it is open, and during the first attempt to open it again. */
  get failure(): Error | undefined {
    return this.mayEnd ? this.#failure : this.#thread.failure;
  }

  /** Resolves with a running thread. Rejects at once between two attempts to open the database again. */
  async current(): Promise<Thread> {
    const { failure } = this.#thread;
    if (!failure) return this.#thread;
    if (!this.mayEnd || this.#stopping.signal.aborted) throw failure;
    this.#reopen();
    if (this.#attempt === undefined) throw this.#failure;
    return await this.#attempt;
  }

  /**
   * Ends a thread whose statement runs although nothing waits for it. That is not a failure, so the database is opened again at
   * once.
   */
  cut(thread: Thread): void {
    if (thread.failure) return;
    this.#failures = -1; // so that this end does not count as a failure
    thread.kill(new Error('the embedded database was stopped, because a statement took too long'));
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
    events?.warn(`${this.#failure.message}; it is being reopened`);
    for (;;) {
      if (this.#failures > 0) await pause(pauseAfter(this.#failures), this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      this.#attempt = ended.exited.then(() => startThread({ dataDir })); // two threads on the files would lose writes
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

  /** Logs a failure, unless it is the same as the one before. */
  #tell(failure: Error): void {
    const before = this.#failure?.message;
    this.#failure = failure;
    if (failure.message !== before) this.#options.events?.warn(`${messageOf(failure)}; trying again`);
  }
}

function pauseAfter(failures: number): number {
  return Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
