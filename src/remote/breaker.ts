/** Calls are made; none is, until the next trial; one is, as a trial. */
export type BreakerState = 'AVAILABLE' | 'UNAVAILABLE' | 'TRYING';

export interface BreakerOptions {
  readonly now: () => number;
  readonly onChange: (state: BreakerState) => void;
}

/** Failures in a row, after which no calls are made for a while. */
const maxFailures = 3;
const firstPauseMs = 500;
const lastPauseMs = 10_000;

/** Ends calls to a server that does not answer, and tries it with one call after each pause. Pauses double. */
export class Breaker {
  readonly #now: () => number;
  readonly #onChange: (state: BreakerState) => void;
  #state: BreakerState = 'AVAILABLE';
  #failures = 0;
  #pauseMs = firstPauseMs;
  #untilMs = 0;

  constructor({ now, onChange }: BreakerOptions) {
    this.#now = now;
    this.#onChange = onChange;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Returns whether a call may be made. If so, the caller tells how it ended. */
  begin(): boolean {
    if (this.#state === 'AVAILABLE') return true;
    if (this.#state === 'TRYING' || this.#now() < this.#untilMs) return false;
    this.#enter('TRYING');
    return true;
  }

  succeeded(): void {
    if (this.#state === 'UNAVAILABLE') return; // a call that began before
    this.#failures = 0;
    this.#pauseMs = firstPauseMs;
    this.#enter('AVAILABLE');
  }

  failed(): void {
    this.#failures++;
    if (this.#state === 'UNAVAILABLE') return;
    if (this.#state === 'AVAILABLE' && this.#failures < maxFailures) return;
    this.#untilMs = this.#now() + this.#pauseMs;
    this.#pauseMs = Math.min(lastPauseMs, this.#pauseMs * 2);
    this.#enter('UNAVAILABLE');
  }

  #enter(state: BreakerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onChange(state);
  }
}
