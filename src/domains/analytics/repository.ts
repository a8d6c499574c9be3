import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import { addDays, daysBetween } from '../date-range.ts';
import { idsOf } from '../ids.ts';
import { hasHiddenTargets } from '../posts/visibility.ts';
import type { Scope } from '../scope.ts';
import { type Days, localDay } from '../time-zones/days.ts';
import { type DayNumbers, type MetricSummaryRecord, type Numbers, summaryOf } from './metrics.ts';

/** The days and the posts of a report. `accountIds` are sorted; null means no condition, and an empty list matches nothing. */
export interface Subject {
  readonly from: string;
  readonly to: string;
  readonly accountIds: readonly string[] | null;
  readonly campaignId: string | null;
}

export interface AnalyticsReportRecord extends Subject {
  /** Unique among the reports of a viewer. */
  readonly identity: string;
  readonly summary: readonly MetricSummaryRecord[];
  /** All days of the period, in order. */
  readonly daily: readonly DayNumbers[];
}

export interface PostPerformanceRecord {
  readonly postId: string;
  readonly value: number;
}

/** Computes reports, each with the preceding period of equal length, in one statement. */
export async function computeReports(
  queries: Queries,
  scope: Scope,
  subjects: readonly Subject[],
): Promise<AnalyticsReportRecord[]> {
  const ranges = subjects.map(({ from, to }) => ({ from: addDays(from, -lengthOf({ from, to })), to }));
  const publishedOn = localDay(sql.ref('publishedAt'), scope.timeZone, ranges);
  const { rows } = await sql<ReportRow>`
    with subjects ${subjectsOf(scope, subjects)},
    days as (
      select position, "from" + n as date, n >= 0 as is_current
      from subjects cross join generate_series(-days, days - 1) as n
    ),
    reported as (
      select position, date, sum(views) as views, sum(reach) as reach, sum(engagements) as engagements, sum(clicks) as clicks
      from (
        select position, date, views, reach, engagements, clicks
        from subjects join account_metrics on ${isOnAccount(sql`account_metrics.account_id`)}
        where campaign_id is null and workspace_id = ${scope.workspaceId} and date between "from" - days and "to"
        union all
        select position, date, views, reach, engagements, clicks
        from subjects join posts using (campaign_id) join post_metrics on post_metrics.post_id = posts.id
        where posts.workspace_id = ${scope.workspaceId} and date between "from" - days and "to"
          and ${isPublishedOnAccounts} and not ${hasHiddenTargets(scope)}
      ) as numbers
      group by position, date
    ),
    -- The followers of each account at each report, and before the first day.
    follower_reports as (
      select position, account_id, date, followers
      from subjects join account_metrics on ${isOnAccount(sql`account_metrics.account_id`)}
      where campaign_id is null and workspace_id = ${scope.workspaceId} and date between "from" - days and "to"
        and followers is not null
      union all
      select position, accounts.id, "from" - days - 1, latest.followers
      from subjects join accounts on ${isOnAccount(sql`accounts.id`)}
        cross join lateral (
          select followers from account_metrics
          where account_id = accounts.id and date < "from" - days and followers is not null
          order by date desc limit 1
        ) as latest
      where campaign_id is null and workspace_id = ${scope.workspaceId}
    ),
    -- The change from each report to the next. Their running sum is the last known number of followers of all accounts.
    follower_changes as (
      select position, greatest(follower_reports.date, "from" - days) as date,
        followers - coalesce(lag(followers) over (partition by position, account_id order by date), 0) as change
      from follower_reports join subjects using (position)
    ),
    followed as (
      select position, date, sum(change) as change from follower_changes group by position, date
    ),
    -- The first publication of each post: anywhere, or on the selected accounts. The UTC limits are wider than any zone needs: for the index.
    publications as (
      select position, published_at
      from subjects join posts on subjects.campaign_id is null or subjects.campaign_id = posts.campaign_id
      where account_ids is null and workspace_id = ${scope.workspaceId} and published_at is not null
        and calendar_at >= ("from" - days - 2)::timestamp at time zone 'UTC'
        and calendar_at < ("to" + 3)::timestamp at time zone 'UTC'
      union all
      select subjects.position, target.published_at
      from subjects join post_targets as target on target.account_id = any(account_ids)
        join posts on posts.id = target.post_id and (subjects.campaign_id is null or subjects.campaign_id = posts.campaign_id)
      where target.workspace_id = ${scope.workspaceId} and target.status = 'PUBLISHED'
        and target.published_at >= ("from" - days - 2)::timestamp at time zone 'UTC'
        and target.published_at < ("to" + 3)::timestamp at time zone 'UTC'
        and not exists (
          select from post_targets as earlier
          where earlier.post_id = target.post_id and earlier.account_id = any(account_ids) and earlier.status = 'PUBLISHED'
            and (earlier.published_at, earlier.id) < (target.published_at, target.id)
        )
    ),
    published as (
      select position, ${publishedOn} as date, count(*) as posts
      from publications join subjects using (position)
      where ${publishedOn} between "from" - days and "to"
      group by 1, 2
    ),
    daily as (
      select position, is_current, date, views, reach, engagements, clicks, coalesce(posts, 0) as posts,
        sum(change) over (partition by position order by date) as followers
      from days
        left join reported using (position, date)
        left join followed using (position, date)
        left join published using (position, date)
    )
    select position::int, is_current, date,
      (array_agg(followers order by daily.date desc))[1] as followers,
      sum(views) as views, sum(reach) as reach, sum(engagements) as engagements, sum(clicks) as clicks,
      sum(posts)::float8 as posts_published
    from daily
    group by grouping sets ((position, is_current, date), (position, is_current))
    having is_current or grouping(date) = 1
    order by position, date
  `.execute(queries);
  const byPosition = subjects.map(() => [] as ReportRow[]);
  for (const row of rows) byPosition[row.position - 1]!.push(row);
  return subjects.map((subject, i) => reportOf(subject, byPosition[i]!));
}

/** Finds the posts with the most engagements for each request, in one statement. */
export async function rankPosts(
  queries: Queries,
  scope: Scope,
  requests: readonly { subject: Subject; limit: number }[],
): Promise<PostPerformanceRecord[][]> {
  const subjects = requests.map(({ subject }) => subject);
  const { rows } = await sql<PostPerformanceRecord & { position: number }>`
    with subjects ${subjectsOf(scope, subjects)},
    ranked as (
      select position, posts.id as post_id, sum(engagements) as value,
        row_number() over (partition by position order by sum(engagements) desc, posts.id) as rank
      from subjects
        join posts on subjects.campaign_id is null or subjects.campaign_id = posts.campaign_id
        join post_metrics on post_metrics.post_id = posts.id
      where posts.workspace_id = ${scope.workspaceId} and date between "from" and "to" and engagements is not null
        and ${isPublishedOnAccounts} and not ${hasHiddenTargets(scope)}
      group by position, posts.id
    )
    select position::int, post_id, value
    from ranked join unnest(${requests.map(({ limit }) => limit)}::int[]) with ordinality as limits (at_most, position) using (position)
    where rank <= at_most
    order by position, rank
  `.execute(queries);
  const byPosition = requests.map(() => [] as PostPerformanceRecord[]);
  for (const { position, postId, value } of rows) byPosition[position - 1]!.push({ postId, value });
  return byPosition;
}

interface ReportRow extends Numbers {
  position: number;
  isCurrent: boolean;
  /** Null in the totals of a period. */
  date: string | null;
}

function reportOf({ from, to, accountIds, campaignId }: Subject, rows: readonly ReportRow[]): AnalyticsReportRecord {
  const totals = (isCurrent: boolean) => rows.find((row) => row.date === null && row.isCurrent === isCurrent)!;
  return {
    from,
    to,
    accountIds,
    campaignId,
    identity: JSON.stringify([from, to, accountIds, campaignId]),
    summary: summaryOf(totals(true), totals(false)),
    daily: rows.flatMap(({ position: _, isCurrent, date, ...numbers }) =>
      date !== null && isCurrent ? [{ date, ...numbers }] : [],
    ),
  };
}

/**
 * The requested reports as rows: `position` from 1, the number of `days`, and the selected accounts, null for all. The planner
 * treats one row of VALUES that is not materialized as constants, and does not read tables that the report does not need.
 */
function subjectsOf(scope: Scope, subjects: readonly Subject[]): RawBuilder<unknown> {
  const rows = subjects.map(({ from, to, accountIds, campaignId }, i) => {
    const days = lengthOf({ from, to });
    const campaign = campaignId && (idsOf('Campaign', [campaignId])[0] ?? 'no campaign');
    return sql`(${i + 1}::bigint, ${from}::date, ${to}::date, ${days}::int, ${campaign}::text, ${counted(scope, accountIds)}::text[])`;
  });
  return sql`(position, "from", "to", days, campaign_id, account_ids) as not materialized (values ${sql.join(rows)})`;
}

/** The number of days. */
function lengthOf({ from, to }: Days): number {
  return daysBetween(from, to) + 1;
}

/** The accounts whose numbers count, null for all. For a confined viewer these are at most their own. */
function counted({ accountIds: visible }: Scope, requested: readonly string[] | null): readonly string[] | null {
  if (requested === null) return visible;
  const known = idsOf('Account', requested);
  return visible === null ? known : known.filter((id) => visible.includes(id));
}

function isOnAccount(accountId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(account_ids is null or ${accountId} = any(account_ids))`;
}

const isPublishedOnAccounts = sql`(account_ids is null or exists (
  select from post_targets
  where post_targets.workspace_id = posts.workspace_id and post_targets.post_id = posts.id
    and post_targets.status = 'PUBLISHED' and post_targets.account_id = any(account_ids)
))`;
