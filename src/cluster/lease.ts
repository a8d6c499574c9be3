import type { Memory } from './member-options.ts';
import type { Time, Timing } from './timing.ts';

/** The time until which this process may answer from memory. Counted from the moment in which a beat was sent that was answered. */
export class Lease {
  readonly #time: Time;
  readonly #timing: Timing;
  readonly #memory: Memory;
  #untilMs = 0;
  /** When the last lease ended; undefined while there is one, and before the first. */
  #cutOffSinceMs: number | undefined;

  constructor({ time, timing, memory }: { time: Time; timing: Timing; memory: Memory }) {
    this.#time = time;
    this.#timing = timing;
    this.#memory = memory;
  }

  get isValid(): boolean {
    return this.#time.now() < this.#untilMs;
  }

  extend(sentAtMs: number): void {
    const { leaseMs, marginMs } = this.#timing;
    this.#untilMs = sentAtMs + leaseMs - marginMs;
    this.#cutOffSinceMs = undefined;
    this.#memory.allow(this.#untilMs);
  }

  end(): void {
    this.#untilMs = 0;
    this.#memory.allow(0);
  }

  /** The connection on which it is extended was lost. */
  lose(): void {
    this.#cutOffSinceMs = Math.min(this.#time.now(), this.#untilMs);
    this.end();
  }

  /** The database cannot be reached: what others wrote since the lease ended is not known. */
  cutOff(): void {
    if (this.#cutOffSinceMs !== undefined) this.#memory.cutOff(this.#cutOffSinceMs);
  }
}
