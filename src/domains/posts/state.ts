import type { Queries } from '../../database/database.ts';
import { grouped } from '../batch.ts';
import { anyOf } from '../conditions.ts';
import type { Context } from '../context.ts';
import { idsOf } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import { type PostRecord, type PostTargetRecord, postsByIds, targetsOfPosts } from './repository.ts';
import { isOwn, visiblePosts } from './visibility.ts';

/** A post with all its targets, independent of the viewer. */
export interface PostState {
  readonly post: PostRecord;
  readonly targets: readonly PostTargetRecord[];
}

/**
 * Locks the posts that the viewer may change until the transaction ends, and reads them. Every change of a post or its targets
 * begins here. The locks are taken in the order of ids, so that transactions do not deadlock.
 */
export async function lockPosts(
  { queries, viewer }: Pick<Transaction, 'queries' | 'viewer'>,
  ids: readonly string[],
): Promise<PostState[]> {
  const locked = await visiblePosts(queries, viewer)
    .select('posts.id')
    .where('posts.id', '=', anyOf(idsOf('Post', ids)))
    .orderBy('posts.id')
    .forNoKeyUpdate()
    .execute();
  const states = await postStates(
    { queries, viewer },
    locked.map(({ id }) => id),
  );
  return states.filter(({ targets }) => isOwn(targets, viewer)); // checked again, as they may have changed before the lock
}

/** Reads posts with their targets, in a statement after the lock, which sees changes that were committed before it. */
export async function postStates(
  { queries, viewer }: { queries: Queries; viewer: Transaction['viewer'] },
  ids: readonly string[],
): Promise<PostState[]> {
  const unconfined = { ...viewer, accountIds: null };
  const posts = await postsByIds(queries, unconfined, ids);
  const found = posts.map((post) => post.id);
  const targets = grouped(found, await targetsOfPosts(queries, unconfined, found), (target) => target.postId);
  return posts.map((post, index) => ({ post, targets: targets[index]! }));
}

/**
 * Reports the differences between two states of a post; null before its creation and after its deletion. The accounts of its
 * targets decide which viewers see it, and so which lists and counts contain it.
 */
export function reportChange(
  { changes }: Pick<Context, 'changes'>,
  before: PostState | null,
  after: PostState | null,
): void {
  const states = [before, after].filter((state) => state !== null);
  const differ = (of: (state: PostState) => unknown) =>
    !before || !after || JSON.stringify(of(before)) !== JSON.stringify(of(after));
  const accountsOf = ({ targets }: PostState) => targets.map((target) => target.accountId).sort();
  const isVisibilityChanged = differ(accountsOf);

  const accountIds = states.flatMap(accountsOf);
  for (const { post } of states) {
    changes.add('Post', post.id);
    changes.add('Campaign', post.campaignId);
    changes.reach(accountIds, post.id, post.campaignId, post.templateId, ...post.mediaIds);
  }
  if (isVisibilityChanged || differ(instantsOf) || differ(({ post }) => post.campaignId))
    changes.add('CalendarMonth', ...states.flatMap(monthsOf));
  if (isVisibilityChanged) changes.add('Template', ...states.map(({ post }) => post.templateId));
  if (isVisibilityChanged || differ(({ post }) => [...post.mediaIds].sort())) {
    const mediaIds = states.flatMap(({ post }) => post.mediaIds);
    changes.add('MediaAsset', ...mediaIds);
    if (mediaIds.length > 0) changes.add('MediaUsage', 'true', 'false');
  }
  if (states.some(({ post }) => post.publishedAt !== null))
    for (const state of states) reportMetrics({ changes }, state);
}

/** Reports a change of the analytics of the post's accounts and campaign. */
export function reportMetrics({ changes }: Pick<Context, 'changes'>, { post, targets }: PostState): void {
  const accountIds = targets.map((target) => target.accountId);
  changes.add('AnalyticsReport', 'all', post.campaignId, ...accountIds);
  changes.reach(accountIds, post.id, post.campaignId);
}

/** The instants that place the post in the calendar for any viewer: a confined viewer sees the publication of their targets. */
function instantsOf({ post, targets }: PostState): string[] {
  const instants = [post.publishedAt, post.scheduledAt, ...targets.map(({ publishedAt }) => publishedAt)];
  return [...new Set(instants)].filter((instant) => instant !== null).sort();
}

const hourMs = 3_600_000;

/**
 * The months of a post's days in any time zone, from twelve hours behind UTC to fourteen ahead. The mutation's zone is not enough:
 * if the workspace's zone changes meanwhile, calendars in the new zone are cached before the mutation commits.
 */
function monthsOf(state: PostState): string[] {
  return instantsOf(state).flatMap((at) =>
    [-12, 14].map((hours) => new Date(Date.parse(at) + hours * hourMs).toISOString().slice(0, 7)),
  );
}
