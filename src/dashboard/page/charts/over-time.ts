import type { Bucket } from '../figures/buckets.ts';

/** What a chart over time is given. */
export interface OverTime {
  readonly buckets: readonly Bucket[];
  /** The time that is shown, as in `the last hour`. */
  readonly words: string;
}
