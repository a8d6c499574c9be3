import { sql } from 'kysely';
import type { Queries } from '../../src/database/database.ts';
import type { EngineName } from '../setup/databases.ts';

/**
 * Runs all of `attempts` at the same moment: each goes as far as what `hold` has locked, and on once all have got there. The
 * embedded database has one connection, where nothing is ever at once.
 */
export async function atOnce<T>(
  { queries, engine }: { queries: Queries; engine: EngineName },
  hold: (transaction: Queries) => Promise<unknown>,
  attempts: readonly (() => Promise<T>)[],
): Promise<T[]> {
  if (engine === 'pglite') return Promise.all(attempts.map((attempt) => attempt()));
  const holder = await queries.startTransaction().execute();
  await hold(holder);
  const running = attempts.map((attempt) => attempt());
  while ((await countWaiting(queries)) < attempts.length);
  await holder.commit().execute();
  return Promise.all(running);
}

export async function countWaiting(queries: Queries): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
  `.execute(queries);
  return rows[0]!.count;
}
