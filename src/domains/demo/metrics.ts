import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import { today } from '../date-range.ts';
import type { AccountRow } from './accounts.ts';
import { networkManners } from './networks.ts';
import type { DemoPost } from './posts.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';
import { minutesOfDay } from './wall-clock.ts';

type AccountDay = Insertable<Tables['accountMetrics']>;
type PostDay = Insertable<Tables['postMetrics']>;

/** The metrics of an account on one day; null if its network does not report one. */
interface Counts {
  readonly views: number | null;
  readonly reach: number | null;
  readonly engagements: number | null;
  readonly clicks: number | null;
}

/** The shares of a post's views on the days from its publication on. */
const decay = [0.52, 0.22, 0.11, 0.07, 0.04, 0.025, 0.015];
const viralPosts = 12;
/** Weights of the views of older posts and the profile, from Sunday to Saturday. */
const weekSeason = [0.8, 1, 1.06, 1.1, 1.06, 1.02, 0.86];
const missingDayShare = 0.012;
const missingValueShare = 0.01;

export interface Metrics {
  readonly accountDays: readonly AccountDay[];
  readonly postDays: readonly PostDay[];
}

/** Creates consistent metrics: an account's day is the sum of its posts' days and a base. */
export function makeMetrics(stage: Stage, accounts: readonly AccountRow[], posts: readonly DemoPost[]): Metrics {
  const histories = new Map(accounts.map((account) => [account.id, followerHistory(stage, account.followerCount)]));
  const { postDays, byAccount } = measurePosts(stage, posts, histories);
  const accountDays = accounts.flatMap((account) =>
    measureAccount(stage, account, {
      followers: histories.get(account.id)!,
      posts: byAccount.get(account.id) ?? new Map(),
    }),
  );
  return { accountDays, postDays };
}

/** Follower counts with lognormal growth that ends at today's count. */
function followerHistory({ random, days }: Stage, endsAt: number): number[] {
  const yearlyGrowth = random.lognormal(0.3, 0.5);
  const history: number[] = [];
  let logarithm = Math.log(Math.max(endsAt, 1));
  for (let index = days.length - 1; index >= 0; index -= 1) {
    history[index] = Math.round(Math.exp(logarithm));
    logarithm -= (yearlyGrowth / 365) * (1 + 1.4 * random.normal());
  }
  history[days.length - 1] = endsAt;
  return history;
}

function measurePosts(stage: Stage, posts: readonly DemoPost[], histories: ReadonlyMap<string, readonly number[]>) {
  const { random, days, workspaceId, brand } = stage;
  const dayIndexes = new Map(days.map((day, index) => [day, index]));
  const published = posts.filter(({ row }) => row.publishedAt !== null);
  const viral = new Set(random.shuffle(published).slice(0, viralPosts));
  const byAccount = new Map<string, Map<number, Counts[]>>();
  const postDays: PostDay[] = [];

  for (const post of published) {
    const first = dayIndexes.get(today(brand.timeZone, new Date(post.row.publishedAt!)))!;
    const boost = viral.has(post) ? random.lognormal(8, 0.4) : random.lognormal(1, 0.35);
    const totals = post.targets
      .filter(({ row }) => row.status === 'PUBLISHED')
      .map(({ account }) => {
        const followers = histories.get(account.id)![first]!;
        return { account, views: followers * networkManners[account.network].views * boost * random.lognormal(1, 0.4) };
      });
    decay.slice(0, days.length - first).forEach((share, age) => {
      const index = first + age;
      const counts = totals.map(({ account, views }) => {
        const counted = countsOf(random, account, views * share * elapsed(stage, index));
        const ofAccount = byAccount.get(account.id) ?? new Map<number, Counts[]>();
        byAccount.set(account.id, ofAccount.set(index, [...(ofAccount.get(index) ?? []), counted]));
        return counted;
      });
      postDays.push({ workspaceId, postId: post.row.id, date: days[index]!, ...sum(counts) });
    });
  }
  return { postDays, byAccount };
}

function measureAccount(
  stage: Stage,
  account: AccountRow,
  { followers, posts }: { followers: readonly number[]; posts: ReadonlyMap<number, readonly Counts[]> },
): AccountDay[] {
  const { random, days, workspaceId } = stage;
  const isMissing = (index: number) => index < days.length - 2 && random.chance(missingDayShare);
  return days.flatMap((date, index) => {
    if (isMissing(index)) return [];
    const season = weekSeason[new Date(date).getUTCDay()]!;
    const usual = followers[index]! * networkManners[account.network].views * 0.18 * season * random.lognormal(1, 0.16);
    const counts = sum([countsOf(random, account, usual * elapsed(stage, index)), ...(posts.get(index) ?? [])]);
    const reported = Object.fromEntries(
      Object.entries(counts).map(([metric, value]) => [metric, random.chance(missingValueShare) ? null : value]),
    ) as unknown as Counts;
    return [{ workspaceId, accountId: account.id, date, followers: followers[index]!, ...reported }];
  });
}

/** The share of a day that is over: 1, except for today. */
function elapsed({ brand, days, nowMs }: Stage, index: number): number {
  return index < days.length - 1 ? 1 : Math.max(0.05, minutesOfDay(brand.timeZone, nowMs) / 1_440);
}

/** The metrics of a number of views on a network. */
function countsOf(random: Random, { network }: AccountRow, views: number): Counts {
  const { engagementRate, silentOn } = networkManners[network];
  const engagements = views * Math.min(0.5, random.lognormal(engagementRate, 0.3));
  const counts = {
    views: Math.round(views),
    reach: Math.round(views * (0.62 + 0.2 * random.next())),
    engagements: Math.round(engagements),
    clicks: Math.round(engagements * random.lognormal(0.14, 0.4)),
  };
  return { ...counts, ...Object.fromEntries(silentOn.map((metric) => [metric, null])) };
}

/** The sums of metrics; null where no value is reported. */
function sum(all: readonly Counts[]): Counts {
  const total = (metric: keyof Counts) => {
    const values = all.flatMap((counts) => counts[metric] ?? []);
    return values.length === 0 ? null : values.reduce((whole, value) => whole + value, 0);
  };
  return { views: total('views'), reach: total('reach'), engagements: total('engagements'), clicks: total('clicks') };
}
