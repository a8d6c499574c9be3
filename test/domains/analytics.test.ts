import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccountMetricsTable, PostMetricsTable } from '../../src/database/tables/metrics.ts';
import type { PostTargetsTable } from '../../src/database/tables/posts.ts';
import { computeReports } from '../../src/domains/analytics/repository.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';

type Numbers = Partial<Omit<AccountMetricsTable, 'workspaceId' | 'accountId' | 'date'>>;

const reportFields = `from to
  summary { metric value previousValue changeRatio }
  series(metrics: [FOLLOWERS, VIEWS, REACH, ENGAGEMENTS, ENGAGEMENT_RATE, CLICKS, POSTS_PUBLISHED]) {
    metric points { date value }
  }
  topPosts(limit: 3) { post { id } value }`;

interface Report {
  readonly from: string;
  readonly to: string;
  readonly summary: readonly {
    metric: string;
    value: number | null;
    previousValue: number | null;
    changeRatio: number | null;
  }[];
  readonly series: readonly { metric: string; points: readonly { date: string; value: number | null }[] }[];
  readonly topPosts: readonly { post: { id: string } | null; value: number }[];
}

describe.each(engines)('analytics on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;

  beforeAll(async () => {
    api = await createTestApi(engine);
  });

  beforeEach(async () => {
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
  });

  const measured = (accountId: string, days: Record<string, Numbers>, { id } = workspace) =>
    api.queries
      .insertInto('accountMetrics')
      .values(Object.entries(days).map(([date, numbers]) => ({ workspaceId: id, accountId, date, ...numbers })))
      .execute();

  async function published(
    at: string,
    {
      on = [],
      campaignId = null,
      days = {},
    }: {
      on?: readonly (string | [accountId: string, status: PostTargetsTable['status']])[];
      campaignId?: string | null;
      days?: Record<string, Partial<PostMetricsTable>>;
    } = {},
  ): Promise<string> {
    const id = testId('Post');
    const { id: workspaceId } = workspace;
    await api.queries
      .insertInto('posts')
      .values({
        ...{ id, workspaceId, text: 'Hello', status: 'PUBLISHED', campaignId },
        ...{ publishedAt: at, createdAt: at, updatedAt: at },
      })
      .execute();
    for (const [position, target] of on.entries()) {
      const [accountId, status] = typeof target === 'string' ? [target, 'PUBLISHED' as const] : target;
      await api.queries
        .insertInto('postTargets')
        .values({
          ...{ id: testId('PostTarget'), workspaceId, postId: id, accountId, position, status },
          publishedAt: status === 'PUBLISHED' ? at : null,
        })
        .execute();
    }
    for (const [date, numbers] of Object.entries(days))
      await api.queries
        .insertInto('postMetrics')
        .values({ workspaceId, postId: id, date, ...numbers })
        .execute();
    return id;
  }

  async function campaign(): Promise<string> {
    const id = testId('Campaign');
    const at = '2026-01-01T00:00:00.000Z';
    await api.queries
      .insertInto('campaigns')
      .values({ id, workspaceId: workspace.id, name: 'Campaign', status: 'ACTIVE', createdAt: at, updatedAt: at })
      .execute();
    return id;
  }

  async function ask(
    between: { from: string; to: string },
    filter: object | null = null,
    viewer = owner,
  ): Promise<Report> {
    const { data, errors } = await api.run(
      viewer,
      `query ($range: DateRangeInput, $filter: AnalyticsFilter) { analytics(range: $range, filter: $filter) { ${reportFields} } }`,
      { range: { between }, filter },
    );
    if (errors) throw new AggregateError(errors, errors.join('\n'));
    return data.analytics;
  }

  const sum = (report: Report, metric: string) => report.summary.find((one) => one.metric === metric)!;
  const days = (report: Report, metric: string) =>
    report.series.find((one) => one.metric === metric)!.points.map(({ value }) => value);

  const three = { from: '2026-11-04', to: '2026-11-06' };

  describe('a report', () => {
    it('knows all metrics in their order, and each day, when nobody reported anything', async () => {
      await createTestAccount(api.queries, workspace);
      const report = await ask(three);
      expect(report).toMatchObject({ ...three, topPosts: [] });
      expect(report.summary.map(({ metric, value, previousValue }) => [metric, value, previousValue])).toEqual([
        ['FOLLOWERS', null, null],
        ['VIEWS', null, null],
        ['REACH', null, null],
        ['ENGAGEMENTS', null, null],
        ['ENGAGEMENT_RATE', null, null],
        ['CLICKS', null, null],
        ['POSTS_PUBLISHED', 0, 0],
      ]);
      expect(report.series[0]!.points.map(({ date }) => date)).toEqual(['2026-11-04', '2026-11-05', '2026-11-06']);
      expect(days(report, 'VIEWS')).toEqual([null, null, null]);
      expect(days(report, 'POSTS_PUBLISHED')).toEqual([0, 0, 0]);
    });

    it('sums what accounts reported: null where none did, 0 where one reported 0', async () => {
      const [one, two] = [
        await createTestAccount(api.queries, workspace),
        await createTestAccount(api.queries, workspace),
      ];
      await measured(one, { '2026-11-04': { views: 10, engagements: 1, clicks: 0 }, '2026-11-06': { views: 5 } });
      await measured(two, { '2026-11-04': { views: 30, engagements: 3 } });
      const report = await ask(three);
      expect(days(report, 'VIEWS')).toEqual([40, null, 5]);
      expect(days(report, 'CLICKS')).toEqual([0, null, null]);
      expect(days(report, 'REACH')).toEqual([null, null, null]);
      expect(days(report, 'ENGAGEMENT_RATE')).toEqual([0.1, null, null]);
      expect(sum(report, 'VIEWS').value).toBe(45);
      expect(sum(report, 'CLICKS').value).toBe(0);
      expect(sum(report, 'REACH').value).toBeNull();
      expect(sum(report, 'ENGAGEMENT_RATE').value).toBeCloseTo(4 / 45, 12);
    });

    it('has no rate and no change where it would be infinite, as by rows of other programs with fractions near 0', async () => {
      const account = await createTestAccount(api.queries, workspace);
      await measured(account, {
        '2026-11-03': { clicks: 1e-300 },
        '2026-11-04': { clicks: 9e15, views: 1e-300, engagements: 9e15 },
      });
      const report = await ask(three);
      expect(sum(report, 'CLICKS')).toMatchObject({ value: 9e15, previousValue: 1e-300, changeRatio: null });
      expect(sum(report, 'ENGAGEMENT_RATE')).toMatchObject({ value: null, previousValue: null, changeRatio: null });
      expect(days(report, 'ENGAGEMENT_RATE')).toEqual([null, null, null]);
    });

    it('compares with the period of equal length before, and not when that was 0 or unknown', async () => {
      const account = await createTestAccount(api.queries, workspace);
      await measured(account, {
        '2026-10-31': { views: 1_000, reach: 1_000, engagements: 1_000, clicks: 1_000 },
        '2026-11-01': { views: 10, clicks: 0 },
        '2026-11-03': { views: 10 },
        '2026-11-04': { views: 25, clicks: 3, reach: 7 },
        '2026-11-06': { views: 5 },
        '2026-11-07': { views: 1_000 },
      });
      const report = await ask(three);
      expect(sum(report, 'VIEWS')).toMatchObject({ value: 30, previousValue: 20, changeRatio: 0.5 });
      expect(sum(report, 'CLICKS')).toMatchObject({ value: 3, previousValue: 0, changeRatio: null });
      expect(sum(report, 'REACH')).toMatchObject({ value: 7, previousValue: null, changeRatio: null });
      expect(sum(report, 'ENGAGEMENTS')).toMatchObject({ value: null, previousValue: null, changeRatio: null });
    });

    it('has no engagement rate for no views', async () => {
      const account = await createTestAccount(api.queries, workspace);
      await measured(account, { '2026-11-04': { views: 0, engagements: 0 }, '2026-11-05': { engagements: 2 } });
      expect(days(await ask(three), 'ENGAGEMENT_RATE')).toEqual([null, null, null]);
    });
  });

  describe('followers', () => {
    it('are those that each account had last, from however long before', async () => {
      const [one, two] = [
        await createTestAccount(api.queries, workspace),
        await createTestAccount(api.queries, workspace),
      ];
      await measured(one, {
        '2025-01-01': { followers: 100 },
        '2026-11-05': { followers: 90 },
        '2026-11-06': { views: 1 },
      });
      await measured(two, { '2026-11-06': { followers: 7 }, '2026-11-07': { followers: 1_000 } });
      const report = await ask(three);
      expect(days(report, 'FOLLOWERS')).toEqual([100, 90, 97]);
      expect(sum(report, 'FOLLOWERS')).toMatchObject({ value: 97, previousValue: 100 });
      expect(sum(report, 'FOLLOWERS').changeRatio).toBeCloseTo(-0.03, 12);
    });

    it('are unknown before the first report of any account', async () => {
      const account = await createTestAccount(api.queries, workspace);
      await measured(account, { '2026-11-05': { followers: 0 } });
      const report = await ask(three);
      expect(days(report, 'FOLLOWERS')).toEqual([null, 0, 0]);
      expect(sum(report, 'FOLLOWERS')).toMatchObject({ value: 0, previousValue: null, changeRatio: null });
    });
  });

  describe('published posts', () => {
    it('count on the day that they were published on in the time zone of the workspace, a long day included', async () => {
      // Clocks in Vienna go back on October 25: the day lasts from 22:00 UTC of the day before to 23:00 UTC.
      const from = '2026-10-24';
      for (const at of ['2026-10-24T21:59:59.999Z', '2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z'])
        await published(at);
      await published('2026-10-25T23:00:00.000Z');
      const report = await ask({ from, to: '2026-10-26' });
      expect(days(report, 'POSTS_PUBLISHED')).toEqual([1, 2, 1]);
      const utc = workspace.viewer({ timeZone: 'UTC' });
      expect(days(await ask({ from, to: '2026-10-26' }, null, utc), 'POSTS_PUBLISHED')).toEqual([2, 2, 0]);
    });

    it('count in the period before up to its very start', async () => {
      await published('2026-10-31T22:59:59.999Z');
      await published('2026-10-31T23:00:00.000Z');
      await published('2026-11-03T22:59:59.999Z');
      await published('2026-11-03T23:00:00.000Z');
      await published('2026-11-06T23:00:00.000Z');
      expect(sum(await ask(three), 'POSTS_PUBLISHED')).toMatchObject({ value: 1, previousValue: 2, changeRatio: -0.5 });
    });

    it('count for the accounts on which they were published', async () => {
      const [one, two] = [
        await createTestAccount(api.queries, workspace),
        await createTestAccount(api.queries, workspace),
      ];
      const at = '2026-11-05T12:00:00.000Z';
      await published(at, { on: [one, [two, 'FAILED']] });
      await published(at, { on: [one, two] });
      await published(at);
      const count = async (accountIds: string[] | null) =>
        sum(await ask(three, { accountIds }), 'POSTS_PUBLISHED').value;
      expect([await count(null), await count([one]), await count([two]), await count([one, two])]).toEqual([
        3, 2, 1, 2,
      ]);
    });
  });

  describe('a filter', () => {
    it('by accounts leaves the others out, in whatever order they are named', async () => {
      const [one, two, three_] = await Promise.all([1, 2, 3].map(() => createTestAccount(api.queries, workspace)));
      for (const [index, account] of [one!, two!, three_!].entries())
        await measured(account, { '2026-11-04': { views: 10 ** index, followers: 10 ** index } });
      const views = async (accountIds: string[]) => sum(await ask(three, { accountIds }), 'VIEWS').value;
      expect(await views([one!])).toBe(1);
      expect(await views([three_!, one!, one!])).toBe(101);
      expect(sum(await ask(three, { accountIds: [two!] }), 'FOLLOWERS').value).toBe(10);
    });

    it.each([
      ['by no account', { accountIds: [] }],
      ['by accounts that are not there', { accountIds: [testId('Account'), 'a\0b'] }],
      ['by a campaign that is not there', { campaignId: testId('Campaign') }],
      ['by what is no campaign', { campaignId: 'c\0d' }],
    ])('%s fits nothing', async (_, filter) => {
      const account = await createTestAccount(api.queries, workspace);
      await measured(account, { '2026-11-04': { views: 1, followers: 1 } });
      await published('2026-11-04T12:00:00.000Z', { on: [account], days: { '2026-11-04': { engagements: 1 } } });
      const report = await ask(three, filter);
      for (const { metric, value } of report.summary)
        expect([metric, value]).toEqual([metric, metric === 'POSTS_PUBLISHED' ? 0 : null]);
      expect(report.topPosts).toEqual([]);
    });

    it('by a campaign sums its posts, which have no followers', async () => {
      const [account, id] = [await createTestAccount(api.queries, workspace), await campaign()];
      await measured(account, { '2026-11-04': { views: 1_000, followers: 1_000 } });
      const at = '2026-11-04T12:00:00.000Z';
      const first = await published(at, {
        ...{ on: [account], campaignId: id },
        days: { '2026-11-01': { views: 4 }, '2026-11-04': { views: 10, engagements: 1 }, '2026-11-05': { views: 6 } },
      });
      const second = await published(at, {
        ...{ on: [account], campaignId: id, days: { '2026-11-04': { engagements: 2 } } },
      });
      await published(at, { on: [account], days: { '2026-11-04': { views: 100, engagements: 100 } } });
      const report = await ask(three, { campaignId: id });
      expect(days(report, 'VIEWS')).toEqual([10, 6, null]);
      expect(sum(report, 'VIEWS')).toMatchObject({ value: 16, previousValue: 4, changeRatio: 3 });
      expect(sum(report, 'ENGAGEMENTS').value).toBe(3);
      expect(sum(report, 'POSTS_PUBLISHED').value).toBe(2);
      expect(sum(report, 'FOLLOWERS').value).toBeNull();
      expect(report.topPosts.map(({ post }) => post?.id)).toEqual([second, first]);
      const { data } = await api.run(
        owner,
        `query ($range: DateRangeInput) { campaign(id: "${id}") { analytics(range: $range) { ${reportFields} } } }`,
        { range: { between: three } },
      );
      expect(data.campaign.analytics).toEqual(report);
    });

    it('by both takes the posts of the campaign on these accounts', async () => {
      const [one, two, id] = [
        await createTestAccount(api.queries, workspace),
        await createTestAccount(api.queries, workspace),
        await campaign(),
      ];
      const at = '2026-11-04T12:00:00.000Z';
      await published(at, { on: [one], campaignId: id, days: { '2026-11-04': { views: 1 } } });
      await published(at, { on: [two], campaignId: id, days: { '2026-11-04': { views: 10 } } });
      await published(at, { on: [one, two], campaignId: id, days: { '2026-11-04': { views: 100 } } });
      await published(at, { on: [one], days: { '2026-11-04': { views: 1_000 } } });
      const report = await ask(three, { campaignId: id, accountIds: [one] });
      expect(sum(report, 'VIEWS').value).toBe(101);
      expect(sum(report, 'POSTS_PUBLISHED').value).toBe(2);
    });
  });

  describe('a viewer', () => {
    it('who is confined gets the numbers of their accounts alone', async () => {
      const [seen, hidden, id] = [
        await createTestAccount(api.queries, workspace),
        await createTestAccount(api.queries, workspace),
        await campaign(),
      ];
      await measured(seen, { '2026-11-04': { views: 1, followers: 1 } });
      await measured(hidden, { '2026-11-04': { views: 10, followers: 10 } });
      const at = '2026-11-04T12:00:00.000Z';
      const visible = await published(at, {
        on: [seen],
        campaignId: id,
        days: { '2026-11-04': { views: 5, engagements: 5 } },
      });
      await published(at, { on: [hidden], campaignId: id, days: { '2026-11-04': { views: 50, engagements: 50 } } });
      const confined = workspace.viewer({ accountIds: [seen] });

      const report = await ask(three, null, confined);
      expect(sum(report, 'VIEWS').value).toBe(1);
      expect(sum(report, 'FOLLOWERS').value).toBe(1);
      expect(sum(report, 'POSTS_PUBLISHED').value).toBe(1);
      expect(report.topPosts).toEqual([{ post: { id: visible }, value: 5 }]);
      expect(sum(await ask(three, { accountIds: [seen, hidden] }, confined), 'VIEWS').value).toBe(1);
      expect(sum(await ask(three, { accountIds: [hidden] }, confined), 'VIEWS').value).toBeNull();
      expect(sum(await ask(three, { campaignId: id }, confined), 'VIEWS').value).toBe(5);
      expect(sum(await ask(three, null, workspace.viewer({ accountIds: [] })), 'VIEWS').value).toBeNull();
    });

    it('of another workspace gets nothing of it', async () => {
      const [account, id] = [await createTestAccount(api.queries, workspace), await campaign()];
      await measured(account, { '2026-11-04': { views: 1, followers: 1 } });
      await published('2026-11-04T12:00:00.000Z', {
        ...{ on: [account], campaignId: id, days: { '2026-11-04': { views: 5, engagements: 5 } } },
      });
      const stranger = (await createTestWorkspace(api.queries)).viewer();
      for (const filter of [null, { accountIds: [account] }, { campaignId: id }]) {
        const report = await ask(three, filter, stranger);
        expect(report.summary.map(({ value }) => value)).toEqual([null, null, null, null, null, null, 0]);
        expect(report.topPosts).toEqual([]);
      }
    });
  });

  describe('the top posts', () => {
    it('are those with the most engagements in the period, ties by id', async () => {
      const at = '2026-10-01T12:00:00.000Z';
      const [first, second, third] = [
        await published(at, { days: { '2026-11-04': { engagements: 2 }, '2026-11-06': { engagements: 2 } } }),
        await published(at, { days: { '2026-11-05': { engagements: 4 } } }),
        await published(at, { days: { '2026-11-04': { engagements: 9 }, '2026-11-03': { engagements: 100 } } }),
        await published(at, { days: { '2026-11-04': { engagements: 1 } } }),
        await published(at, { days: { '2026-11-04': { views: 1 } } }),
      ];
      const { topPosts } = await ask(three);
      const tied = [first, second].toSorted();
      expect(topPosts).toEqual([
        { post: { id: third }, value: 9 },
        { post: { id: tied[0] }, value: 4 },
        { post: { id: tied[1] }, value: 4 },
      ]);
    });

    it('are as many as asked for', async () => {
      const days = { '2026-11-22': { engagements: 1 } };
      await Promise.all(Array.from({ length: 51 }, () => published('2026-11-22T08:00:00.000Z', { days })));
      const { data, errors } = await api.run(
        owner,
        '{ analytics { byDefault: topPosts { value } none: topPosts(limit: 0) { value } all: topPosts(limit: 50) { value } } }',
      );
      expect(errors).toBeUndefined();
      expect(data.analytics.byDefault).toHaveLength(5);
      expect(data.analytics.none).toEqual([]);
      expect(data.analytics.all).toHaveLength(50);
    });
  });

  describe('a series', () => {
    it('comes once for each metric, in the order asked for', async () => {
      const { data } = await api.run(
        owner,
        '{ analytics { series(metrics: [VIEWS, CLICKS, VIEWS]) { metric points { date } } } }',
      );
      expect(data.analytics.series.map(({ metric }: { metric: string }) => metric)).toEqual(['VIEWS', 'CLICKS']);
      expect(data.analytics.series[0].points).toHaveLength(28);
    });
  });

  describe('reports together', () => {
    it('take one statement, and their top posts another', async () => {
      const ids = [await campaign(), await campaign(), await campaign()];
      const at = '2026-11-20T12:00:00.000Z';
      for (const [index, campaignId] of ids.entries())
        await published(at, { campaignId, days: { '2026-11-20': { views: index + 1, engagements: index + 1 } } });
      const { data, errors, statements } = await api.run(
        owner,
        `{ campaigns { nodes { id
          week: analytics(range: { preset: LAST_7_DAYS }) { from summary { metric value } topPosts { post { id } value } }
          month: analytics(range: { preset: THIS_MONTH }) { from to summary { metric value } }
        } } }`,
      );
      expect(errors).toBeUndefined();
      for (const { id, week, month } of data.campaigns.nodes) {
        const views = ids.indexOf(id) + 1;
        expect(week).toMatchObject({ from: '2026-11-16', topPosts: [{ value: views }] });
        expect(month).toMatchObject({ from: '2026-11-01', to: '2026-11-30' });
        for (const { summary } of [week, month]) expect(summary[1]).toEqual({ metric: 'VIEWS', value: views });
      }
      // Campaigns, reports, top posts, posts.
      expect(statements).toBe(4);
    });
  });

  it('are records that survive JSON, and tell what they are about', async () => {
    const subjects = [
      { ...three, accountIds: null, campaignId: null },
      { ...three, accountIds: [], campaignId: null },
      { ...three, accountIds: ['acc_1'], campaignId: null },
      { ...three, accountIds: null, campaignId: 'acc_1' },
      { ...three, to: three.from, accountIds: null, campaignId: null },
    ];
    const reports = await computeReports(api.queries, owner, subjects);
    expect(reports).toMatchObject(subjects);
    expect(new Set(reports.map(({ identity }) => identity)).size).toBe(subjects.length);
    expect(JSON.parse(JSON.stringify(reports))).toStrictEqual(reports);
  });

  describe('recording metrics', () => {
    const record = async (input: object, viewer = workspace.viewer({ role: 'EDITOR' })) => {
      const { data, errors, invalidated } = await api.run(
        viewer,
        'mutation ($input: RecordMetricsInput!) { recordMetrics(input: $input) { recorded userErrors { code path } } }',
        { input },
      );
      if (errors) throw new AggregateError(errors, errors.join('\n'));
      return { ...data.recordMetrics, invalidated };
    };
    const date = '2026-11-20';
    const row = (accountId: string) =>
      api.queries
        .selectFrom('accountMetrics')
        .select(['followers', 'views', 'reach', 'engagements', 'clicks'])
        .where('accountId', '=', accountId)
        .where('date', '=', date)
        .executeTakeFirst();
    const followerCount = async (id: string) =>
      (await api.run(owner, `{ account(id: "${id}") { followerCount } }`)).data.account.followerCount;
    let account: string;
    beforeEach(async () => {
      account = await createTestAccount(api.queries, workspace);
    });

    it('sets what is named, and leaves the rest as it is', async () => {
      const values = [
        { metric: 'VIEWS', value: 10 },
        { metric: 'CLICKS', value: 0 },
      ];
      const answer = await record({ accountId: account, date, values });
      expect(answer).toEqual({
        ...{ recorded: 2, userErrors: [] },
        invalidated: [`AnalyticsReport:${account}`, 'AnalyticsReport:all'],
      });
      await record({ accountId: account, date, values: [{ metric: 'VIEWS', value: 12 }] });
      expect(await row(account)).toEqual({ followers: null, views: 12, reach: null, engagements: null, clicks: 0 });
    });

    it('makes the latest followers those of the account', async () => {
      const followers = (day: string, value: number) =>
        record({ accountId: account, date: day, values: [{ metric: 'FOLLOWERS', value }] });
      expect((await followers('2026-11-20', 100)).invalidated).toContain(`Account:${account}`);
      expect(await followerCount(account)).toBe(100);
      const earlier = await followers('2026-11-19', 90);
      expect(earlier).toMatchObject({ recorded: 1 });
      expect(earlier.invalidated).not.toContain(`Account:${account}`);
      expect(await followerCount(account)).toBe(100);
      await followers('2026-11-20', 101);
      expect(await followerCount(account)).toBe(101);
      expect((await followers('2026-11-20', 101)).invalidated).not.toContain(`Account:${account}`);
    });

    it('is refused with everything that is wrong', async () => {
      const answer = await record({
        ...{ accountId: account, date: '2026-11-23' },
        values: [
          { metric: 'POSTS_PUBLISHED', value: 1 },
          { metric: 'VIEWS', value: -1 },
          { metric: 'VIEWS', value: 1 },
          { metric: 'CLICKS', value: 1e300 },
          { metric: 'REACH', value: 1e-300 },
          { metric: 'FOLLOWERS', value: 12.5 },
        ],
      });
      expect(answer).toMatchObject({ recorded: 0, invalidated: [] });
      expect(answer.userErrors).toEqual([
        { code: 'INVALID', path: ['input', 'values', '0', 'metric'] },
        { code: 'INVALID', path: ['input', 'values', '1', 'value'] },
        { code: 'INVALID', path: ['input', 'values', '2', 'metric'] },
        { code: 'INVALID', path: ['input', 'values', '3', 'value'] },
        { code: 'INVALID', path: ['input', 'values', '4', 'value'] },
        { code: 'INVALID', path: ['input', 'values', '5', 'value'] },
        { code: 'INVALID', path: ['input', 'date'] },
      ]);
      expect((await record({ accountId: account, date, values: [] })).userErrors).toEqual([
        { code: 'INVALID', path: ['input', 'values'] },
      ]);
      expect(await row(account)).toBeUndefined();
    });

    it('takes today as it is in the time zone of the workspace', async () => {
      api.clock = new Date('2026-11-22T23:30:00.000Z');
      const values = [{ metric: 'VIEWS', value: 1 }];
      const input = { accountId: account, date: '2026-11-23', values };
      const inVienna = await record(input);
      const inUtc = await record(input, workspace.viewer({ timeZone: 'UTC' }));
      api.clock = new Date('2026-11-22T09:00:00.000Z');
      expect([inVienna.recorded, inUtc.recorded]).toEqual([1, 0]);
    });

    it('does not find an account that the viewer does not see', async () => {
      const strangers = [(await createTestWorkspace(api.queries)).viewer(), workspace.viewer({ accountIds: [] })];
      for (const viewer of strangers)
        expect(await record({ accountId: account, date, values: [{ metric: 'VIEWS', value: 1 }] }, viewer)).toEqual({
          ...{ recorded: 0, invalidated: [], userErrors: [{ code: 'NOT_FOUND', path: ['input', 'accountId'] }] },
        });
    });

    it('is for editors', async () => {
      const contributor = workspace.viewer({ role: 'CONTRIBUTOR' });
      await expect(record({ accountId: account, date, values: [] }, contributor)).rejects.toThrow('EDITOR');
    });
  });

  it('takes a statement for each twenty reports, between which other workspaces get their turns', async () => {
    const reports = Array.from({ length: 45 }, (_, i) => {
      const to = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10);
      return `r${i}: analytics(range: { between: { from: "2026-01-01", to: "${to}" } }) { to topPosts(limit: ${i + 1}) { value } }`;
    });
    const { data, statements } = await api.run(owner, `{ ${reports.join(' ')} }`);
    expect([data.r0.to, data.r44.to, statements]).toEqual(['2026-01-01', '2026-02-14', 3 + 3]);
  });
});
