import { bytes, count, duration, percent, perSecond, textOf } from '../figures/format.ts';
import type { Process } from '../state/dashboard.ts';
import { hitRatioColumn, numberColumn } from './columns.tsx';
import { type Column, TableCard } from './table.tsx';

const columns: readonly Column<Process>[] = [
  { head: 'Process', cell: Name },
  { head: 'State', cell: State },
  numberColumn('Runs for', ({ startedAt, reportedAt }) =>
    textOf(duration(Math.max(0, Date.parse(reportedAt) - Date.parse(startedAt)))),
  ),
  hitRatioColumn,
  numberColumn('Lookups', ({ lookups }) => textOf(count(lookups))),
  numberColumn('Now', ({ lookupsPerSecond }) => textOf(perSecond(lookupsPerSecond))),
  numberColumn('Loads', ({ loads }) => textOf(count(loads))),
  numberColumn('Evictions', ({ evictions }) => textOf(count(evictions))),
  numberColumn('Entries', ({ entries, maxEntries }) => `${textOf(count(entries))} of ${textOf(count(maxEntries))}`),
  numberColumn('Memory', ({ bytes: held, maxBytes }) => `${textOf(bytes(held))} of ${textOf(bytes(maxBytes))}`),
];

/** The processes of the database side by side. */
export function Processes({ processes }: { processes: readonly Process[] }) {
  return (
    <TableCard
      title="Processes"
      hint={hintOf(processes)}
      columns={columns}
      rows={processes}
      keyOf={({ id }) => id}
      empty=""
      span="wide"
    />
  );
}

/** The figures of all that are not silent, which are those of `cacheStats(of: ALL_PROCESSES)`. */
function hintOf(processes: readonly Process[]): string {
  const counted = processes.filter(({ state }) => state !== 'SILENT');
  if (processes.length === 1) return 'Since it started; this is the only one';
  const sum = (read: (process: Process) => number) => counted.reduce((total, process) => total + read(process), 0);
  const [hits, misses] = [sum((process) => process.hits), sum((process) => process.misses)];
  const ratio = percent(hits + misses === 0 ? null : hits / (hits + misses));
  const lookups = textOf(count(sum((process) => process.lookups)));
  return `Each since it started; ${counted.length} together: ${lookups} lookups, hit ratio ${textOf(ratio)}`;
}

function Name({ host, pid, isThis, version }: Process) {
  return (
    <span title={`Magpie ${version}`}>
      {host} <span class="soft">{pid}</span>
      {isThis && <span class="mark">this one</span>}
    </span>
  );
}

const stateNames: Readonly<Record<Process['state'], string>> = {
  SERVING: 'from memory',
  UNCACHED: 'without memory',
  CUT_OFF: 'cut off',
  SILENT: 'silent',
};

function State({ state, silentSeconds }: Process) {
  return (
    <span class="state" data-state={state}>
      {stateNames[state]}
      {state === 'SILENT' && ` for ${textOf(duration(Math.round(silentSeconds) * 1000))}`}
    </span>
  );
}
