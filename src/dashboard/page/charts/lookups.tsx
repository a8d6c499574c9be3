import { lookupsOf } from '../figures/figures.ts';
import { perSecond, textOf } from '../figures/format.ts';
import { Chart } from './chart.tsx';
import type { OverTime } from './over-time.ts';
import { largest, rates, times } from './series.ts';

/** How much was asked of the cache, and how much of it reached the database. */
export function LookupsChart({ buckets, words }: OverTime) {
  const lookups = rates(buckets, lookupsOf);
  const loads = rates(buckets, ({ loads, refreshes }) => loads + refreshes);
  return (
    <Chart
      title="Lookups and loads"
      hint="Each second; loads include refreshes in the background"
      summary={`Over ${words} at most ${textOf(perSecond(largest(lookups)))} lookups and ${textOf(perSecond(largest(loads)))} loads.`}
      isTime
      x={times(buckets)}
      formatY={(y) => textOf(perSecond(y))}
      lines={[
        { label: 'Lookups', colour: '--blue', form: 'area', values: lookups, format: perSecond },
        { label: 'Loads', colour: '--orange', form: 'line', dash: [6, 3], values: loads, format: perSecond },
      ]}
    />
  );
}
