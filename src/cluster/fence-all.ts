import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';

/**
 * Fences every member, through the pool: for a process whose own connection to the others is away. Whoever has a lease then has it
 * for at most `leaseMs` longer, and whoever joins later reads the log first.
 */
export async function fenceAll(queries: Queries): Promise<void> {
  await sql`update cache_members set is_fenced = true`.execute(queries);
}
