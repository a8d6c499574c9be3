import { bytes, count, percent, textOf } from '../figures/format.ts';
import { Chart } from './chart.tsx';
import type { OverTime } from './over-time.ts';
import { each, times } from './series.ts';

interface RoomChartProps extends OverTime {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** How full a store is. */
export function RoomChart({ buckets, words, maxEntries, maxBytes }: RoomChartProps) {
  const entries = each(buckets, (figures) => figures.entries);
  const held = each(buckets, (figures) => figures.bytes);
  const shareOf = (values: readonly (number | null)[], max: number) =>
    values.map((value) => (value === null ? null : value / max));
  const [lastEntries, lastBytes] = [entries, held].map((values) => values.findLast((one) => one !== null) ?? 0);
  const limits = `${textOf(count(maxEntries))} entries and ${textOf(bytes(maxBytes))}`;
  return (
    <Chart
      title="Room in use"
      hint={`Of ${limits}`}
      summary={`${textOf(count(lastEntries!))} entries and ${textOf(bytes(lastBytes))} at the end of ${words}, of ${limits}.`}
      span="last"
      isTime
      yRange={[0, 1]}
      x={times(buckets)}
      formatY={(y) => `${Math.round(y * 100)} %`}
      lines={[
        { label: 'Entries', colour: '--blue', form: 'area', values: shareOf(entries, maxEntries), format: percent },
        {
          label: 'Bytes',
          colour: '--orange',
          form: 'line',
          dash: [6, 3],
          values: shareOf(held, maxBytes),
          format: percent,
        },
      ]}
    />
  );
}
