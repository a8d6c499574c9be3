import { overall } from '../figures/buckets.ts';
import { count, perSecond, textOf } from '../figures/format.ts';
import { Chart } from './chart.tsx';
import type { OverTime } from './over-time.ts';
import { rates, stacked, times } from './series.ts';

const causes = [
  { label: 'Evicted', name: 'evictions', colour: '--purple' },
  { label: 'Expired', name: 'expirations', colour: '--orange' },
  { label: 'Invalidated', name: 'invalidations', colour: '--blue' },
] as const;

/** Why entries left. */
export function RemovalsChart({ buckets, words }: OverTime) {
  const all = overall(buckets)?.figures;
  const told = causes.map(({ label, name }) => `${textOf(count(all?.[name] ?? 0))} ${label.toLowerCase()}`);
  return (
    <Chart
      title="Evictions and other removals"
      hint="Entries that left each second, stacked; evicted for want of room"
      summary={`Entries that left over ${words}: ${told.join(', ')}.`}
      isTime
      x={times(buckets)}
      formatY={(y) => textOf(perSecond(y))}
      lines={stacked(
        causes.map(({ label, name, colour }) => ({
          ...{ label, colour, form: 'bars', format: perSecond },
          values: rates(buckets, (figures) => figures[name]),
        })),
      )}
    />
  );
}
