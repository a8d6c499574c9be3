import { type RawBuilder, sql } from 'kysely';
import { offsetMsAt, offsetPeriods } from './rules.ts';

const dayMs = 86_400_000;

/** The local day of an instant in a time zone, `YYYY-MM-DD`. */
export function dayAt(timeZone: string, instantMs: number): string {
  return new Date(instantMs + offsetMsAt(timeZone, instantMs)).toISOString().slice(0, 10);
}

/** The first instant of a local day in a time zone; if the zone skipped the day, of the next one. */
export function startOfDay(timeZone: string, day: string): string {
  const shown = Date.parse(day);
  const start = offsetPeriods(timeZone, shown - 2 * dayMs, shown + 2 * dayMs)
    .map(({ startMs, endMs, offsetMs }) => ({ at: Math.max(startMs, shown - offsetMs), endMs }))
    .find(({ at, endMs }) => at < endMs)!;
  return new Date(start.at).toISOString();
}

/** A range of days, inclusive. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/**
 * The local day of an instant in the database, as SQL. The offsets are Magpie's, as the rules of the database may be older or
 * newer. Correct for the days of the ranges; any other instant gets some day outside of them.
 */
export function localDay(instant: RawBuilder<unknown>, timeZone: string, ranges: readonly Days[]): RawBuilder<string> {
  const periods = ranges
    .flatMap(({ from, to }) => offsetPeriods(timeZone, Date.parse(from) - marginMs, Date.parse(to) + dayMs + marginMs))
    .sort((one, other) => one.endMs - other.endMs);
  const cases = periods.map(
    ({ endMs, offsetMs }) => sql`when ${instant} < ${new Date(endMs).toISOString()} then ${offsetMs}::bigint`,
  );
  return sql<string>`((${instant} at time zone 'UTC')
    + case ${sql.join(cases, sql` `)} end * interval '1 millisecond')::date`;
}

/** Offsets are up to 14 hours, and zones that crossed the date line skipped a whole day. */
const marginMs = 2 * dayMs;

/** Whether an instant can be on a day of a range in any zone. An index can evaluate it, before `localDay` decides. */
export function isNearDays(instant: RawBuilder<unknown>, { from, to }: Days): RawBuilder<boolean> {
  const start = new Date(Date.parse(from) - marginMs).toISOString();
  const end = new Date(Date.parse(to) + dayMs + marginMs).toISOString();
  return sql<boolean>`${instant} >= ${start} and ${instant} < ${end}`;
}
