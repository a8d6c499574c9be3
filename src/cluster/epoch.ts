import type { Time, Timing } from './timing.ts';

export interface EpochRow {
  readonly id: string;
  readonly isSettled: boolean;
}

/**
 * The life of a database until it crashes, fails over, is restarted, or a dump is put back. The table that names it does not outlive
 * these, nor does the list of members: so of those that were members before nothing is known, but that their leases end within
 * `leaseMs`. Until then, which is until the new epoch is *settled*, no mutation is answered.
 */
export class Epoch {
  readonly #time: Time;
  readonly #leaseMs: number;
  readonly #onSettled: (id: string) => void;
  #id: string | undefined;
  #isSettled = false;
  #cancel = () => {};

  constructor({ time, timing, onSettled }: { time: Time; timing: Timing; onSettled: (id: string) => void }) {
    this.#time = time;
    this.#leaseMs = timing.leaseMs;
    this.#onSettled = onSettled;
  }

  /** Undefined before the first join. */
  get id(): string | undefined {
    return this.#id;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Notes the epoch that a join found. Returns whether it is another one than before. */
  see({ id, isSettled }: EpochRow): boolean {
    if (id === this.#id) return false;
    const isFirst = this.#id === undefined;
    this.#cancel();
    this.#id = id;
    this.#isSettled = isSettled;
    if (!isSettled) this.#cancel = this.#time.after(this.#leaseMs, () => this.#settle(id));
    return !isFirst;
  }

  stop(): void {
    this.#cancel();
  }

  #settle(id: string): void {
    this.#isSettled = true;
    this.#onSettled(id);
  }
}
