import { type SelectQueryBuilder, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { CampaignsTable } from '../../database/tables/posts.ts';
import type { Tables } from '../../database/tables.ts';
import { anyOf, containing, olderThan } from '../conditions.ts';
import { type Connection, connectionOf, type Page } from '../connection.ts';
import { idsOf } from '../ids.ts';
import { noPostFilter, type PostPage, postColumns } from '../posts/repository.ts';
import { visiblePosts } from '../posts/visibility.ts';
import type { Scope } from '../scope.ts';

export interface CampaignRecord
  extends Omit<CampaignsTable, 'workspaceId' | 'foldedName' | 'foldedBrief' | 'revision'> {
  readonly revision: number;
}

/** The condition on campaigns; null means no condition, and an empty list matches nothing. */
export interface CampaignFilter {
  readonly status: readonly CampaignRecord['status'][] | null;
  readonly search: string | null;
}

export type CampaignPage = Connection<CampaignRecord, CampaignFilter>;

const columns = [
  'id',
  'name',
  'brief',
  'status',
  'startsOn',
  'endsOn',
  'ownerId',
  'revision',
  'createdAt',
  'updatedAt',
] as const;

/** Newest first. */
export async function findCampaigns(
  queries: Queries,
  scope: Scope,
  { filter, page }: { filter: CampaignFilter; page: Page },
): Promise<CampaignPage> {
  const rows = await fitting(ofWorkspace(queries, scope), filter)
    .select(columns)
    .where(olderThan(page, { instant: 'created_at', id: 'id' }))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (campaign) => campaign.createdAt, filter });
}

export async function countCampaigns(queries: Queries, scope: Scope, filter: CampaignFilter): Promise<number> {
  const { count } = await fitting(ofWorkspace(queries, scope), filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function campaignsByIds(queries: Queries, scope: Scope, ids: readonly string[]): Promise<CampaignRecord[]> {
  return ofWorkspace(queries, scope)
    .select(columns)
    .where('id', '=', anyOf(idsOf('Campaign', ids)))
    .execute();
}

/** Reads and locks a campaign: other changes of it wait for the end of the transaction. */
export function lockCampaign(queries: Queries, scope: Scope, id: string): Promise<CampaignRecord | undefined> {
  return ofWorkspace(queries, scope)
    .select(columns)
    .where('id', '=', anyOf(idsOf('Campaign', [id])))
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Reads and locks a campaign against all changes, including the addition of posts. */
export function lockCampaignToDelete(queries: Queries, scope: Scope, id: string): Promise<CampaignRecord | undefined> {
  return ofWorkspace(queries, scope)
    .select(columns)
    .where('id', '=', anyOf(idsOf('Campaign', [id])))
    .forUpdate()
    .executeTakeFirst();
}

/** Counts the posts that the viewer may see, by campaign. A campaign without any has no row. */
export function postCountsOf(
  queries: Queries,
  scope: Scope,
  ids: readonly string[],
): Promise<{ campaignId: string | null; count: number }[]> {
  return visiblePosts(queries, scope)
    .select((eb) => ['posts.campaignId', eb.fn.countAll<number>().as('count')])
    .where('posts.campaignId', '=', anyOf(ids))
    .groupBy('posts.campaignId')
    .execute();
}

/** One page of the posts of one campaign. */
export interface PostsRequest {
  readonly campaignId: string;
  readonly page: Page;
}

/** Reads a page of posts for each request, in the order of the requests and in one statement. */
export async function postsOfCampaigns(
  queries: Queries,
  scope: Scope,
  requests: readonly PostsRequest[],
): Promise<PostPage[]> {
  const posts = visiblePosts(queries, scope)
    .select(postColumns(scope))
    .where('posts.campaignId', '=', sql<string>`requests.campaign_id`)
    .where(sql<boolean>`(posts.created_at, posts.id) < (requests.after_at, requests.after_id)`)
    .orderBy('posts.createdAt', 'desc')
    .orderBy('posts.id', 'desc')
    .limit(sql<number>`requests.row_limit`);
  const rows = await queries
    .selectFrom(requestRows(requests))
    .innerJoinLateral(posts.as('found'), (join) => join.onTrue())
    .select('requests.place')
    .selectAll('found')
    .orderBy('requests.place')
    .orderBy('found.createdAt', 'desc')
    .orderBy('found.id', 'desc')
    .execute();
  return requests.map(({ campaignId, page }, index) => {
    const found = rows.filter(({ place }) => place === index + 1).map(({ place: _, ...post }) => post);
    return connectionOf(found, {
      page,
      sortKey: (post) => post.createdAt,
      filter: { ...noPostFilter, campaignId },
    });
  });
}

function requestRows(requests: readonly PostsRequest[]) {
  return sql<{ campaignId: string; place: number }>`unnest(
    ${requests.map(({ campaignId }) => campaignId)}::text[],
    ${requests.map(({ page }) => page.limit + 1)}::int[],
    ${requests.map(({ page }) => page.after?.[0] ?? 'infinity')}::timestamptz[],
    ${requests.map(({ page }) => page.after?.[1] ?? '')}::text[]
  ) with ordinality`.as<'requests'>(sql`requests(campaign_id, row_limit, after_at, after_id, place)`);
}

function fitting<O>(
  query: SelectQueryBuilder<Tables, 'campaigns', O>,
  { status, search }: CampaignFilter,
): SelectQueryBuilder<Tables, 'campaigns', O> {
  return query
    .$if(status !== null, (q) => q.where('status', '=', anyOf(status!)))
    .$if(search !== null, (q) => {
      const pattern = containing(search!);
      return q.where((eb) => eb.or([eb('foldedName', 'like', pattern), eb('foldedBrief', 'like', pattern)]));
    });
}

function ofWorkspace(queries: Queries, { workspaceId }: Scope) {
  return queries.selectFrom('campaigns').where('workspaceId', '=', workspaceId);
}
