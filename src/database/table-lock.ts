import { sql } from 'kysely';
import type { Queries } from './database.ts';
import type { Tables } from './tables.ts';

/**
 * Lets the transaction of `queries` alone write to a table until it ends, so that what it reads there stays true. Others may read.
 */
export async function lockTable(queries: Queries, table: keyof Tables): Promise<void> {
  await sql`lock table ${sql.table(table)} in share row exclusive mode`.execute(queries);
}
