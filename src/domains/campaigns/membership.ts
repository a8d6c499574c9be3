import { sql } from 'kysely';
import type { CampaignPostsInput } from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import { invalid, notFound, Refusal } from '../errors.ts';
import type { Transaction } from '../mutation.ts';
import { lockPosts, type PostState, postStates, reportChange } from '../posts/state.ts';
import { isOwn } from '../posts/visibility.ts';
import { Problems } from '../problems.ts';
import { type CampaignRecord, campaignsByIds } from './repository.ts';

/** Moves posts into the campaign, out of their previous campaigns. */
export async function addPosts(transaction: Transaction, input: CampaignPostsInput): Promise<CampaignRecord> {
  const { campaign, posts } = await chosen(transaction, input);
  const joining = posts.filter(({ post }) => post.campaignId !== campaign.id);
  await movePosts(transaction, joining, campaign.id);
  reportAgain(transaction, posts, joining);
  return campaign;
}

/** Removes posts from the campaign. Posts of other campaigns are unchanged. */
export async function removePosts(transaction: Transaction, input: CampaignPostsInput): Promise<CampaignRecord> {
  const { campaign, posts } = await chosen(transaction, input);
  const leaving = posts.filter(({ post }) => post.campaignId === campaign.id);
  await movePosts(transaction, leaving, null);
  reportAgain(transaction, posts, leaving);
  return campaign;
}

/** Reports posts that did not move, too: the process that moved them may have died before it told the others. */
function reportAgain(transaction: Transaction, posts: readonly PostState[], moved: readonly PostState[]): void {
  for (const state of posts) if (!moved.includes(state)) reportChange(transaction, null, state);
}

/** Removes all posts from a campaign. If the viewer may not change all of them, refuses as if the campaign did not exist. */
export async function removeAllPosts(transaction: Transaction, campaignId: string): Promise<void> {
  const { queries, viewer } = transaction;
  const unconfined = { ...viewer, accountIds: null };
  const rows = await queries
    .selectFrom('posts')
    .select('id')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('campaignId', '=', campaignId)
    .execute();
  const ids = rows.map(({ id }) => id);
  const states = await lockPosts({ queries, viewer: unconfined }, ids);
  const members = states.filter(({ post }) => post.campaignId === campaignId);
  if (!members.every(({ targets }) => isOwn(targets, viewer)))
    throw new Refusal([notFound('id', 'Campaign', campaignId)]);
  await movePosts(transaction, members, null);
}

async function chosen(
  transaction: Transaction,
  { campaignId, postIds }: CampaignPostsInput,
): Promise<{ campaign: CampaignRecord; posts: PostState[] }> {
  const problems = new Problems();
  const [campaign] = await campaignsByIds(transaction.queries, transaction.viewer, [campaignId]);
  if (!campaign) problems.add(notFound('campaignId', 'Campaign', campaignId));
  if (postIds.length === 0) {
    problems.add(invalid('postIds', 'Expected at least one post, but got none.'));
    problems.settle();
  }
  const posts = await lockPosts(transaction, postIds);
  const found = new Set(posts.map(({ post }) => post.id));
  for (const [index, id] of postIds.entries())
    if (!found.has(id)) problems.add(notFound(['postIds', String(index)], 'Post', id));
  problems.settle();
  return { campaign: campaign!, posts };
}

async function movePosts(
  transaction: Transaction,
  before: readonly PostState[],
  campaignId: string | null,
): Promise<void> {
  const { queries, viewer, now } = transaction;
  const ids = before.map(({ post }) => post.id);
  await queries
    .updateTable('posts')
    .set({ campaignId, revision: sql`revision + 1`, updatedAt: now.toISOString() })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(ids))
    .execute();
  const after = new Map((await postStates(transaction, ids)).map((state) => [state.post.id, state]));
  for (const state of before) reportChange(transaction, state, after.get(state.post.id) ?? null);
}
