import { sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { Random } from './random.ts';

export interface MeasuredWorkspace {
  readonly workspaceId: string;
  readonly timeZone: string;
}

type Counts = { views: number | null; reach: number | null; engagements: number | null; clicks: number | null };

/** The metrics of an account's current day so far. */
export interface AccountDay {
  readonly accountId: string;
  readonly date: string;
  readonly values: readonly { readonly metric: string; readonly value: number }[];
}

/** The metrics of a post's current day so far. */
export interface PostDay extends Counts {
  readonly postId: string;
  readonly date: string;
}

const followedDays = 7;

/** The accounts' metrics of the day after another hour, which adds about a 24th of the average of the last days. */
export async function measureAccounts(
  queries: Queries,
  { workspaceId }: MeasuredWorkspace,
  { date, random }: { date: string; random: Random },
): Promise<AccountDay[]> {
  const usual = (metric: keyof Counts) => sql<number | null>`avg(${sql.ref(metric)}) filter (where date < ${date})`;
  const soFar = (metric: keyof Counts) => sql<number | null>`sum(${sql.ref(metric)}) filter (where date = ${date})`;
  const accounts = await queries
    .selectFrom('accounts')
    .leftJoin('accountMetrics', (join) =>
      join
        .onRef('accountMetrics.accountId', '=', 'accounts.id')
        .on('accountMetrics.date', '>=', sql<string>`${date}::date - ${followedDays}::int`)
        .on('accountMetrics.date', '<=', date),
    )
    .where('accounts.workspaceId', '=', workspaceId)
    .select(['accounts.id', 'accounts.followerCount'])
    .select([usual('views').as('usualViews'), soFar('views').as('views')])
    .select([usual('reach').as('usualReach'), soFar('reach').as('reach')])
    .select([usual('engagements').as('usualEngagements'), soFar('engagements').as('engagements')])
    .select([usual('clicks').as('usualClicks'), soFar('clicks').as('clicks')])
    .groupBy(['accounts.id', 'accounts.followerCount'])
    .orderBy('accounts.id')
    .execute();

  return accounts.map((account) => {
    const grown = (usualValue: number | null, value: number | null) =>
      usualValue === null ? value : Math.round((value ?? 0) + random.lognormal(usualValue / 24, 0.4));
    const followers = account.followerCount ?? 0;
    const values = [
      { metric: 'FOLLOWERS', value: Math.max(0, followers + Math.round(random.lognormal(followers / 20_000, 0.8))) },
      { metric: 'VIEWS', value: grown(account.usualViews, account.views) },
      { metric: 'REACH', value: grown(account.usualReach, account.reach) },
      { metric: 'ENGAGEMENTS', value: grown(account.usualEngagements, account.engagements) },
      { metric: 'CLICKS', value: grown(account.usualClicks, account.clicks) },
    ];
    return { accountId: account.id, date, values: values.filter(isKnown) };
  });
}

/** The recent posts' metrics of the day after another hour, which adds half as much with each day since the publication. */
export async function measurePosts(
  queries: Queries,
  { workspaceId }: MeasuredWorkspace,
  { date, random, now }: { date: string; random: Random; now: Date },
): Promise<PostDay[]> {
  const posts = await queries
    .selectFrom('posts')
    .innerJoin('postTargets', 'postTargets.postId', 'posts.id')
    .innerJoin('accounts', 'accounts.id', 'postTargets.accountId')
    .leftJoin('postMetrics', (join) =>
      join.onRef('postMetrics.postId', '=', 'posts.id').on('postMetrics.date', '=', date),
    )
    .where('posts.workspaceId', '=', workspaceId)
    .where('posts.publishedAt', '>', new Date(now.getTime() - followedDays * 86_400_000).toISOString())
    .where('postTargets.status', '=', 'PUBLISHED')
    .select(['posts.id', 'posts.publishedAt', 'postMetrics.views', 'postMetrics.reach'])
    .select(['postMetrics.engagements', 'postMetrics.clicks'])
    .select(sql<number>`coalesce(sum(accounts.follower_count), 0)::int8`.as('audience'))
    .groupBy(['posts.id', 'postMetrics.postId', 'postMetrics.date'])
    .orderBy('posts.id')
    .execute();

  return posts.map((post) => {
    const ageDays = (now.getTime() - Date.parse(post.publishedAt!)) / 86_400_000;
    const views = Math.round(random.lognormal(post.audience * 0.01 * 2 ** -ageDays, 0.6));
    const grown = (value: number | null, share: number) => Math.round((value ?? 0) + views * share);
    return {
      postId: post.id,
      date,
      views: grown(post.views, 1),
      reach: grown(post.reach, 0.8),
      engagements: grown(post.engagements, 0.045),
      clicks: grown(post.clicks, 0.01),
    };
  });
}

function isKnown<T extends { value: number | null }>(one: T): one is T & { value: number } {
  return one.value !== null;
}
