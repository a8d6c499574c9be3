import { FieldCounters } from './statistics.ts';

export const windowMs = 300_000;
/** Counters are remembered so often; the window is shorter than five minutes by at most this. */
const stepMs = 30_000;

interface CounterSample {
  readonly atMs: number;
  readonly counters: FieldCounters;
}

/**
 * What was counted within the last five minutes: the counters of now less those of an earlier look. Counting costs nothing more for
 * it. Looks are to be taken every half minute or so; after more than five minutes without one, the window begins anew.
 */
export class RecentCounters {
  readonly #samples: CounterSample[]; // the earliest first, at most eleven

  constructor(nowMs: number) {
    this.#samples = [{ atMs: nowMs, counters: new FieldCounters('') }];
  }

  /** `counters` must not be changed afterwards. */
  sample(nowMs: number, counters: FieldCounters): FieldCounters {
    while (this.#samples.length > 0 && this.#samples[0]!.atMs < nowMs - windowMs) this.#samples.shift();
    const latest = this.#samples.at(-1);
    if (latest === undefined || nowMs - latest.atMs >= stepMs) this.#samples.push({ atMs: nowMs, counters });
    return counters.since(this.#samples[0]!.counters);
  }
}
