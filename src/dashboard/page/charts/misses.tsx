import { overall } from '../figures/buckets.ts';
import { missesOf } from '../figures/figures.ts';
import { count, perSecond, textOf } from '../figures/format.ts';
import { Chart } from './chart.tsx';
import type { OverTime } from './over-time.ts';
import { rates, stacked, times } from './series.ts';

const causes = [
  { label: 'Cold', name: 'coldMisses', colour: '--slate' },
  { label: 'Expired', name: 'expiredMisses', colour: '--orange' },
  { label: 'Evicted', name: 'evictedMisses', colour: '--purple' },
  { label: 'Invalidated', name: 'invalidatedMisses', colour: '--blue' },
] as const;

/** Why lookups had to wait for a load. */
export function MissesChart({ buckets, words }: OverTime) {
  const all = overall(buckets)?.figures;
  const told = causes.map(({ label, name }) => `${textOf(count(all?.[name] ?? 0))} ${label.toLowerCase()}`);
  return (
    <Chart
      title="Misses by cause"
      hint="Each second, stacked"
      summary={`${textOf(count(all ? missesOf(all) : 0))} misses over ${words}: ${told.join(', ')}.`}
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
