import { type RawBuilder, sql } from 'kysely';

/** The time of the database's clock, which all its processes share. */
export const databaseNow: RawBuilder<string> = sql`clock_timestamp()`;

/** A time so many milliseconds ago. */
export function databaseAgo(ms: number): RawBuilder<string> {
  return sql`clock_timestamp() - ${ms}::float8 * interval '1 millisecond'`;
}

/** Milliseconds since the instant in a column. */
export function databaseMsSince(column: string): RawBuilder<number> {
  return sql`(extract(epoch from clock_timestamp() - ${sql.ref(column)}) * 1000)::float8`;
}
