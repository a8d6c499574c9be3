import type { PostsTable } from '../../database/tables/posts.ts';
import { anyOf } from '../conditions.ts';
import { notFound, Refusal } from '../errors.ts';
import { reportConversations } from '../inbox/repository.ts';
import type { Transaction } from '../mutation.ts';
import { derivedStatus } from '../posts/lifecycle.ts';
import { lockPosts, type PostState, postStates, reportChange } from '../posts/state.ts';
import { deleteAccount, lockAccountToDelete, reportAccount } from './repository.ts';

/** Deletes an account with its metrics and unsettled targets. Its published and failed targets and its conversations are kept. */
export async function disconnect(id: string, tx: Transaction): Promise<void> {
  const { queries, viewer, changes } = tx;
  const account = await lockAccountToDelete(queries, viewer, id);
  if (!account) throw new Refusal([notFound('id', 'Account', id)]);
  reportAccount(changes, id);
  reportConversations(changes, ...(await conversationsOn(id, tx)));

  await releaseFromConfined(id, tx);

  const postIds = await postsOn(id, tx);
  // A post loses its target on this account even if the viewer may not see its other targets.
  const unconfined = { ...viewer, accountIds: null };
  const before = await lockPosts({ queries, viewer: unconfined }, postIds);
  const thinned = new Set(await removeUnpublishedTargets(id, tx));
  await deleteAccount(queries, viewer, id);

  const remaining = await postStates(tx, postIds);
  await settleStatuses(
    remaining.filter(({ post }) => thinned.has(post.id)),
    tx,
  );
  const after = new Map((await postStates(tx, postIds)).map((state) => [state.post.id, state]));
  for (const state of before) reportChange(tx, state, after.get(state.post.id) ?? null);
}

/**
 * The status of a post with its remaining targets. A post without targets becomes a draft and keeps its date for other accounts.
 */
function statusLeft({ post, targets }: PostState): PostsTable['status'] {
  if (targets.length === 0) return 'DRAFT';
  return post.status === 'PUBLISHING' ? derivedStatus(targets.map(({ status }) => status)) : post.status;
}

async function settleStatuses(states: readonly PostState[], { queries, viewer, now }: Transaction): Promise<void> {
  for (const status of new Set(states.map(statusLeft))) {
    const ids = states.filter((state) => statusLeft(state) === status).map(({ post }) => post.id);
    await queries
      .updateTable('posts')
      .set((eb) => ({ status, revision: eb('revision', '+', 1), updatedAt: now.toISOString() }))
      .where('workspaceId', '=', viewer.workspaceId)
      .where('id', '=', anyOf(ids))
      .execute();
  }
}

/** Returns the posts that lost a target. */
async function removeUnpublishedTargets(accountId: string, { queries, viewer }: Transaction): Promise<string[]> {
  const removed = await queries
    .deleteFrom('postTargets')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('accountId', '=', accountId)
    .where('status', 'not in', ['PUBLISHED', 'FAILED'])
    .returning('postId')
    .execute();
  return removed.map(({ postId }) => postId);
}

/** Unassigns the account's conversations from confined members, who cannot see a conversation without an account. */
async function releaseFromConfined(
  accountId: string,
  { queries, viewer: { workspaceId } }: Transaction,
): Promise<void> {
  await queries
    .updateTable('conversations')
    .set({ assigneeId: null })
    .where((eb) => eb.and({ workspaceId, accountId }))
    .where('assigneeId', 'in', (eb) =>
      eb
        .selectFrom('memberships')
        .select('userId')
        .where('workspaceId', '=', workspaceId)
        .where('accountIds', 'is not', null),
    )
    .execute();
}

async function postsOn(accountId: string, { queries, viewer }: Transaction): Promise<string[]> {
  const targets = await queries
    .selectFrom('postTargets')
    .select('postId')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('accountId', '=', accountId)
    .execute();
  return targets.map(({ postId }) => postId);
}

function conversationsOn(accountId: string, { queries, viewer }: Transaction) {
  return queries
    .selectFrom('conversations')
    .select(['id', 'accountId'])
    .where('workspaceId', '=', viewer.workspaceId)
    .where('accountId', '=', accountId)
    .execute();
}
