import type { CacheHistoryRange } from '../../../generated/dashboard.ts';

/** How far back the charts reach, and how wide a point is. */
export interface Range {
  readonly name: string;
  readonly words: string;
  readonly spanMs: number;
  readonly bucketMs: number;
  /** What is asked of the server for it. */
  readonly history: CacheHistoryRange;
  /** Whether each second is shown as it comes; else the history is read again now and then. */
  readonly isLive: boolean;
}

const minuteMs = 60_000;

export const ranges: readonly Range[] = [
  {
    ...{ name: '10 min', words: 'the last 10 minutes', history: 'LAST_10_MINUTES', isLive: true },
    ...{ spanMs: 10 * minuteMs, bucketMs: 5_000 },
  },
  {
    ...{ name: '1 h', words: 'the last hour', history: 'LAST_HOUR', isLive: false },
    ...{ spanMs: 60 * minuteMs, bucketMs: minuteMs },
  },
  {
    ...{ name: '6 h', words: 'the last 6 hours', history: 'LAST_6_HOURS', isLive: false },
    ...{ spanMs: 360 * minuteMs, bucketMs: 5 * minuteMs },
  },
  {
    ...{ name: '24 h', words: 'the last 24 hours', history: 'LAST_DAY', isLive: false },
    ...{ spanMs: 1_440 * minuteMs, bucketMs: 15 * minuteMs },
  },
];
