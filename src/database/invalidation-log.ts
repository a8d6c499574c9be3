import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Queries } from './admission.ts';
import type { TransactionOutcome } from './transaction.ts';

/** What a row of the log invalidates: tags of a workspace, without its id in front; without a workspace, everything. */
export interface Invalidation {
  readonly workspaceId: string | null;
  readonly tags: readonly string[];
  readonly cause: string | null;
}

/** The tag of a row that stands for everything of its workspace. */
export const everyTag = '*';

/** Where a row stands in the log. A transaction id is below 2^53 for two million times four thousand million transactions. */
export interface LogPosition {
  readonly id: number;
  readonly xid: number;
  /** The epoch in which the transaction began. In another one, its id may name another transaction. */
  readonly epoch: string | null;
}

/**
 * Appends a row to the log of invalidations: in the transaction that changes the data, so that none is committed without the other.
 * Processes of another version of the tags than `tagsVersion` take it for everything of its workspace.
 */
export async function appendToLog(
  queries: Queries,
  { workspaceId, tags, cause }: Invalidation,
  tagsVersion: string | null,
): Promise<LogPosition> {
  const { rows } = await sql<LogPosition>`
    insert into invalidation_log (workspace_id, tags, cause, tags_version)
    values (${workspaceId}, ${[...tags]}, ${cause}, ${tagsVersion})
    returning id::float8 as id, xid::text::float8 as xid, (select id from cache_epoch) as epoch`.execute(queries);
  return rows[0]!;
}

const pollMs = 50;
const polls = 100;

/**
 * Finds how a transaction ended whose COMMIT got no reply. Resolves with `unknown` if the database does not tell within some
 * seconds, or has crashed since.
 */
export async function findOutcome(queries: Queries, { xid, epoch }: LogPosition): Promise<TransactionOutcome> {
  try {
    for (let poll = 0; poll < polls; poll++) {
      const { rows } = await sql<{ status: string | null; epoch: string | null }>`
        select pg_xact_status(${String(xid)}::xid8) as status, (select id from cache_epoch) as epoch`.execute(queries);
      const [found] = rows;
      if (epoch === null || found?.epoch !== epoch) return 'unknown';
      if (found.status === 'committed') return 'committed';
      if (found.status === 'aborted') return 'rolledBack';
      if (found.status === null) return 'unknown';
      await delay(pollMs);
    }
  } catch {} // the database is away, or a new one does not know the id
  return 'unknown';
}
