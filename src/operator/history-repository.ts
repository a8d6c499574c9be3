import { json, type Queries } from '../database/database.ts';
import { type ColumnName, columnNames, columns, type Figures } from './columns.ts';
import type { RecordedMinute } from './history.ts';

/** A minute with the process that recorded it. */
export interface SavedMinute extends RecordedMinute {
  readonly processId: string;
}

/** Most rows that one reading takes: a day of one process, or an hour of 24. */
const maxRows = 1_440;

/** Saves a minute of a process; again without effect. */
export async function saveMinute(queries: Queries, { processId, startsAtMs, figures }: SavedMinute): Promise<void> {
  const present = [...figures].map(([series, values]) => [series, withoutZeros(values)]);
  await queries
    .insertInto('cacheHistory')
    .values({ processId, minute: new Date(startsAtMs).toISOString(), figures: json(Object.fromEntries(present)) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The latest minutes since a time, of all processes but one, the newest first. */
export async function readMinutes(
  queries: Queries,
  { sinceMs, except }: { sinceMs: number; except: string },
): Promise<SavedMinute[]> {
  const rows = await queries
    .selectFrom('cacheHistory')
    .selectAll()
    .where('minute', '>=', new Date(sinceMs).toISOString())
    .where('processId', '<>', except)
    .orderBy('minute', 'desc')
    .limit(maxRows)
    .execute();
  return rows.map(({ processId, minute, figures }) => ({
    ...{ processId, startsAtMs: Date.parse(minute) },
    figures: new Map(Object.entries(figures).map(([series, values]) => [series, withZeros(values)])),
  }));
}

export async function deleteMinutes(queries: Queries, { beforeMs }: { beforeMs: number }): Promise<void> {
  await queries.deleteFrom('cacheHistory').where('minute', '<', new Date(beforeMs).toISOString()).execute();
}

/** Leaves out the zeros, which most figures are. `withZeros` restores them. */
function withoutZeros(figures: Figures): Figures {
  const kept = Object.entries(figures).filter(([name, value]) => value !== 0 || !isZeroByDefault(name as ColumnName));
  return Object.fromEntries(kept);
}

function withZeros(figures: Figures): Figures {
  return { ...Object.fromEntries(columnNames.filter(isZeroByDefault).map((name) => [name, 0])), ...figures };
}

function isZeroByDefault(name: ColumnName): boolean {
  return columns[name].kind !== 'time';
}
