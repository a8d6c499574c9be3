import { beforeAll, describe, expect, it } from 'vitest';
import type { PostsTable, PostTargetsTable } from '../../src/database/tables/posts.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';

const accountFields = 'id network displayName handle status followerCount connectedAt';

describe.each(engines)('accounts on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;

  beforeAll(async () => {
    api = await createTestApi(engine);
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
  });

  const connect = (input: object, viewer = owner) =>
    mutate(viewer, `connectAccount(input: $input) { account { ${accountFields} } userErrors { code path message } }`, {
      type: 'ConnectAccountInput',
      input,
    });
  const disconnect = (id: string, viewer = owner) =>
    mutate(viewer, 'disconnectAccount(input: $input) { deletedId userErrors { code path } }', {
      type: 'DeleteInput',
      input: { id },
    });
  const rename = (input: object, viewer = owner) =>
    mutate(viewer, `updateAccount(input: $input) { account { ${accountFields} } userErrors { code path } }`, {
      type: 'UpdateAccountInput',
      input,
    });

  async function mutate(viewer: Viewer, field: string, { type, input }: { type: string; input: object }) {
    const { data, errors, invalidated } = await api.run(viewer, `mutation ($input: ${type}!) { result: ${field} }`, {
      input,
    });
    if (errors) throw new AggregateError(errors, errors.join('\n'));
    return { ...data.result, invalidated };
  }

  describe('a list of accounts', () => {
    it('begins with the newest connection, turns its pages, and counts what fits', async () => {
      const team = await createTestWorkspace(api.queries);
      const [first, second, third] = [
        await createTestAccount(api.queries, team, { connectedAt: '2026-01-01T00:00:00.000Z' }),
        await createTestAccount(api.queries, team, { connectedAt: '2026-01-03T00:00:00.000Z', network: 'X' }),
        await createTestAccount(api.queries, team, { connectedAt: '2026-01-02T00:00:00.000Z' }),
      ];
      const document = `query ($after: String, $filter: AccountFilter) {
        accounts(first: 2, after: $after, filter: $filter) {
          totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }
        }
      }`;
      const page = async (variables: object) => (await api.run(team.viewer(), document, variables)).data.accounts;
      const one = await page({});
      expect(one).toMatchObject({ totalCount: 3, nodes: [{ id: second }, { id: third }] });
      expect(one.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false, endCursor: one.edges[1].cursor });
      const two = await page({ after: one.pageInfo.endCursor });
      expect(two).toMatchObject({ totalCount: 3, nodes: [{ id: first }], pageInfo: { hasNextPage: false } });
      expect(await page({ filter: { networks: ['X'] } })).toMatchObject({ totalCount: 1, nodes: [{ id: second }] });
      expect(await page({ filter: { networks: [] } })).toMatchObject({ totalCount: 0, nodes: [] });
    });

    it.each(['nonsense', cursor('2026-02-30T00:00:00.000Z'), cursor('0000-01-01T00:00:00.000Z'), cursor('a\0b')])(
      'refuses the cursor %j',
      async (after) => {
        const { errors } = await api.run(owner, 'query ($after: String) { accounts(after: $after) { nodes { id } } }', {
          after,
        });
        expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      },
    );

    it('holds nothing of another workspace, nor what the viewer is not to see', async () => {
      const seen = await createTestAccount(api.queries, workspace);
      const hidden = await createTestAccount(api.queries, workspace);
      const stranger = (await createTestWorkspace(api.queries)).viewer();
      const confined = workspace.viewer({ accountIds: [seen] });
      const ask = async (viewer: Viewer) => {
        const { data } = await api.run(
          viewer,
          `{ accounts { totalCount nodes { id } } account(id: "${hidden}") { id } node(id: "${hidden}") { id } }`,
        );
        return data;
      };
      const nothing = { account: null, node: null };
      expect(await ask(stranger)).toEqual({ accounts: { totalCount: 0, nodes: [] }, ...nothing });
      expect(await ask(confined)).toEqual({ accounts: { totalCount: 1, nodes: [{ id: seen }] }, ...nothing });
      expect((await ask(workspace.viewer({ accountIds: [] }))).accounts.totalCount).toBe(0);
      expect((await ask(owner)).account).toEqual({ id: hidden });
    });
  });

  it('know the limits of each network', async () => {
    const { data, statements } = await api.run(owner, '{ networks { id network name maxTextLength textLengthUnit } }');
    expect(data.networks).toHaveLength(10);
    const x = { id: 'x', network: 'X', name: 'X', maxTextLength: 280, textLengthUnit: 'WEIGHTED' };
    expect(data.networks).toContainEqual(x);
    expect(statements).toBe(0);
  });

  describe('connecting', () => {
    it('takes a handle with or without @, and names the account after it', async () => {
      const { account, invalidated } = await connect({ network: 'BLUESKY', handle: ' @magpie.example ' });
      expect(account).toMatchObject({
        ...{ network: 'BLUESKY', handle: 'magpie.example', displayName: 'magpie.example' },
        ...{ status: 'CONNECTED', followerCount: null, connectedAt: api.clock.toISOString() },
      });
      expect(invalidated).toEqual(['Account', `Account:${account.id}`, 'AnalyticsReport']);
    });

    it('renews the connection of the same profile, and keeps its name unless another is given', async () => {
      const profile = { network: 'THREADS', handle: 'again' };
      const { account } = await connect({ ...profile, displayName: 'Ours' });
      await api.queries
        .updateTable('accounts')
        .set({ status: 'RECONNECT_REQUIRED', connectedAt: '2026-01-01T00:00:00.000Z', followerCount: 7 })
        .where('id', '=', account.id)
        .execute();
      const renewed = await connect({ ...profile, handle: '@again' });
      expect(renewed.account).toEqual({ ...account, followerCount: 7 });
      expect((await connect({ ...profile, displayName: 'Theirs' })).account.displayName).toBe('Theirs');
    });

    it.each([['@AcmeCo'], ['acmeco'], ['ACMECO'], [' ＠ＡｃｍｅＣｏ '], ['\u2068@AcmeCo\u2069'], ['acme\u200bco']])(
      'takes %j for the account that was connected as AcmeCo',
      async (handle) => {
        const other = await createTestWorkspace(api.queries);
        const { account } = await connect({ network: 'X', handle: 'AcmeCo' }, other.viewer());
        const again = await connect({ network: 'X', handle }, other.viewer());
        expect(again.account).toMatchObject({ id: account.id, handle: 'AcmeCo' });
        const confined = other.viewer({ role: 'ADMIN', accountIds: [account.id] });
        expect((await connect({ network: 'X', handle }, confined)).account.id).toBe(account.id);
      },
    );

    it('has one account of a name in the database, too', async () => {
      const other = await createTestWorkspace(api.queries);
      await createTestAccount(api.queries, other, { network: 'X', handle: 'AcmeCo' });
      await expect(createTestAccount(api.queries, other, { network: 'X', handle: '@acmeco' })).rejects.toThrow(
        /accounts_by_handle/,
      );
      await createTestAccount(api.queries, other, { network: 'THREADS', handle: 'acmeco' });
    });

    it('keeps workspaces apart', async () => {
      const profile = { network: 'TIKTOK', handle: 'both' };
      const other = await createTestWorkspace(api.queries);
      const [ours, theirs] = [await connect(profile), await connect(profile, other.viewer())];
      expect(ours.account.id).not.toBe(theirs.account.id);
    });

    it('makes one account when it is asked for several times at once', async () => {
      const profile = { network: 'PINTEREST', handle: 'at.once' };
      const made = await Promise.all([1, 2, 3].map(() => connect(profile)));
      expect(new Set(made.map(({ account }) => account.id)).size).toBe(1);
    });

    it('says everything that is wrong with a profile', async () => {
      const { account, userErrors, invalidated } = await connect({
        ...{ network: 'X', handle: '@', displayName: 'e'.repeat(101) },
      });
      expect(account).toBeNull();
      expect(userErrors).toMatchObject([
        { code: 'INVALID', path: ['input', 'handle'] },
        { code: 'TEXT_TOO_LONG', path: ['input', 'displayName'] },
      ]);
      expect(invalidated).toEqual([]);
    });

    it('does not tell a confined member whether a profile beyond their sight is connected', async () => {
      const { account } = await connect({ network: 'FACEBOOK', handle: 'hidden' });
      const confined = workspace.viewer({ accountIds: [testId('Account')] });
      const [known, unknown] = [
        await connect({ network: 'FACEBOOK', handle: 'hidden' }, confined),
        await connect({ network: 'FACEBOOK', handle: 'unheard.of' }, confined),
      ];
      expect(known).toMatchObject({ account: null, userErrors: [{ code: 'CONFLICT' }] });
      expect(unknown).toEqual(known);
      const seeing = workspace.viewer({ accountIds: [account.id] });
      expect((await connect({ network: 'FACEBOOK', handle: 'hidden' }, seeing)).account.id).toBe(account.id);
    });
  });

  describe('renaming', () => {
    it('changes the name alone', async () => {
      const id = await createTestAccount(api.queries, workspace, { handle: 'renamed' });
      const { account, invalidated } = await rename({ id, displayName: ' New ' });
      expect(account).toMatchObject({ id, displayName: 'New', handle: 'renamed' });
      expect(invalidated).toEqual(['Account', `Account:${id}`]);
      expect((await rename({ id })).account.displayName).toBe('New');
    });

    it('does not find what is not there or not to be seen', async () => {
      const id = await createTestAccount(api.queries, workspace);
      const confined = workspace.viewer({ accountIds: [] });
      for (const answer of [await rename({ id, displayName: 'New' }, confined), await rename({ id: 'no\0id' })])
        expect(answer).toMatchObject({ account: null, userErrors: [{ code: 'NOT_FOUND', path: ['input', 'id'] }] });
    });
  });

  describe('disconnecting', () => {
    type Status = PostTargetsTable['status'];

    async function postWith(status: PostsTable['status'], targets: readonly [accountId: string, status: Status][]) {
      const id = testId('Post');
      const at = '2026-11-20T10:00:00.000Z';
      const campaignId = testId('Campaign');
      await api.queries
        .insertInto('campaigns')
        .values({
          ...{ id: campaignId, workspaceId: workspace.id, name: 'C', status: 'ACTIVE' },
          ...{ createdAt: at, updatedAt: at },
        })
        .execute();
      await api.queries
        .insertInto('posts')
        .values({
          ...{ id, workspaceId: workspace.id, text: 'Hello', status, campaignId, scheduledAt: at },
          ...{ publishedAt: targets.some(([, one]) => one === 'PUBLISHED') ? at : null, createdAt: at, updatedAt: at },
        })
        .execute();
      await api.queries
        .insertInto('postTargets')
        .values(
          targets.map(([accountId, one], position) => ({
            ...{ id: testId('PostTarget'), workspaceId: workspace.id, postId: id, accountId, position, status: one },
            publishedAt: one === 'PUBLISHED' ? at : null,
          })),
        )
        .execute();
      return { id, campaignId };
    }

    const read = async (id: string) =>
      (await api.run(owner, `{ post(id: "${id}") { status scheduledAt revision targets { status account { id } } } }`))
        .data.post;

    it('takes its metrics and unpublished targets along, and leaves what is published without an account', async () => {
      const gone = await createTestAccount(api.queries, workspace);
      const stays = await createTestAccount(api.queries, workspace);
      await api.queries
        .insertInto('accountMetrics')
        .values({ workspaceId: workspace.id, accountId: gone, date: '2026-11-01', views: 1 })
        .execute();
      const alone = await postWith('SCHEDULED', [[gone, 'SCHEDULED']]);
      const pending = await postWith('PENDING_APPROVAL', [[gone, 'PENDING_APPROVAL']]);
      const due = await postWith('PUBLISHING', [[gone, 'SCHEDULED']]);
      const both = await postWith('SCHEDULED', [
        [gone, 'SCHEDULED'],
        [stays, 'SCHEDULED'],
      ]);
      const half = await postWith('PUBLISHING', [
        [stays, 'PUBLISHED'],
        [gone, 'PUBLISHING'],
      ]);
      const failing = await postWith('PUBLISHING', [
        [stays, 'FAILED'],
        [gone, 'SCHEDULED'],
      ]);
      const published = await postWith('PARTIALLY_PUBLISHED', [
        [gone, 'PUBLISHED'],
        [stays, 'FAILED'],
      ]);

      expect(await disconnect(gone)).toMatchObject({ deletedId: gone, userErrors: [] });

      for (const { id } of [alone, pending, due])
        expect(await read(id)).toMatchObject({ status: 'DRAFT', targets: [], revision: 2 });
      expect((await read(alone.id)).scheduledAt).toBe('2026-11-20T10:00:00.000Z');
      expect(await read(both.id)).toMatchObject({ status: 'SCHEDULED', targets: [{ account: { id: stays } }] });
      expect(await read(half.id)).toMatchObject({ status: 'PUBLISHED', targets: [{ status: 'PUBLISHED' }] });
      expect(await read(failing.id)).toMatchObject({ status: 'FAILED', targets: [{ status: 'FAILED' }] });
      expect(await read(published.id)).toMatchObject({
        ...{ status: 'PARTIALLY_PUBLISHED', revision: 1 },
        targets: [
          { status: 'PUBLISHED', account: null },
          { status: 'FAILED', account: { id: stays } },
        ],
      });
      const metrics = api.queries.selectFrom('accountMetrics').selectAll().where('accountId', '=', gone);
      expect(await metrics.execute()).toEqual([]);
      expect((await api.run(owner, `{ account(id: "${gone}") { id } }`)).data.account).toBeNull();
    });

    it('leaves its conversations to those who see all accounts', async () => {
      const account = await createTestAccount(api.queries, workspace);
      const id = testId('Conversation');
      await api.queries
        .insertInto('conversations')
        .values({
          ...{
            id,
            workspaceId: workspace.id,
            accountId: account,
            kind: 'COMMENT',
            contactName: 'C',
            contactHandle: 'c',
          },
          ...{ status: 'OPEN', snoozedUntil: null, assigneeId: null },
          ...{ lastActivityAt: api.clock.toISOString(), createdAt: api.clock.toISOString() },
        })
        .execute();
      const ask = async (viewer: Viewer) =>
        (await api.run(viewer, `{ conversation(id: "${id}") { account { id } } }`)).data.conversation;
      const confined = workspace.viewer({ accountIds: [account] });
      expect(await ask(confined)).toEqual({ account: { id: account } });
      const { invalidated } = await disconnect(account);
      expect(invalidated).toEqual(expect.arrayContaining(['Conversation', `Conversation:${id}`]));
      expect(await ask(confined)).toBeNull();
      expect(await ask(owner)).toEqual({ account: null });
    });

    it('makes untrue what was known of its posts and their campaigns, and of no other', async () => {
      const gone = await createTestAccount(api.queries, workspace);
      const stays = await createTestAccount(api.queries, workspace);
      const scheduled = await postWith('SCHEDULED', [[gone, 'SCHEDULED']]);
      const published = await postWith('PUBLISHED', [[gone, 'PUBLISHED']]);
      const other = await postWith('SCHEDULED', [[stays, 'SCHEDULED']]);
      const { invalidated } = await disconnect(gone);
      for (const { id, campaignId } of [scheduled, published])
        expect(invalidated).toEqual(expect.arrayContaining([`Post:${id}`, `Campaign:${campaignId}:posts`]));
      expect(invalidated).toEqual(
        expect.arrayContaining(['Account', `Account:${gone}`, 'Post', 'Calendar', 'AnalyticsReport']),
      );
      expect(invalidated).not.toContain(`Post:${other.id}`);
    });

    it('does not find an account of another workspace, or one that the viewer does not see', async () => {
      const account = await createTestAccount(api.queries, workspace);
      const strangers = [(await createTestWorkspace(api.queries)).viewer(), workspace.viewer({ accountIds: [] })];
      for (const viewer of strangers) {
        const answer = await disconnect(account, viewer);
        expect(answer).toMatchObject({ deletedId: null, userErrors: [{ code: 'NOT_FOUND' }], invalidated: [] });
      }
      expect((await api.run(owner, `{ account(id: "${account}") { id } }`)).data.account).toEqual({ id: account });
    });
  });
});

function cursor(at: string): string {
  return Buffer.from(JSON.stringify([at, 'acc_1'])).toString('base64url');
}
