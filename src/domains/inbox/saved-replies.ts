import type { Queries } from '../../database/database.ts';
import type { SavedRepliesTable } from '../../database/tables/inbox.ts';
import { anyOf } from '../conditions.ts';
import { limitReached, notFound, Refusal } from '../errors.ts';
import { idsOf } from '../ids.ts';
import type { Scope } from '../scope.ts';

export type SavedReplyRecord = Omit<SavedRepliesTable, 'workspaceId' | 'createdAt'>;

const maxSavedReplies = 500;
const columns = ['id', 'title', 'body'] as const;

/** Oldest first; a workspace has at most 500. */
export function findSavedReplies(queries: Queries, scope: Scope): Promise<SavedReplyRecord[]> {
  return ofWorkspace(queries, scope).orderBy('createdAt').orderBy('id').limit(maxSavedReplies).execute();
}

export function savedRepliesByIds(queries: Queries, scope: Scope, ids: readonly string[]): Promise<SavedReplyRecord[]> {
  return ofWorkspace(queries, scope)
    .where('id', '=', anyOf(idsOf('SavedReply', ids)))
    .execute();
}

export async function insertSavedReply(
  queries: Queries,
  { workspaceId }: Scope,
  reply: SavedReplyRecord & { createdAt: string },
): Promise<SavedReplyRecord> {
  // Locks the workspace, as concurrent inserts could together exceed the maximum.
  await queries.selectFrom('workspaces').select('id').where('id', '=', workspaceId).forNoKeyUpdate().execute();
  const { count } = await queries
    .selectFrom('savedReplies')
    .where('workspaceId', '=', workspaceId)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (count >= maxSavedReplies)
    throw new Refusal([
      limitReached(null, maxSavedReplies, `Expected at most ${maxSavedReplies} saved replies. Delete one first.`),
    ]);
  return queries
    .insertInto('savedReplies')
    .values({ ...reply, workspaceId })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

export async function changeSavedReply(
  queries: Queries,
  { workspaceId }: Scope,
  { id, ...change }: { id: string; title?: string; body?: string },
): Promise<SavedReplyRecord> {
  const changed = await queries
    .updateTable('savedReplies')
    .set({ id, ...change })
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', anyOf(idsOf('SavedReply', [id])))
    .returning(columns)
    .executeTakeFirst();
  if (!changed) throw new Refusal([notFound('id', 'Saved reply', id)]);
  return changed;
}

export async function deleteSavedReply(queries: Queries, { workspaceId }: Scope, id: string): Promise<void> {
  const { numDeletedRows } = await queries
    .deleteFrom('savedReplies')
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', anyOf(idsOf('SavedReply', [id])))
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new Refusal([notFound('id', 'Saved reply', id)]);
}

function ofWorkspace(queries: Queries, { workspaceId }: Scope) {
  return queries.selectFrom('savedReplies').select(columns).where('workspaceId', '=', workspaceId);
}
