import { duration, textOf } from '../figures/format.ts';
import { Chart } from './chart.tsx';
import type { OverTime } from './over-time.ts';
import { each, largest, times } from './series.ts';

const kinds = {
  hit: { title: 'Time of hits', hint: 'Of one in 127, the search in memory; the slowest second of each point' },
  miss: { title: 'Time of misses', hint: 'The load included; the slowest second of each point' },
} as const;

/** How long lookups took: half of them, 95 and 99 % of them at most so long. */
export function LookupTimesChart({ kind, buckets, words }: OverTime & { kind: 'hit' | 'miss' }) {
  const of = (percentile: 'P50' | 'P95' | 'P99') =>
    // A stretch without a measured lookup has no time and is passed over.
    each(buckets, (figures) => figures[`${kind}${percentile}Ms`] ?? undefined);
  const [p50, p95, p99] = [of('P50'), of('P95'), of('P99')];
  const [half, most, nearlyAll] = [p50, p95, p99].map((values) => textOf(duration(largest(values))));
  const line = { form: 'line', format: duration } as const;
  return (
    <Chart
      {...kinds[kind]}
      summary={`At the slowest of ${words}: median ${half}, 95th percentile ${most}, 99th percentile ${nearlyAll}.`}
      isTime
      x={times(buckets)}
      formatY={(y) => textOf(duration(y))}
      lines={[
        { ...line, label: 'p50', colour: '--green', values: p50 },
        { ...line, label: 'p95', colour: '--blue', dash: [7, 3], values: p95 },
        { ...line, label: 'p99', colour: '--purple', dash: [2, 3], values: p99 },
      ]}
    />
  );
}
