import type { AppliedLog } from './applied-log.ts';
import { readOlder, readSince } from './log-reading.ts';
import type { MemberConnection } from './member-connection.ts';
import type { Time } from './timing.ts';

const lookAfterMs = 20;

interface HistoryReaderOptions {
  readonly time: Time;
  readonly log: () => AppliedLog;
  /** The connection under whose name the process serves. */
  readonly connection: () => MemberConnection | undefined;
}

/** Reads more of the log than memory needs, for values that other processes have loaded. What fails is left to the next beat. */
export class HistoryReader {
  readonly #options: HistoryReaderOptions;
  #isLooking = false;
  #isAskedAgain = false;
  /** The history that is to be read back, until that has succeeded. */
  #owed: number | undefined;

  constructor(options: HistoryReaderOptions) {
    this.#options = options;
  }

  /** Reads back, so that what others have loaded before this process joined is of use from the start. */
  async readBack(connection: MemberConnection): Promise<void> {
    this.#owed = this.#options.log().reader.voids;
    await this.retry(connection);
  }

  /** Reads back if that has failed. Call it with each beat. */
  async retry(connection: MemberConnection): Promise<void> {
    const log = this.#options.log();
    const { reader } = log;
    const isOwed = this.#owed === reader.voids;
    this.#owed = undefined; // until it is known to have failed
    if (!isOwed) return;
    try {
      log.extend(await readOlder(connection, reader), reader);
    } catch {
      this.#owed ??= reader.voids;
    }
  }

  /**
   * Reads on, soon after something was written: what is loaded from then on is of use to others only if it is known here that the
   * write had ended, which a beat tells half a second later.
   */
  soon(): void {
    this.#isAskedAgain = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#isAskedAgain = false;
    this.#options.time.after(lookAfterMs, () => {
      void this.#look().finally(() => {
        this.#isLooking = false;
        if (this.#isAskedAgain) this.soon();
      });
    });
  }

  async #look(): Promise<void> {
    const connection = this.#options.connection();
    if (!connection) return;
    const log = this.#options.log();
    const { reader } = log;
    try {
      const page = await readSince(connection, reader);
      if (connection === this.#options.connection() && page.isWhole) log.take(page, reader);
    } catch {}
  }
}
