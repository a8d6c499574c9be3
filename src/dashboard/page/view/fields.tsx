import { mostMissed } from '../figures/figures.ts';
import { count, percent, textOf } from '../figures/format.ts';
import type { StoreDetails } from '../state/dashboard.ts';
import { TableCard } from './table.tsx';

const maxRows = 10;

/** The fields that a better hit ratio would save the most: a field of one lookup has the worst ratio, and means nothing. */
export function Fields({ stores }: { stores: readonly StoreDetails[] }) {
  const rows = mostMissed(stores.flatMap(({ fields }) => fields)).slice(0, maxRows);
  return (
    <TableCard
      title="Fields with the most misses"
      hint="Since the process started; most misses first, as so many lookups waited for a load"
      rows={rows}
      keyOf={({ coordinate }) => coordinate}
      empty="No lookup of a field has missed yet."
      columns={[
        { head: 'Field', cell: ({ coordinate }) => <code>{coordinate}</code> },
        { head: 'Hit ratio', isNumber: true, cell: ({ hitRatio }) => textOf(percent(hitRatio)) },
        { head: 'Misses', isNumber: true, cell: ({ misses }) => textOf(count(misses)) },
        { head: 'Lookups', isNumber: true, cell: ({ lookups }) => textOf(count(lookups)) },
      ]}
    />
  );
}
