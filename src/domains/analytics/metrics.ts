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
  ENGAGEMENT_RATE: ({ engagements, views }) => (engagements === null || !views ? null : engagements / views),
  CLICKS: ({ clicks }) => clicks,
  POSTS_PUBLISHED: ({ postsPublished }) => postsPublished,
};

export function summaryOf(current: Numbers, previous: Numbers): MetricSummaryRecord[] {
  return Object.entries(valuesOf).map(([metric, valueIn]) => {
    const value = valueIn(current);
    const previousValue = valueIn(previous);
    const changeRatio = value === null || !previousValue ? null : value / previousValue - 1;
    return { metric: metric as Metric, value, previousValue, changeRatio };
  });
}

export function seriesOf({ daily }: { readonly daily: readonly DayNumbers[] }, metrics: readonly Metric[]) {
  return [...new Set(metrics)].map((metric) => ({
    metric,
    points: daily.map((day) => ({ date: day.date, value: valuesOf[metric](day) })),
  }));
}
