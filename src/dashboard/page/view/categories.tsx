import { bytes, count, duration, placeName, textOf } from '../figures/format.ts';
import type { StoreDetails } from '../state/dashboard.ts';
import { hitRatioColumn, numberColumn } from './columns.tsx';
import { type Column, TableCard } from './table.tsx';

const columns: readonly Column<StoreDetails>[] = [
  { head: 'Category', cell: ({ category }) => <a href={`#${category}`}>{placeName(category)}</a> },
  hitRatioColumn,
  numberColumn('Lookups', ({ lookups }) => textOf(count(lookups))),
  numberColumn('Misses', ({ misses }) => textOf(count(misses))),
  numberColumn('Loads', ({ loads }) => textOf(count(loads))),
  numberColumn('Hit p95', ({ hitLatency }) => textOf(duration(hitLatency.p95Ms))),
  numberColumn('Miss p95', ({ missLatency }) => textOf(duration(missLatency.p95Ms))),
  numberColumn('Entries', ({ entries, policy }) => `${textOf(count(entries))} of ${textOf(count(policy.maxEntries))}`),
  numberColumn('Memory', ({ bytes: held, policy }) => `${textOf(bytes(held))} of ${textOf(bytes(policy.maxBytes))}`),
  numberColumn('Evictions', ({ evictions }) => textOf(count(evictions))),
  numberColumn('Saved', ({ savedMs }) => textOf(duration(savedMs))),
];

/** All categories side by side. */
export function Categories({ stores }: { stores: readonly StoreDetails[] }) {
  return (
    <TableCard
      title="Categories"
      hint="Since the process started"
      columns={columns}
      rows={stores}
      keyOf={({ category }) => category}
      empty="Nothing is known yet."
      span="wide"
    />
  );
}
