import { type SqlBool, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { PostsTable, PostTargetsTable } from '../../database/tables/posts.ts';
import { anyOf, containing, isReference, olderThan } from '../conditions.ts';
import { type Connection, connectionOf, type Page } from '../connection.ts';
import { idsOf } from '../ids.ts';
import type { Scope } from '../scope.ts';
import {
  hasHiddenTargets,
  hasOwnTextLike,
  onAccounts,
  seenPublishedAt,
  seenStatus,
  visiblePosts,
} from './visibility.ts';

/** A post as a viewer sees it. `mediaIds` are in the author's order. */
export interface PostRecord extends Omit<PostsTable, 'workspaceId' | 'foldedText' | 'calendarAt' | 'revision'> {
  readonly revision: number;
  readonly mediaIds: readonly string[];
}

export type PostTargetRecord = Pick<
  PostTargetsTable,
  'id' | 'postId' | 'accountId' | 'textOverride' | 'status' | 'permalink' | 'failureMessage' | 'publishedAt'
>;

/** The totals of a post's metrics; null where none were recorded. */
export interface PostMetricsRecord {
  readonly views: number | null;
  readonly reach: number | null;
  readonly engagements: number | null;
  readonly clicks: number | null;
}

/** The condition on posts; null means no condition, and an empty list matches nothing. */
export interface PostFilter {
  readonly status: readonly PostRecord['status'][] | null;
  readonly accountIds: readonly string[] | null;
  /** Null matches posts without a campaign; absent means no condition. */
  readonly campaignId?: string | null;
  readonly search: string | null;
}

export type PostPage = Connection<PostRecord, PostFilter>;

export const noPostFilter: PostFilter = { status: null, accountIds: null, search: null };

const columns = [
  'posts.id',
  'posts.text',
  'posts.campaignId',
  'posts.templateId',
  'posts.authorId',
  'posts.scheduledAt',
  'posts.rejectionReason',
  'posts.revision',
  'posts.createdAt',
  'posts.updatedAt',
] as const;

/** A subquery, so that a post's media take one further statement and not two. */
const mediaIds = sql<string[]>`array(
  select post_media.media_id from post_media where post_media.post_id = posts.id
  order by post_media.position, post_media.media_id)`.as('mediaIds');

/** The columns of a post as a viewer sees it. */
export function postColumns(scope: Scope) {
  return [...columns, seenStatus(scope).as('status'), seenPublishedAt(scope).as('publishedAt'), mediaIds] as const;
}

const targetColumns = [
  'postTargets.id',
  'postTargets.postId',
  'postTargets.accountId',
  'postTargets.textOverride',
  'postTargets.status',
  'postTargets.permalink',
  'postTargets.failureMessage',
  'postTargets.publishedAt',
] as const;

/** Newest first. */
export async function findPosts(
  queries: Queries,
  scope: Scope,
  { filter, page }: { filter: PostFilter; page: Page },
): Promise<PostPage> {
  const rows = await fitting(queries, scope, filter)
    .select(postColumns(scope))
    .where(olderThan(page, { instant: 'posts.created_at', id: 'posts.id' }))
    .orderBy('posts.createdAt', 'desc')
    .orderBy('posts.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (post) => post.createdAt, filter });
}

export async function countPosts(queries: Queries, scope: Scope, filter: PostFilter): Promise<number> {
  const { count } = await fitting(queries, scope, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function postsByIds(queries: Queries, scope: Scope, ids: readonly string[]): Promise<PostRecord[]> {
  return visiblePosts(queries, scope)
    .select(postColumns(scope))
    .where('posts.id', '=', anyOf(idsOf('Post', ids)))
    .execute();
}

export function targetsByIds(queries: Queries, scope: Scope, ids: readonly string[]): Promise<PostTargetRecord[]> {
  return visibleTargets(queries, scope)
    .where('postTargets.id', '=', anyOf(idsOf('PostTarget', ids)))
    .execute();
}

/** Targets in the author's order. */
export function targetsOfPosts(
  queries: Queries,
  scope: Scope,
  postIds: readonly string[],
): Promise<PostTargetRecord[]> {
  return visibleTargets(queries, scope)
    .where('postTargets.postId', '=', anyOf(postIds))
    .orderBy('postTargets.position')
    .orderBy('postTargets.id')
    .execute();
}

/** Sums the metrics of posts. No row for a post without metrics, or with hidden targets, as metrics cover all targets of a post. */
export function metricsOfPosts(
  queries: Queries,
  scope: Scope,
  postIds: readonly string[],
): Promise<(PostMetricsRecord & { postId: string })[]> {
  const total = (column: 'views' | 'reach' | 'engagements' | 'clicks') =>
    sql<number | null>`round(sum(${sql.ref(column)}))`.as(column);
  return queries
    .selectFrom('postMetrics')
    .innerJoin('posts', 'posts.id', 'postMetrics.postId')
    .select(['postId', total('views'), total('reach'), total('engagements'), total('clicks')])
    .where('postMetrics.workspaceId', '=', scope.workspaceId)
    .where('postId', '=', anyOf(postIds))
    .$if(scope.accountIds !== null, (query) => query.where((eb) => eb.not(hasHiddenTargets(scope))))
    .groupBy('postId')
    .execute();
}

function fitting(queries: Queries, scope: Scope, { status, accountIds, campaignId, search }: PostFilter) {
  return onAccounts(visiblePosts(queries, scope), scope, accountIds)
    .$if(status !== null, (q) => q.where(seenStatus(scope), '=', anyOf(status!)))
    .$if(campaignId !== undefined, (q) => q.where(isReference('Campaign', 'posts.campaign_id', campaignId!)))
    .$if(search !== null, (q) => q.where(hasTextLike(containing(search!), scope)));
}

/** Whether the text of a post matches, or the own text of a target that the viewer may see. */
function hasTextLike(pattern: string, scope: Scope) {
  return sql<SqlBool>`(posts.folded_text like ${pattern} or ${hasOwnTextLike(pattern, scope)})`;
}

/** Selects the targets in a scope. A confined viewer sees only those on their accounts. */
function visibleTargets(queries: Queries, { workspaceId, accountIds }: Scope) {
  return queries
    .selectFrom('postTargets')
    .select(targetColumns)
    .where('postTargets.workspaceId', '=', workspaceId)
    .$if(accountIds !== null, (query) => query.where('postTargets.accountId', '=', anyOf(accountIds!)));
}
