import { everyTag } from '../database/invalidation-log.ts';
import type { MemberConnection } from './member-connection.ts';
import type { PublishedRow } from './messages.ts';

type PlacedRow = PublishedRow & { readonly xid: number };

/** Most rows that are applied one by one after a gap. With more it is cheaper to clear the memory. */
const maxRows = 10_000;

/** From where a member reads the log on, and what it can read of it. */
export interface LogReader {
  /** The snapshot in which the log was read last; undefined if it was not in this epoch. */
  readonly since: string | undefined;
  readonly tagsVersion: string;
  /** As `LogHistory.voids`, when the reading began. */
  readonly voids: number;
}

/**
 * Rows that the snapshot `$1` did not show and the statement's own does: of transactions that were running, or began later. Without
 * a snapshot there are none. What another version than `$2` wrote stands for everything of its workspace.
 */
export const newRows = `
  (select coalesce(jsonb_agg(row), '[]') from (
    select jsonb_build_object('id', id, 'xid', xid::text::float8, 'workspaceId', workspace_id, 'cause', cause,
      'tags', case when tags_version = $2 then tags else '{${everyTag}}' end) as row
    from invalidation_log
    where xid >= pg_snapshot_xmax($1::pg_snapshot) or xid = any(array(select pg_snapshot_xip($1::pg_snapshot)))
    order by xid, id limit ${maxRows + 1}) as fresh) as rows`;

export const snapshot = 'pg_current_snapshot()::text as snapshot';

/**
 * Whether rows that the snapshot `$1` did not show are deleted, or the snapshot is one that this server has not come to: a copy of
 * its files was put back.
 */
export const isPruned = `
  (select pruned_below > pg_snapshot_xmin($1::pg_snapshot)
    or pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) from cache_epoch) as "isPruned"`;

export interface LogPage {
  /** The snapshot in which the log was read. */
  readonly snapshot: string;
  /** Whether rows are missing, because they were pruned; null without a snapshot to read from. */
  readonly isPruned: boolean | null;
  readonly rows: readonly PublishedRow[];
}

/** Whether rows are missing: they were pruned, or there are too many. */
export function isIncomplete({ isPruned, rows }: LogPage): boolean {
  return isPruned === true || rows.length > maxRows;
}

/** Most rows that are read of the time before a member joined. */
const maxOlderRows = 2_000;

const olderRows = `
  select (select pruned_below::text::float8 from cache_epoch) as "prunedBelow", (select coalesce(jsonb_agg(row), '[]') from (
    select jsonb_build_object('id', id, 'xid', xid::text::float8, 'workspaceId', workspace_id, 'cause', cause,
      'tags', case when tags_version = $1 then tags else '{${everyTag}}' end) as row
    from invalidation_log order by xid desc limit ${maxOlderRows}) as older) as rows`;

/** What the log has of the time before a member joined, the oldest first, and from where on nothing is missing of it. */
export async function readOlder(
  connection: MemberConnection,
  { tagsVersion }: LogReader,
): Promise<{ rows: readonly PlacedRow[]; floor: number }> {
  type Older = { readonly rows: readonly PlacedRow[]; readonly prunedBelow: number };
  const [older] = await connection.query<Older>({ text: olderRows, values: [tagsVersion] });
  const { rows, prunedBelow } = older!;
  const isWhole = rows.length < maxOlderRows;
  return { rows: rows.toReversed(), floor: Math.max(prunedBelow - 1, isWhole ? 0 : rows.at(-1)!.xid) };
}

const readLog = `select ${newRows}, ${snapshot}, ${isPruned}`;

/**
 * Reads what was committed since a snapshot. `isWhole` is false if rows are missing. That is so without a snapshot: what was kept
 * before, also by requests that began under a lease and end only now, may be older than this page.
 */
export async function readSince(
  connection: MemberConnection,
  { since, tagsVersion }: LogReader,
): Promise<LogPage & { isWhole: boolean }> {
  const [page] = await connection.query<LogPage>({ text: readLog, values: [since ?? null, tagsVersion] });
  return { ...page!, isWhole: since !== undefined && !isIncomplete(page!) };
}
