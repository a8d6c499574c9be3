import { FieldCounters } from './statistics.ts';

export const windowMs = 300_000;
/** Counters are remembered so often; the window is shorter than five minutes by at most this. */
const stepMs = 30_000;

interface Look {
  readonly atMs: number;
  readonly counters: FieldCounters;
}

/**
 * What was counted within the last five minutes: the counters of now less those of an earlier look. Counting costs nothing more for
 * it. Looks are to be taken every half minute or so; after more than five minutes without one, the window begins anew.
 */
export class RecentCounters {
  readonly #looks: Look[]; // the earliest first, at most eleven

  constructor(nowMs: number) {
    this.#looks = [{ atMs: nowMs, counters: new FieldCounters('') }];
  }

  /** `counters` must not be changed afterwards. */
  look(nowMs: number, counters: FieldCounters): FieldCounters {
    while (this.#looks.length > 0 && this.#looks[0]!.atMs < nowMs - windowMs) this.#looks.shift();
    const latest = this.#looks.at(-1);
    if (latest === undefined || nowMs - latest.atMs >= stepMs) this.#looks.push({ atMs: nowMs, counters });
    return counters.since(this.#looks[0]!.counters);
  }
}
