import { bytes, count, duration, textOf } from '../figures/format.ts';
import type { StoreDetails } from '../state/dashboard.ts';
import { TableCard } from './table.tsx';

const maxRows = 10;

/** The entries that answered the most lookups, of those that the viewer can be answered from. */
export function Hottest({ stores }: { stores: readonly StoreDetails[] }) {
  const rows = stores
    .flatMap(({ hottest }) => hottest)
    .sort((one, other) => other.hits - one.hits)
    .slice(0, maxRows);
  return (
    <TableCard
      title="Hottest entries"
      hint="Of this workspace and of all"
      rows={rows}
      keyOf={({ key }) => key}
      empty="Nothing is kept at the moment."
      columns={[
        { head: 'Field and arguments', cell: ({ key }) => <Key text={key} /> },
        { head: 'Hits', isNumber: true, cell: ({ hits }) => textOf(count(hits)) },
        { head: 'Age', isNumber: true, cell: ({ ageSeconds }) => textOf(duration(ageSeconds * 1000)) },
        { head: 'Expires', isNumber: true, cell: ({ expiresInSeconds }) => expiry(expiresInSeconds) },
        { head: 'Size', isNumber: true, cell: (entry) => textOf(bytes(entry.bytes)) },
      ]}
    />
  );
}

/** The part of a key that differs most, from its coordinate on; all of it where the pointer rests. */
function Key({ text }: { text: string }) {
  const start = text.search(/\b[A-Z]\w*\.[a-z]\w*/);
  return (
    <code class="key" title={text}>
      {text.slice(Math.max(0, start))}
    </code>
  );
}

function expiry(seconds: number): string {
  return seconds > 0 ? `in ${textOf(duration(seconds * 1000))}` : 'expired';
}
