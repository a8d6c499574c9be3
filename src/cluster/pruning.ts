import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';

const maxRowsAtOnce = 5_000;

/**
 * Deletes rows of the log that every member has applied: those of transactions that had ended an hour ago. The mark is a snapshot's
 * lower end that was recorded then; what is deleted is noted, so that a member that was away for longer clears its memory instead.
 * The database's clock decides only when the mark is moved on: a clock that steps makes the log longer or shorter, and no answer
 * wrong.
 */
export async function prune(queries: Queries): Promise<void> {
  await sql`
    update cache_epoch set pruned_below = prune_mark, prune_mark = pg_snapshot_xmin(pg_current_snapshot()), marked_at = now()
    where now() not between marked_at and marked_at + interval '1 hour'`.execute(queries);
  for (;;) {
    // Rows of a restored dump may have ids that are still to come here.
    const { numAffectedRows } = await sql`
      delete from invalidation_log where ctid in (
        select ctid from invalidation_log
        where xid < (select pruned_below from cache_epoch) or xid >= pg_snapshot_xmax(pg_current_snapshot())
        limit ${maxRowsAtOnce})`.execute(queries);
    if (Number(numAffectedRows) < maxRowsAtOnce) return;
  }
}
