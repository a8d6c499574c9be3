import type { Metric } from '../../generated/schema.ts';

/** The metrics of a day or a period; null where none were recorded. */
export interface Numbers {
  readonly followers: number | null;
  readonly views: number | null;
  readonly reach: number | null;
  readonly engagements: number | null;
  readonly clicks: number | null;
  readonly postsPublished: number;
}

/** The numbers of one day, `YYYY-MM-DD`. */
export interface DayNumbers extends Numbers {
  readonly date: string;
}

export interface MetricSummaryRecord {
  readonly metric: Metric;
  readonly value: number | null;
  readonly previousValue: number | null;
  readonly changeRatio: number | null;
}

/** How each metric is computed, in the order of the schema. */
const valuesOf: Readonly<Record<Metric, (numbers: Numbers) => number | null>> = {
  FOLLOWERS: ({ followers }) => followers,
  VIEWS: ({ views }) => views,
  REACH: ({ reach }) => reach,
  ENGAGEMENTS: ({ engagements }) => engagements,
  ENGAGEMENT_RATE: ({ engagements, views }) => ratioOf(engagements, views),
  CLICKS: ({ clicks }) => clicks,
  POSTS_PUBLISHED: ({ postsPublished }) => postsPublished,
};

export function summaryOf(current: Numbers, previous: Numbers): MetricSummaryRecord[] {
  return Object.entries(valuesOf).map(([metric, valueIn]) => {
    const value = valueIn(current);
    const previousValue = valueIn(previous);
    const ratio = ratioOf(value, previousValue);
    return { metric: metric as Metric, value, previousValue, changeRatio: ratio === null ? null : ratio - 1 };
  });
}

export function seriesOf({ daily }: { readonly daily: readonly DayNumbers[] }, metrics: readonly Metric[]) {
  return [...new Set(metrics)].map((metric) => ({
    metric,
    points: daily.map((day) => ({ date: day.date, value: valuesOf[metric](day) })),
  }));
}

/** Null for an unknown or an infinite ratio. Rows of earlier versions and of other programs may have fractions near 0. */
function ratioOf(part: number | null, whole: number | null): number | null {
  if (part === null || !whole) return null;
  const ratio = part / whole;
  return Number.isFinite(ratio) ? ratio : null;
}
