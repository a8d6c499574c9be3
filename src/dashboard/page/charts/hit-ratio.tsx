import { overall } from '../figures/buckets.ts';
import { hitRatioOf } from '../figures/figures.ts';
import { percent, textOf } from '../figures/format.ts';
import { Chart } from './chart.tsx';
import type { OverTime } from './over-time.ts';
import { each, times } from './series.ts';

/** How many of the lookups an entry answered. */
export function HitRatioChart({ buckets, words }: OverTime) {
  const all = overall(buckets);
  const ratio = all && hitRatioOf(all.figures);
  // A stretch without lookups has no ratio and is passed over; one of which nothing is known is a gap.
  const values = each(buckets, hitRatioOf);
  const known = values.filter((value) => value != null);
  const lowest = known.length > 0 ? Math.min(...known) : undefined;
  return (
    <Chart
      title="Hit ratio"
      hint="Share of lookups that an entry answered; bypasses left out"
      summary={`${textOf(percent(ratio))} over ${words}, ${textOf(percent(lowest))} at its lowest.`}
      span="wide"
      isTime
      yRange={[0, 1]}
      x={times(buckets)}
      formatY={(y) => `${Math.round(y * 100)} %`}
      lines={[{ label: 'Hit ratio', colour: '--blue', form: 'area', values, format: percent, now: percent(ratio) }]}
    />
  );
}
