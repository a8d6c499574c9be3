import { json, type Queries } from '../database/database.ts';
import type { CacheHistoryTable } from '../database/tables/upkeep.ts';
import { type ColumnName, columnNames, columns, type Figures } from './columns.ts';
import type { RecordedMinute } from './history.ts';

/** A minute with the process that recorded it. */
export interface SavedMinute extends RecordedMinute {
  readonly processId: string;
}

/** Rows that are read at a time: a day of one process, or an hour of 24. */
const pageRows = 1_440;

/** Saves a minute of a process; again without effect. */
export async function saveMinute(queries: Queries, { processId, startsAtMs, figures }: SavedMinute): Promise<void> {
  const present = [...figures].map(([series, values]) => [series, withoutZeros(values)]);
  await queries
    .insertInto('cacheHistory')
    .values({ processId, minute: new Date(startsAtMs).toISOString(), figures: json(Object.fromEntries(present)) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The minutes after a time, of all processes but one, the oldest first. */
export async function* readMinutes(
  queries: Queries,
  { afterMs, except }: { afterMs: number; except: string },
): AsyncGenerator<SavedMinute> {
  let last = { minute: new Date(afterMs).toISOString(), processId: '' };
  for (;;) {
    const { minute, processId } = last;
    const rows = await queries
      .selectFrom('cacheHistory')
      .selectAll()
      .where(({ eb, refTuple, tuple }) => eb(refTuple('minute', 'processId'), '>', tuple(minute, processId)))
      .where('processId', '<>', except)
      .orderBy('minute')
      .orderBy('processId')
      .limit(pageRows)
      .execute();
    yield* rows.map(savedMinuteOf);
    if (rows.length < pageRows) return;
    last = rows.at(-1)!;
  }
}

export async function deleteMinutes(queries: Queries, { beforeMs }: { beforeMs: number }): Promise<void> {
  await queries.deleteFrom('cacheHistory').where('minute', '<', new Date(beforeMs).toISOString()).execute();
}

function savedMinuteOf({ processId, minute, figures }: CacheHistoryTable): SavedMinute {
  const bySeries = Object.entries(figures).map(([series, values]) => [series, withZeros(values)] as const);
  return { processId, startsAtMs: Date.parse(minute), figures: new Map(bySeries) };
}

/** Leaves out counts that are 0, as most are. `withZeros` restores them. */
function withoutZeros(figures: Figures): Figures {
  const kept = Object.entries(figures).filter(([name, value]) => value !== 0 || !isCount(name as ColumnName));
  return Object.fromEntries(kept);
}

function withZeros(figures: Figures): Figures {
  return { ...Object.fromEntries(columnNames.filter(isCount).map((name) => [name, 0])), ...figures };
}

function isCount(name: ColumnName): boolean {
  return columns[name].kind === 'count';
}
