import { type SqlBool, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import { anyOf, containing, olderThan } from '../conditions.ts';
import { type Connection, connectionOf, type Page } from '../connection.ts';
import { idsOf } from '../ids.ts';
import { visiblePosts } from '../posts/visibility.ts';
import type { Scope } from '../scope.ts';

/** A template of a workspace or of the vendor's gallery. The gallery's have no author and stay at revision 1. */
export interface TemplateRecord {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly hashtags: readonly string[];
  readonly authorId: string | null;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The source and the search of a list, with which `totalCount` counts. */
export interface TemplateListFilter {
  readonly from: 'workspace' | 'gallery';
  readonly search: string | null;
}

export type TemplatePage = Connection<TemplateRecord, TemplateListFilter>;

const inOrder = { instant: 'created_at', id: 'id' };

export async function listTemplates(
  queries: Queries,
  { workspaceId, search, page }: { workspaceId: string; search: string | null; page: Page },
): Promise<TemplatePage> {
  const rows = await selectTemplates(queries, workspaceId)
    .where(matching(search))
    .where(olderThan(page, inOrder))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (row) => row.createdAt, filter: { from: 'workspace', search } });
}

/** The vendor's templates, which all workspaces share. */
export async function listGallery(queries: Queries, page: Page): Promise<TemplatePage> {
  const rows = await selectGallery(queries)
    .where(olderThan(page, inOrder))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (row) => row.createdAt, filter: { from: 'gallery', search: null } });
}

export async function countTemplates(queries: Queries, workspaceId: string, search: string | null): Promise<number> {
  const { count } = await queries
    .selectFrom('templates')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('workspaceId', '=', workspaceId)
    .where(matching(search))
    .executeTakeFirstOrThrow();
  return count;
}

export async function countGallery(queries: Queries): Promise<number> {
  const { count } = await queries
    .selectFrom('galleryTemplates')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Templates of the workspace and of the gallery. */
export function findTemplates(
  queries: Queries,
  workspaceId: string,
  ids: readonly string[],
): Promise<TemplateRecord[]> {
  const wanted = anyOf(idsOf('Template', ids));
  return selectTemplates(queries, workspaceId)
    .where('id', '=', wanted)
    .unionAll(selectGallery(queries).where('id', '=', wanted))
    .execute();
}

/** A template of the workspace, locked until the transaction ends. */
export function lockTemplate(queries: Queries, workspaceId: string, id: string): Promise<TemplateRecord | undefined> {
  return selectTemplates(queries, workspaceId)
    .where('id', '=', anyOf(idsOf('Template', [id])))
    .forUpdate()
    .executeTakeFirst();
}

/** Counts the posts that were created from each template and that the viewer may see. */
export function countUsage(
  queries: Queries,
  scope: Scope,
  ids: readonly string[],
): Promise<{ templateId: string | null; count: number }[]> {
  return visiblePosts(queries, scope)
    .select((eb) => ['posts.templateId', eb.fn.countAll<number>().as('count')])
    .where('posts.templateId', '=', anyOf(ids))
    .groupBy('posts.templateId')
    .execute();
}

function selectTemplates(queries: Queries, workspaceId: string) {
  return queries
    .selectFrom('templates')
    .select(['id', 'title', 'body', 'hashtags', 'authorId', 'revision', 'createdAt', 'updatedAt'])
    .where('workspaceId', '=', workspaceId);
}

function selectGallery(queries: Queries) {
  return queries
    .selectFrom('galleryTemplates')
    .select(['id', 'title', 'body', 'hashtags'])
    .select([sql<string | null>`null::text`.as('authorId'), sql<number>`1`.as('revision')])
    .select(['createdAt', 'createdAt as updatedAt']);
}

function matching(search: string | null) {
  if (search === null) return sql<SqlBool>`true`;
  const pattern = containing(search);
  return sql<SqlBool>`(folded_title like ${pattern} or folded_body like ${pattern})`;
}
