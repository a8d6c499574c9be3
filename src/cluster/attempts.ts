import { messageOf } from '../error-message.ts';

const firstPauseMs = 5;
const longestPauseMs = 500;

/** The attempts of a member to join. A join after which no beat was answered counts as one that failed. */
export class Attempts {
  readonly #warn: (message: string) => void;
  #sinceBeat = 0;
  #reason: string | undefined;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** How long to wait before the next one. */
  get pauseMs(): number {
    if (this.#sinceBeat < 2) return 0;
    return Math.min(firstPauseMs * 2 ** (this.#sinceBeat - 2), longestPauseMs);
  }

  begin(): void {
    this.#sinceBeat++;
  }

  /** Logs why joining fails, once it has failed for about a second. Does not repeat the last reason until a beat was answered. */
  failed(error: unknown): void {
    const reason = messageOf(error);
    if (this.pauseMs < longestPauseMs || reason === this.#reason) return;
    this.#reason = reason;
    this.#warn(`cannot join the other processes, so there is no lease to answer from memory: ${reason}`);
  }

  beatAnswered(): void {
    this.#sinceBeat = 0;
    this.#reason = undefined;
  }
}
