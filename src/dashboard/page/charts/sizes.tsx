import { count, counted, percent, textOf } from '../figures/format.ts';
import type { StoreDetails } from '../state/dashboard.ts';
import { Chart } from './chart.tsx';

/** What other sizes of a store would have done for it, today's marked. */
export function SizesChart({ sizing, policy: { maxEntries } }: StoreDetails) {
  const today = sizing.find((one) => one.maxEntries === maxEntries);
  const last = sizing.at(-1);
  const told =
    today && last
      ? `${textOf(percent(today.hitRatio))} with today’s ${textOf(count(maxEntries))} entries, ${textOf(percent(last.hitRatio))} with ${textOf(count(last.maxEntries))}.`
      : 'Nothing is known yet.';
  const format = (entries: number) => textOf(count(entries));
  return (
    <Chart
      title="Hit ratio by size"
      hint="What other sizes would have had, under plain LRU"
      summary={told}
      isTime={false}
      yRange={[0, 1]}
      x={sizing.map((one) => one.maxEntries)}
      formatX={(entries) => counted(entries, 'entry', 'entries')}
      formatY={(y) => `${Math.round(y * 100)} %`}
      mark={today && { x: maxEntries, label: `today: ${format(maxEntries)}` }}
      lines={[
        {
          ...{ label: 'Hit ratio', colour: '--blue', form: 'area', format: percent, now: percent(today?.hitRatio) },
          values: sizing.map(({ hitRatio }) => hitRatio),
        },
      ]}
    />
  );
}
