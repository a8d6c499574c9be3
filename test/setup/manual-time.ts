import type { Timer } from '@magpie/cache';

/** A clock and a timer that move when the test says so. */
export class ManualTime implements Timer {
  #elapsed = 0;
  #steps = 0;
  #alarms: { at: number; run: () => void }[] = [];

  readonly clock = { now: () => this.#elapsed + this.#steps };

  after(delayMs: number, run: () => void): () => void {
    const alarm = { at: this.#elapsed + delayMs, run };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  get alarms(): number {
    return this.#alarms.length;
  }

  /** Time passes until the next alarm goes off, if that is due within so many milliseconds. */
  passToNext(withinMs: number): void {
    const next = Math.min(...this.#alarms.map(({ at }) => at)) - this.#elapsed;
    if (next <= withinMs) this.pass(next);
  }

  /** Time passes, and alarms go off. */
  pass(ms: number): void {
    this.#elapsed += ms;
    const due = this.#alarms.filter(({ at }) => at <= this.#elapsed);
    this.#alarms = this.#alarms.filter(({ at }) => at > this.#elapsed);
    for (const alarm of due) alarm.run();
  }

  /** The clock steps; no time passes. */
  step(ms: number): void {
    this.#steps += ms;
  }
}
