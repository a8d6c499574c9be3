import { overall } from '../figures/buckets.ts';
import { duration, type Quantity, textOf } from '../figures/format.ts';
import { Chart } from './chart.tsx';
import type { OverTime } from './over-time.ts';
import { rates, times } from './series.ts';

/** The load time that hits did not spend. More than a second each second means that loads would have run side by side. */
export function SavedTimeChart({ buckets, words }: OverTime) {
  const all = overall(buckets)?.figures;
  return (
    <Chart
      title="Load time saved"
      hint="What hits would have waited for loads, each second"
      summary={`${textOf(duration(all?.savedMs))} of loads saved over ${words}.`}
      isTime
      x={times(buckets)}
      formatY={(y) => textOf(savedPerSecond(y))}
      lines={[
        {
          ...{ label: 'Saved', colour: '--green', form: 'area', format: savedPerSecond },
          values: rates(buckets, ({ savedMs }) => savedMs),
        },
      ]}
    />
  );
}

function savedPerSecond(ms: number): Quantity {
  const { figure, unit } = duration(ms);
  return { figure, unit: `${unit}/s` };
}
