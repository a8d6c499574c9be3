import { count, percent, textOf } from '../figures/format.ts';
import type { StoreDetails } from '../state/dashboard.ts';
import { TableCard } from './table.tsx';

const maxRows = 10;

/** The fields whose lookups are answered from the cache the least. */
export function Fields({ stores }: { stores: readonly StoreDetails[] }) {
  const rows = stores
    .flatMap(({ fields }) => fields)
    .filter(({ hitRatio }) => hitRatio !== null)
    .sort((one, other) => one.hitRatio! - other.hitRatio! || other.misses - one.misses)
    .slice(0, maxRows);
  return (
    <TableCard
      title="Fields with the worst hit ratio"
      hint="Since the process started"
      rows={rows}
      keyOf={({ coordinate }) => coordinate}
      empty="No field was looked up yet."
      columns={[
        { head: 'Field', cell: ({ coordinate }) => <code>{coordinate}</code> },
        { head: 'Hit ratio', isNumber: true, cell: ({ hitRatio }) => textOf(percent(hitRatio)) },
        { head: 'Misses', isNumber: true, cell: ({ misses }) => textOf(count(misses)) },
        { head: 'Lookups', isNumber: true, cell: ({ lookups }) => textOf(count(lookups)) },
      ]}
    />
  );
}
