import { type SqlBool, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { MediaFilter } from '../../generated/schema.ts';
import { anyOf, containing, olderThan } from '../conditions.ts';
import { type Connection, connectionOf, type Page } from '../connection.ts';
import { idsOf } from '../ids.ts';
import { isOwnRow, visiblePosts } from '../posts/visibility.ts';
import type { Scope } from '../scope.ts';

/** A file in the library. `storageKey` is its key in the media store; it makes the file's address unguessable. */
export interface MediaAssetRecord {
  readonly id: string;
  readonly fileName: string;
  readonly mimeType: string;
  readonly byteSize: number;
  readonly sha256: string;
  readonly storageKey: string;
  readonly altText: string | null;
  readonly createdAt: string;
}

export interface MediaListFilter {
  readonly search: string | null;
  readonly isUnused: boolean | null;
  readonly isMissingAltText: boolean | null;
}

export type MediaAssetPage = Connection<MediaAssetRecord, MediaListFilter>;

const columns = ['id', 'fileName', 'mimeType', 'byteSize', 'sha256', 'storageKey', 'altText', 'createdAt'] as const;

export function listFilterOf(filter: MediaFilter | null | undefined): MediaListFilter {
  const { search = null, isUnused = null, isMissingAltText = null } = filter ?? {};
  return { search, isUnused, isMissingAltText };
}

export async function listMedia(
  queries: Queries,
  scope: Scope,
  { filter, page }: { filter: MediaListFilter; page: Page },
): Promise<MediaAssetPage> {
  const rows = await matching(queries, scope, filter)
    .select(columns)
    .where(olderThan(page, { instant: 'created_at', id: 'id' }))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (row) => row.createdAt, filter });
}

export async function countMedia(queries: Queries, scope: Scope, filter: MediaListFilter): Promise<number> {
  const { count } = await matching(queries, scope, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function findMedia(queries: Queries, workspaceId: string, ids: readonly string[]): Promise<MediaAssetRecord[]> {
  return selectAssets(queries, workspaceId, ids).execute();
}

/**
 * Reads an asset and locks it until the transaction ends, so that no post can begin to use it. Undefined also if it is used by a
 * post that the viewer may not change.
 */
export async function lockAsset(queries: Queries, scope: Scope, id: string): Promise<MediaAssetRecord | undefined> {
  const asset = await selectAssets(queries, scope.workspaceId, [id]).forUpdate().executeTakeFirst();
  if (!asset || scope.accountIds === null) return asset;
  const others = await queries
    .selectFrom('posts')
    .innerJoin('postMedia', 'postMedia.postId', 'posts.id')
    .select('posts.id')
    .where('postMedia.mediaId', '=', id)
    .where((eb) => eb.not(isOwnRow(scope)))
    .executeTakeFirst();
  return others ? undefined : asset;
}

/** Counts the posts that use each asset and that the viewer may see. */
export function countUsage(
  queries: Queries,
  scope: Scope,
  ids: readonly string[],
): Promise<{ mediaId: string; count: number }[]> {
  return visiblePosts(queries, scope)
    .innerJoin('postMedia', 'postMedia.postId', 'posts.id')
    .select((eb) => ['postMedia.mediaId', eb.fn.countAll<number>().as('count')])
    .where('postMedia.mediaId', '=', anyOf(ids))
    .groupBy('postMedia.mediaId')
    .execute();
}

/** The posts that use an asset, locked until the transaction ends. */
export function lockPostsWith(queries: Queries, workspaceId: string, mediaId: string) {
  return queries
    .selectFrom('posts')
    .innerJoin('postMedia', 'postMedia.postId', 'posts.id')
    .select(['posts.id', 'posts.status', 'posts.scheduledAt'])
    .where('posts.workspaceId', '=', workspaceId)
    .where('postMedia.mediaId', '=', mediaId)
    .orderBy('posts.id')
    .forUpdate('posts')
    .execute();
}

function selectAssets(queries: Queries, workspaceId: string, ids: readonly string[]) {
  return queries
    .selectFrom('mediaAssets')
    .select(columns)
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', anyOf(idsOf('MediaAsset', ids)));
}

function matching(queries: Queries, scope: Scope, { search, isUnused, isMissingAltText }: MediaListFilter) {
  let query = queries.selectFrom('mediaAssets').where('workspaceId', '=', scope.workspaceId);
  if (search !== null) {
    const pattern = containing(search);
    query = query.where(sql<SqlBool>`(folded_file_name like ${pattern} or folded_alt_text like ${pattern})`);
  }
  if (isUnused !== null) {
    query = query.where((eb) => {
      const users = visiblePosts(queries, scope)
        .innerJoin('postMedia', 'postMedia.postId', 'posts.id')
        .where(sql<SqlBool>`post_media.media_id = media_assets.id`);
      return isUnused ? eb.not(eb.exists(users)) : eb.exists(users);
    });
  }
  if (isMissingAltText !== null) query = query.where('altText', isMissingAltText ? 'is' : 'is not', null);
  return query;
}
