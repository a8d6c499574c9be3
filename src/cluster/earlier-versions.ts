import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';

/** The first of the two numbers of the advisory locks that versions without a log hold for as long as they run. */
const lockOfEarlierVersions = 624743;

/** Refuses to start beside versions of Magpie that write nothing into the log: nobody would hear of what they change. */
export async function refuseEarlierVersions(queries: Queries): Promise<void> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct pid)::int as count from pg_locks
    where locktype = 'advisory' and granted and classid = ${lockOfEarlierVersions} and objsubid = 2
      and database = (select oid from pg_database where datname = current_database())`.execute(queries);
  const { count } = rows[0]!;
  if (count === 0) return;
  throw new Error(
    `expected a database that no earlier version of Magpie uses, but got ${count} of its connections: stop all processes of ` +
      'versions without a log of invalidations before you start this one',
  );
}
