import { FieldCounters } from './statistics.ts';

export const windowMs = 300_000;
/** Least time between two samples. The window is shorter than five minutes by at most this. */
const stepMs = 30_000;

interface CounterSample {
  readonly atMs: number;
  readonly counters: FieldCounters;
}

/**
 * The counts of the last five minutes: the present counters less those of an earlier sample, so that counting itself costs nothing
 * more. Take a sample about every 30 s. After five minutes without one, the window starts again.
 */
export class RecentCounters {
  readonly #samples: CounterSample[]; // the earliest first, at most eleven

  constructor(nowMs: number) {
    this.#samples = [{ atMs: nowMs, counters: new FieldCounters('') }];
  }

  /** Takes a sample and returns the counts of the window. Keeps `counters`, which must not change afterwards. */
  sample(nowMs: number, counters: FieldCounters): FieldCounters {
    while (this.#samples.length > 0 && this.#samples[0]!.atMs < nowMs - windowMs) this.#samples.shift();
    const latest = this.#samples.at(-1);
    if (latest === undefined || nowMs - latest.atMs >= stepMs) this.#samples.push({ atMs: nowMs, counters });
    return counters.since(this.#samples[0]!.counters);
  }
}
