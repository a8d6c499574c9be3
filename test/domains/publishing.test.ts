import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { type PostMutations, postMutations } from './post-mutations.ts';

const claimDocument = /* GraphQL */ `
  mutation ($input: ClaimTargetsInput!) {
    claimTargets(input: $input) {
      targets { text target { id status } post { id status } }
      userErrors { code path }
    }
  }
`;
const recordDocument = /* GraphQL */ `
  mutation ($input: RecordPublicationInput!) {
    recordPublication(input: $input) {
      post { id status publishedAt revision targets { status permalink failureMessage } }
      userErrors { code message path }
    }
  }
`;
const metricsDocument = /* GraphQL */ `
  mutation ($input: RecordPostMetricsInput!) {
    recordPostMetrics(input: $input) {
      post { metrics { views reach engagements clicks } }
      userErrors { code path }
    }
  }
`;

interface ClaimedTarget {
  text: string;
  target: { id: string; status: string };
  post: { id: string; status: string };
}

describe.each(engines)('publishing on %s', (engine) => {
  let api: TestApi;
  let posts: PostMutations;
  let workspace: TestWorkspace;
  let accounts: string[];

  beforeAll(async () => {
    api = await createTestApi(engine);
    posts = postMutations(api);
  });

  beforeEach(async () => {
    api.clock = new Date('2026-11-22T09:00:00.000Z');
    workspace = await createTestWorkspace(api.queries);
    accounts = [await createTestAccount(api.queries, workspace), await createTestAccount(api.queries, workspace)];
  });

  const scheduled = async (at: string, input: object = {}) => {
    const { post } = await posts.create(workspace.viewer(), {
      text: at,
      accountIds: accounts,
      scheduledAt: at,
      ...input,
    });
    return post;
  };
  /** Posts that are due, with two targets each; by SQL, as they are many. */
  const makeDue = async (targets: number) => {
    const at = api.clock.toISOString();
    const due = { workspaceId: workspace.id, text: 'Due', status: 'SCHEDULED' } as const;
    const made = Array.from({ length: targets / 2 }, () => testId('Post'));
    await api.queries
      .insertInto('posts')
      .values(made.map((id) => ({ id, ...due, scheduledAt: at, createdAt: at, updatedAt: at })))
      .execute();
    const rows = made.flatMap((postId) =>
      accounts.map((accountId, position) => ({ id: testId('PostTarget'), postId, accountId, position })),
    );
    await api.queries
      .insertInto('postTargets')
      .values(rows.map((row) => ({ ...row, workspaceId: workspace.id, status: 'SCHEDULED' as const })))
      .execute();
  };
  const claim = async (limit = 100, leaseSeconds = 60): Promise<ClaimedTarget[]> => {
    const { claimTargets } = await api.runAsSystem(workspace.id, claimDocument, { input: { limit, leaseSeconds } });
    expect(claimTargets.userErrors).toEqual([]);
    return claimTargets.targets;
  };
  const record = async (input: object) =>
    (await api.runAsSystem(workspace.id, recordDocument, { input })).recordPublication;
  const later = (seconds: number) => {
    api.clock = new Date(api.clock.getTime() + seconds * 1_000);
  };

  describe('a claim', () => {
    it('takes what is due, most overdue first, and nothing else', async () => {
      await scheduled('2026-11-22T09:10:00.000Z', { accountIds: [accounts[0]] });
      await scheduled('2026-11-22T09:05:00.000Z', { accountIds: [accounts[0]] });
      await scheduled('2026-11-22T12:00:00.000Z');
      await posts.create(workspace.viewer(), { text: 'A draft', accountIds: accounts });
      expect(await claim()).toEqual([]);
      later(900);
      const claimed = await claim();
      expect(claimed.map(({ text }) => text)).toEqual(['2026-11-22T09:05:00.000Z', '2026-11-22T09:10:00.000Z']);
      expect(claimed[0]).toMatchObject({ target: { status: 'PUBLISHING' }, post: { status: 'PUBLISHING' } });
    });

    it('takes a post that is published now', async () => {
      const { post } = await posts.create(workspace.viewer(), { text: 'Now', accountIds: accounts });
      await posts.publish(workspace.viewer(), { id: post.id });
      expect((await claim()).map(({ text }) => text)).toEqual(['Now', 'Now']);
    });

    it('takes no more than its limit, and the rest the next time', async () => {
      await scheduled('2026-11-22T09:00:00.000Z');
      const [first, second, third] = [await claim(1), await claim(1), await claim(1)];
      expect(third).toEqual([]);
      expect(first[0]!.target.id).not.toBe(second[0]!.target.id);
    });

    it('stays within its workspace', async () => {
      await scheduled('2026-11-22T09:00:00.000Z');
      const other = await createTestWorkspace(api.queries);
      const answer = await api.runAsSystem(other.id, claimDocument, { input: { limit: 100, leaseSeconds: 60 } });
      expect(answer.claimTargets.targets).toEqual([]);
    });

    it('is for the system alone', async () => {
      const { errors } = await api.run(workspace.viewer(), claimDocument, { input: { limit: 1, leaseSeconds: 60 } });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    });

    it('by many publishers at once gives each target to one of them', async () => {
      // The embedded database does one thing at a time: there, fewer say as much.
      const count = engine === 'pglite' ? 20 : 120;
      await makeDue(count);
      const taken: string[] = [];
      // One at a time, so that the publishers are after the same target again and again.
      const publisher = async () => {
        for (let claimed = await claim(1); claimed.length > 0; claimed = await claim(1))
          taken.push(...claimed.map(({ target }) => target.id));
      };
      await Promise.all(Array.from({ length: 8 }, publisher));
      // A publisher passes over what another has locked at that moment, and may so find nothing while something is left.
      await publisher();
      expect(taken).toHaveLength(count);
      expect(new Set(taken).size).toBe(count);
      const { attempts } = await api.queries
        .selectFrom('postTargets')
        .select((eb) => eb.fn.sum<number>('attempts').as('attempts'))
        .where('workspaceId', '=', workspace.id)
        .executeTakeFirstOrThrow();
      expect(attempts).toBe(count);
    });

    it('that meets a change of the post lets one of both win', async () => {
      const made = [];
      for (let count = 0; count < 6; count += 1) made.push(await scheduled('2026-11-22T09:00:00.000Z'));
      const [claimed, ...unscheduled] = await Promise.all([
        claim(),
        ...made.map(({ id }) => posts.unschedule(workspace.viewer(), { id })),
      ]);
      const claimedPosts = new Set(claimed.map(({ post }) => post.id));
      for (const [index, { userErrors }] of unscheduled.entries())
        expect(userErrors.length).toBe(claimedPosts.has(made[index]!.id) ? 1 : 0);
    });

    it('ends with its lease: another takes over, and waits twice as long each time', async () => {
      await scheduled('2026-11-22T09:00:00.000Z', { accountIds: [accounts[0]] });
      const [first] = await claim(1, 60);
      later(59);
      expect(await claim()).toEqual([]);
      later(1);
      expect((await claim(1, 60))[0]!.target.id).toBe(first!.target.id);
      later(119);
      expect(await claim()).toEqual([]);
      later(1);
      expect(await claim()).toHaveLength(1);
    });

    it.each([
      [{ limit: 0, leaseSeconds: 60 }, 'limit'],
      [{ limit: 1, leaseSeconds: 0 }, 'leaseSeconds'],
    ])('of %j is refused', async (input, path) => {
      const { claimTargets } = await api.runAsSystem(workspace.id, claimDocument, { input });
      expect(claimTargets).toEqual({ targets: [], userErrors: [{ code: 'INVALID', path: ['input', path] }] });
    });
  });

  describe('an outcome', () => {
    it('makes the post what its targets are', async () => {
      await scheduled('2026-11-22T09:00:00.000Z');
      const [first, second] = await claim();
      const { post } = await record({ targetId: first!.target.id, permalink: 'https://example.com/1' });
      expect(post).toMatchObject({ status: 'PUBLISHING', publishedAt: '2026-11-22T09:00:00.000Z' });
      later(5);
      const done = await record({ targetId: second!.target.id, failureMessage: 'Too loud' });
      expect(done.post).toMatchObject({
        status: 'PARTIALLY_PUBLISHED',
        publishedAt: '2026-11-22T09:00:00.000Z',
        targets: [
          { status: 'PUBLISHED', permalink: 'https://example.com/1', failureMessage: null },
          { status: 'FAILED', permalink: null, failureMessage: 'Too loud' },
        ],
      });
    });

    it('stays, whatever is recorded afterwards', async () => {
      await scheduled('2026-11-22T09:00:00.000Z', { accountIds: [accounts[0]] });
      const [{ target }] = (await claim()) as [ClaimedTarget];
      const { post } = await record({ targetId: target.id, permalink: 'https://example.com/1' });
      expect(await record({ targetId: target.id, permalink: 'https://example.com/1' })).toEqual({
        post,
        userErrors: [],
      });
      expect(await record({ targetId: target.id, failureMessage: 'Late' })).toEqual({ post, userErrors: [] });
    });

    it('of both targets at once loses neither', async () => {
      await scheduled('2026-11-22T09:00:00.000Z');
      const claimed = await claim();
      await Promise.all(
        claimed.map(({ target }) => record({ targetId: target.id, permalink: 'https://example.com/1' })),
      );
      const { data } = await api.run(workspace.viewer(), `{ post(id: "${claimed[0]!.post.id}") { status } }`);
      expect(data.post.status).toBe('PUBLISHED');
    });

    it('is refused for what nobody claimed, and for what is not there', async () => {
      const { targets } = await scheduled('2026-11-22T09:00:00.000Z');
      const unclaimed = await record({ targetId: targets[0]!.id, permalink: 'https://example.com/1' });
      expect(unclaimed.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
      const absent = await record({ targetId: testId('PostTarget'), permalink: 'https://example.com/1' });
      expect(absent.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      const neither = await record({ targetId: targets[0]!.id });
      expect(neither.userErrors).toMatchObject([{ code: 'INVALID', path: null }, { code: 'CONFLICT' }]);
    });

    it('reports the day before and after, and the reports of accounts and campaign', async () => {
      const { id } = await scheduled('2026-11-30T22:30:00.000Z', { accountIds: [accounts[0]] });
      api.clock = new Date('2026-11-30T23:30:00.000Z');
      const [{ target }] = (await claim()) as [ClaimedTarget];
      const system = workspace.viewer({ kind: 'SYSTEM' });
      const { invalidated } = await api.run(system, recordDocument, {
        input: { targetId: target.id, permalink: 'https://example.com/1' },
      });
      // Planned for 30 November and published on 1 December, in Vienna.
      expect(invalidated).toEqual(
        [
          ...['Post', `Post:${id}`, 'Calendar:2026-11', 'Calendar:2026-12'],
          ...['AnalyticsReport:all', `AnalyticsReport:${accounts[0]}`],
        ].sort(),
      );
    });
  });

  describe('a retry', () => {
    it('makes the failed targets due, with all their attempts before them', async () => {
      const { id } = await scheduled('2026-11-22T09:00:00.000Z');
      const [first, second] = await claim();
      await record({ targetId: first!.target.id, permalink: 'https://example.com/1' });
      await record({ targetId: second!.target.id, failureMessage: 'Too loud' });
      await posts.retry(workspace.viewer(), { id });
      const again = await claim();
      expect(again.map(({ target }) => target.id)).toEqual([second!.target.id]);
      const { attempts } = await api.queries
        .selectFrom('postTargets')
        .select('attempts')
        .where('id', '=', second!.target.id)
        .executeTakeFirstOrThrow();
      expect(attempts).toBe(1);
    });
  });

  describe('metrics of a post', () => {
    const metrics = async (input: object) =>
      (await api.runAsSystem(workspace.id, metricsDocument, { input })).recordPostMetrics;

    it('are totals of its days, and null where nothing was ever reported', async () => {
      const { id: postId } = await scheduled('2026-11-22T09:00:00.000Z', { accountIds: [accounts[0]] });
      const ask = async () =>
        (await api.run(workspace.viewer(), `{ post(id: "${postId}") { metrics { views reach engagements clicks } } }`))
          .data.post.metrics;
      const [{ target }] = (await claim()) as [ClaimedTarget];
      await record({ targetId: target.id, permalink: 'https://example.com/1' });
      expect(await ask()).toBeNull();
      await metrics({ postId, date: '2026-11-22', views: 10, reach: 0 });
      await metrics({ postId, date: '2026-11-23', views: 5 });
      await metrics({ postId, date: '2026-11-23', views: 7 });
      expect(await ask()).toEqual({ views: 17, reach: 0, engagements: null, clicks: null });
    });

    it('are refused below zero, in fractions and beyond what is exact, and for what is not published', async () => {
      const { id: postId } = await scheduled('2026-11-22T09:00:00.000Z');
      const { userErrors } = await metrics({ postId, date: '2026-11-22', views: -1, reach: 0.5, clicks: 1e300 });
      expect(userErrors).toEqual([
        { code: 'INVALID', path: ['input', 'views'] },
        { code: 'INVALID', path: ['input', 'reach'] },
        { code: 'INVALID', path: ['input', 'clicks'] },
        { code: 'CONFLICT', path: ['input', 'postId'] },
      ]);
    });
  });
});
