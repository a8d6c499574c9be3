import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { PostsTable, PostTargetsTable } from '../../database/tables/posts.ts';
import type { Tables } from '../../database/tables.ts';
import { anyOf } from '../conditions.ts';
import { idsOf } from '../ids.ts';
import type { Scope } from '../scope.ts';
import { type Days, isNearDays } from '../time-zones/days.ts';
import { commonAccounts } from '../viewer/authority.ts';

/*
 * A post can have targets on several accounts. A viewer who is confined to some accounts sees a post with a target on one of them,
 * as if it had no other targets: these targets, and the status and publication that follow from them. Only if it has no other
 * targets do they see its metrics, which networks report for the whole post, and may they change it.
 */

type PostQuery<O> = SelectQueryBuilder<Tables, 'posts', O>;

/** Posts of the scope's workspace that the viewer sees. */
export function visiblePosts(queries: Queries, { workspaceId, accountIds }: Scope) {
  return queries
    .selectFrom('posts')
    .where('posts.workspaceId', '=', workspaceId)
    .$if(accountIds !== null, (query) => query.where((eb) => eb.exists(targetsOfRow(isOn(accountIds!)))));
}

/** Filters posts by targets on any of these accounts, as far as the viewer sees them; null does not filter. */
export function onAccounts<O>(query: PostQuery<O>, scope: Scope, accountIds: readonly string[] | null): PostQuery<O> {
  if (accountIds === null) return query;
  const known = commonAccounts(idsOf('Account', accountIds), scope.accountIds)!;
  return query.where((eb) => eb.exists(targetsOfRow(isOn(known))));
}

/** SQL for a row of `posts`: whether it has a target on an account that the viewer does not see, or that is disconnected. */
export function hasHiddenTargets({ accountIds }: Scope): Expression<SqlBool> {
  if (accountIds === null) return sql<SqlBool>`false`;
  return sql<SqlBool>`exists ${targetsOfRow(sql`account_id is null or not ${isOn(accountIds)}`)}`;
}

/** SQL for a row of `posts`: whether the viewer may change it, as `isOwn`. */
export function isOwnRow(scope: Scope): Expression<SqlBool> {
  const { accountIds } = scope;
  if (accountIds === null) return sql<SqlBool>`true`;
  return sql<SqlBool>`(exists ${targetsOfRow(isOn(accountIds))} and not ${hasHiddenTargets(scope)})`;
}

/** Whether the viewer may change a post with all these targets. */
export function isOwn(targets: readonly Pick<PostTargetsTable, 'accountId'>[], { accountIds }: Scope): boolean {
  if (accountIds === null) return true;
  return targets.length > 0 && targets.every(({ accountId }) => accountId !== null && accountIds.includes(accountId));
}

/** SQL for a row of `posts`: its status. After publishing began, it is derived from the targets, as in `derivedStatus`. */
export function seenStatus({ accountIds }: Scope) {
  if (accountIds === null) return sql<PostsTable['status']>`posts.status`;
  return sql<PostsTable['status']>`case
    when posts.status in ('DRAFT', 'PENDING_APPROVAL', 'SCHEDULED') then posts.status
    else (select case
        when bool_or(status not in ('PUBLISHED', 'FAILED')) then 'PUBLISHING'
        when bool_and(status = 'PUBLISHED') then 'PUBLISHED'
        when bool_and(status = 'FAILED') then 'FAILED'
        else 'PARTIALLY_PUBLISHED'
      end ${fromTargetsOfRow(isOn(accountIds))})
  end`;
}

/** SQL for a row of `posts`: when its first target was published. */
export function seenPublishedAt({ accountIds }: Scope) {
  if (accountIds === null) return sql<string | null>`posts.published_at`;
  return sql<string | null>`(select min(published_at) ${fromTargetsOfRow(isOn(accountIds))})`;
}

/** SQL for a row of `posts`: the instant that determines its day in the calendar. */
export function seenCalendarAt(scope: Scope) {
  if (scope.accountIds === null) return sql<string>`posts.calendar_at`;
  return sql<string>`coalesce(${seenPublishedAt(scope)}, posts.scheduled_at)`;
}

/** SQL for a row of `posts`: whether the calendar may show it on one of these days in any zone; can use an index. */
export function isSeenNear({ workspaceId, accountIds }: Scope, days: Days): Expression<SqlBool> {
  if (accountIds === null) return isNearDays(sql.ref('posts.calendarAt'), days);
  // `calendar_at` is not this viewer's instant if the post is published only on other accounts, or was published there first.
  return sql<SqlBool>`posts.id in (
    select id from posts where workspace_id = ${workspaceId} and ${isNearDays(sql.ref('calendarAt'), days)}
    union all
    select id from posts
    where workspace_id = ${workspaceId} and status in ('PUBLISHING', 'PARTIALLY_PUBLISHED')
      and ${isNearDays(sql.ref('scheduledAt'), days)}
    union all
    select post_id from post_targets
    where workspace_id = ${workspaceId} and ${isOn(accountIds)} and ${isNearDays(sql.ref('publishedAt'), days)}
  )`;
}

/** SQL for a row of `posts`: whether the viewer sees a target whose own text matches this pattern. */
export function hasOwnTextLike(pattern: string, { workspaceId, accountIds }: Scope): Expression<SqlBool> {
  return sql<SqlBool>`posts.id in (
    select post_id from post_targets
    where workspace_id = ${workspaceId} and folded_text_override like ${pattern}
      and ${accountIds === null ? sql`true` : isOn(accountIds)})`;
}

function targetsOfRow(condition: Expression<unknown>) {
  return sql`(select ${fromTargetsOfRow(condition)})`;
}

function fromTargetsOfRow(condition: Expression<unknown>) {
  return sql`from post_targets
    where post_targets.workspace_id = posts.workspace_id and post_targets.post_id = posts.id and (${condition})`;
}

/** Not true for a target without an account, as its account is disconnected. */
function isOn(accountIds: readonly string[]) {
  return sql`account_id = ${anyOf(accountIds)}`;
}
