import { duration, moment, placeName, textOf } from '../figures/format.ts';
import type { StoreDetails } from '../state/dashboard.ts';
import { TableCard } from './table.tsx';

const maxRows = 10;

/** The last hits that the audit found to be behind the database: each points at a mutation that forgot to invalidate. */
export function StaleHits({ stores }: { stores: readonly StoreDetails[] }) {
  const rows = stores
    .flatMap(({ category, audit }) => audit.examples.map((example) => ({ category, ...example })))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, maxRows);
  return (
    <TableCard
      title="Hits that were behind"
      hint="Of the sample that is loaded again"
      rows={rows}
      keyOf={({ at, key }) => `${at} ${key}`}
      empty="No hit was found that differed from the database."
      columns={[
        { head: 'Field', cell: ({ coordinate, key }) => <code title={key}>{coordinate}</code> },
        { head: 'Category', cell: ({ category }) => placeName(category) },
        { head: 'Time', cell: ({ at }) => moment(Date.parse(at)) },
        { head: 'By at most', isNumber: true, cell: ({ ageSeconds }) => textOf(duration(ageSeconds * 1000)) },
      ]}
    />
  );
}
