import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newContact } from '../../../src/domains/demo/inbound.ts';
import { createDemoLife } from '../../../src/domains/demo/life.ts';
import { createRandom } from '../../../src/domains/demo/random.ts';
import { engines } from '../../setup/databases.ts';
import { testId } from '../../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from '../api.ts';

describe('somebody new', () => {
  it('writes reviews where there are reviews, and has a handle without spaces', () => {
    const random = createRandom(1);
    const contacts = Array.from({ length: 500 }, () => newContact(random, 'INSTAGRAM'));
    expect(new Set(contacts.map(({ kind }) => kind))).toEqual(new Set(['COMMENT', 'DIRECT_MESSAGE', 'MENTION']));
    for (const { contactHandle } of contacts) expect(contactHandle).toMatch(/^[a-z._]+\d+$/);
    const onFacebook = Array.from({ length: 500 }, () => newContact(random, 'FACEBOOK'));
    expect(new Set(onFacebook.map(({ kind }) => kind))).toContain('REVIEW');
  });
});

describe.each(engines)('the life of the demo on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let account: string;
  const errors: object[] = [];

  beforeAll(async () => {
    api = await createTestApi(engine);
  });

  beforeEach(async () => {
    await api.queries.deleteFrom('workspaces').execute();
    workspace = await createTestWorkspace(api.queries);
    account = await createTestAccount(api.queries, workspace, { followerCount: 4_000 });
    api.clock = new Date('2026-11-22T09:00:00.000Z');
    errors.length = 0;
  });

  const live = (seed = 1) =>
    createDemoLife({
      ...{ queries: api.queries, execute: api.runAsSystem, now: () => api.clock, seed },
      log: { error: (details) => errors.push(details) },
    });
  const pass = (seconds: number) => {
    api.clock = new Date(api.clock.getTime() + seconds * 1_000);
  };
  const messages = async ({ id } = workspace) =>
    api.queries
      .selectFrom('messages')
      .innerJoin('conversations', 'conversations.id', 'messages.conversationId')
      .select(['messages.text', 'conversations.contactHandle', 'conversations.kind', 'messages.createdAt'])
      .where('messages.workspaceId', '=', id)
      .orderBy('messages.createdAt')
      .execute();

  it('brings a message about every 75 seconds to each workspace, the same for the same seed', async () => {
    const other = await createTestWorkspace(api.queries);
    await createTestAccount(api.queries, other);
    const begin = api.clock;
    const life = live();
    for (let tick = 0; tick < 100; tick += 1, pass(15)) await life.tick();
    expect(errors).toEqual([]);
    const [ours, theirs] = [await messages(), await messages(other)];
    // 1,500 seconds: 20 are expected, and the seeds of two workspaces differ.
    for (const arrived of [ours, theirs]) {
      expect(arrived.length).toBeGreaterThan(8);
      expect(arrived.length).toBeLessThan(36);
    }
    expect(theirs).not.toEqual(ours);

    await api.queries.deleteFrom('conversations').execute();
    api.clock = begin;
    const again = live();
    for (let tick = 0; tick < 100; tick += 1, pass(15)) await again.tick();
    expect(await messages()).toEqual(ours);
  });

  it('brings nothing at once, and nothing to a workspace without an account that is connected', async () => {
    await api.queries.updateTable('accounts').set({ status: 'RECONNECT_REQUIRED' }).execute();
    const life = live();
    await life.tick();
    pass(3_000);
    await life.tick();
    expect(errors).toEqual([]);
    expect(await messages()).toEqual([]);
  });

  it('reports on the hour what accounts and recent posts did, and adds to it with the next', async () => {
    const { id: workspaceId } = workspace;
    await api.queries
      .insertInto('accountMetrics')
      .values([{ workspaceId, accountId: account, date: '2026-11-21', views: 2_400, engagements: 240, clicks: 24 }])
      .execute();
    const recent = await publish('2026-11-21T12:00:00.000Z');
    const old = await publish('2026-10-01T12:00:00.000Z');
    const accountDay = () =>
      api.queries
        .selectFrom('accountMetrics')
        .select(['followers', 'views', 'reach', 'engagements'])
        .where('accountId', '=', account)
        .where('date', '=', '2026-11-22')
        .executeTakeFirst();
    const postDay = (postId: string) =>
      api.queries
        .selectFrom('postMetrics')
        .select(['views', 'engagements'])
        .where('postId', '=', postId)
        .where('date', '=', '2026-11-22')
        .executeTakeFirst();

    const life = live();
    await life.tick();
    pass(1_799);
    await life.tick();
    expect(await accountDay()).toBeUndefined();

    pass(1_801);
    await life.tick();
    expect(errors).toEqual([]);
    const [first, firstOfPost] = [(await accountDay())!, (await postDay(recent))!];
    expect(first.followers).toBeGreaterThanOrEqual(4_000);
    expect(first.views).toBeGreaterThan(10);
    expect(first.views).toBeLessThan(1_000);
    expect(first.reach).toBeNull();
    expect(firstOfPost.views).toBeGreaterThan(0);
    expect(await postDay(old)).toBeUndefined();
    const shown = await api.run(workspace.viewer(), `{ account(id: "${account}") { followerCount } }`);
    expect(shown.data.account.followerCount).toBe(first.followers);

    pass(3_600);
    await life.tick();
    expect((await accountDay())!.views).toBeGreaterThan(first.views!);
    expect((await postDay(recent))!.views).toBeGreaterThan(firstOfPost.views!);
  });

  it('goes on in the other workspaces when something fails in one', async () => {
    const other = await createTestWorkspace(api.queries);
    await createTestAccount(api.queries, other);
    const life = createDemoLife({
      ...{ queries: api.queries, now: () => api.clock, seed: 1, log: { error: (details) => errors.push(details) } },
      execute: (workspaceId, document, variables) =>
        workspaceId === workspace.id
          ? Promise.reject(new Error('down'))
          : api.runAsSystem(workspaceId, document, variables),
    });
    await life.tick();
    pass(1_700);
    await life.tick();
    expect(errors).toMatchObject([{ workspaceId: workspace.id, err: { message: 'down' } }]);
    expect(await messages(other)).toHaveLength(1);
  });

  async function publish(at: string): Promise<string> {
    const { id: workspaceId } = workspace;
    const id = testId('Post');
    await api.queries
      .insertInto('posts')
      .values({ id, workspaceId, text: 'Out', status: 'PUBLISHED', publishedAt: at, createdAt: at, updatedAt: at })
      .execute();
    await api.queries
      .insertInto('postTargets')
      .values({
        id: testId('PostTarget'),
        workspaceId,
        postId: id,
        accountId: account,
        position: 0,
        status: 'PUBLISHED',
        publishedAt: at,
      })
      .execute();
    return id;
  }
});
