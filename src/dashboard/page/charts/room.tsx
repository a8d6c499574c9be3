import { bytes, count, percent, textOf } from '../figures/format.ts';
import { Chart } from './chart.tsx';
import type { OverTime } from './over-time.ts';
import { each, times } from './series.ts';

/** How full a store is, of as much as it might hold then: minutes have the sums over all processes. */
export function RoomChart({ buckets, words }: OverTime) {
  const shares = (used: 'entries' | 'bytes', limit: 'maxEntries' | 'maxBytes') =>
    each(buckets, (figures) => (figures[limit] > 0 ? figures[used] / figures[limit] : null));
  const last = buckets.findLast(({ figures }) => figures && figures.maxEntries > 0)?.figures;
  const limits = last ? `${textOf(count(last.maxEntries))} entries and ${textOf(bytes(last.maxBytes))}` : 'what may be';
  const told = last
    ? `${textOf(count(last.entries))} entries and ${textOf(bytes(last.bytes))} at the end of ${words}, of ${limits}.`
    : 'Nothing is known yet.';
  return (
    <Chart
      title="Room in use"
      hint={`Of ${limits}`}
      summary={told}
      span="last"
      isTime
      yRange={[0, 1]}
      x={times(buckets)}
      formatY={(y) => `${Math.round(y * 100)} %`}
      lines={[
        { label: 'Entries', colour: '--blue', form: 'area', values: shares('entries', 'maxEntries'), format: percent },
        {
          label: 'Bytes',
          colour: '--orange',
          form: 'line',
          dash: [6, 3],
          values: shares('bytes', 'maxBytes'),
          format: percent,
        },
      ]}
    />
  );
}
