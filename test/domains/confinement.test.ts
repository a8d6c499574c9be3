import { beforeAll, describe, expect, it } from 'vitest';
import type { AiProvider } from '../../src/domains/ai/provider.ts';
import { derivedStatus, type TargetStatus } from '../../src/domains/posts/lifecycle.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { postMutations } from './post-mutations.ts';

const started = ['SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'FAILED'] as const;

describe.each(engines)('somebody who is confined to an account, on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;
  let seen: string;
  let hidden: string;
  let confined: Viewer;

  beforeAll(async () => {
    const ai: Pick<AiProvider, 'name' | 'models' | 'generate'> = {
      name: 'built-in',
      models: [{ id: 'magpie-quill', name: 'Quill', inputUsdPerMillion: '0', outputUsdPerMillion: '0' }],
      generate: async () => ({ suggestions: [{ text: 'Hi', hashtags: [] }], inputTokens: 1, outputTokens: 1 }),
    };
    api = await createTestApi(engine, { ai });
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    seen = await createTestAccount(api.queries, workspace, { network: 'THREADS' });
    hidden = await createTestAccount(api.queries, workspace);
    confined = workspace.viewer({ role: 'EDITOR', accountIds: [seen] });
  });

  const at = (minute: number) => `2026-11-22T09:${String(minute).padStart(2, '0')}:00.000Z`;

  /** A post with a target each: on an account or, as it is disconnected, on none. Those that are out were out in this order. */
  async function addPost(targets: readonly [string | null, TargetStatus][], post: object = {}): Promise<string> {
    const id = testId('Post');
    const statuses = targets.map(([, status]) => status);
    const hasBegun = statuses.some(
      (status) => status === 'PUBLISHED' || status === 'FAILED' || status === 'PUBLISHING',
    );
    const outAt = targets.map(([, status], index) => (status === 'PUBLISHED' ? at(10 + index) : null));
    await api.queries
      .insertInto('posts')
      .values({
        ...{ id, workspaceId: workspace.id, text: 'Hello', scheduledAt: at(0), createdAt: at(0), updatedAt: at(0) },
        status: hasBegun ? derivedStatus(statuses) : (statuses[0] ?? 'DRAFT'),
        publishedAt: outAt.find((instant) => instant !== null) ?? null,
        ...post,
      })
      .execute();
    for (const [position, [accountId, status]] of targets.entries())
      await api.queries
        .insertInto('postTargets')
        .values({
          ...{ id: testId('PostTarget'), workspaceId: workspace.id, postId: id, accountId, position, status },
          publishedAt: outAt[position] ?? null,
        })
        .execute();
    return id;
  }
  const ask = async (query: string, viewer = confined, variables: object = {}) => {
    const { data, errors } = await api.run(viewer, query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  const mutate = async (name: string, input: object, viewer = confined) => {
    const type = name.startsWith('delete') ? 'DeleteInput' : `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code message path } } }`;
    return (await ask(document, viewer, { input }))[name].userErrors;
  };

  describe('sees of posts', () => {
    it('those that go to the account, and no other: not those that go nowhere', async () => {
      const ids = [
        await addPost([[seen, 'DRAFT']]),
        await addPost([
          [hidden, 'DRAFT'],
          [seen, 'DRAFT'],
        ]),
        await addPost([[hidden, 'DRAFT']]),
        await addPost([]),
        await addPost([[null, 'PUBLISHED']]),
      ];
      const { nodes } = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', confined, { ids });
      expect(nodes.map((node: object | null) => node !== null)).toEqual([true, true, false, false, false]);
      const { posts } = await ask('{ posts(first: 100) { totalCount nodes { id } } }');
      expect(posts.nodes.map(({ id }: { id: string }) => id)).not.toContain(ids[2]);
      expect(posts.totalCount).toBe(posts.nodes.length);
    });

    it('does not find by an account that they do not see those that go there too', async () => {
      await addPost([
        [hidden, 'SCHEDULED'],
        [seen, 'SCHEDULED'],
      ]);
      const found = `{
        posts(filter: { accountIds: ["${hidden}"] }) { totalCount nodes { id } }
        calendar(range: { between: { from: "2026-11-22", to: "2026-11-22" } }, filter: { accountIds: ["${hidden}"] }) {
          days { entryCount }
        }
      }`;
      expect(await ask(found)).toEqual({
        posts: { totalCount: 0, nodes: [] },
        calendar: { days: [{ entryCount: 0 }] },
      });
    });

    const combinations = started.flatMap((one) => started.map((other) => [one, other] as const));
    it.each(combinations)('the status of their own target, %s, where another is %s', async (own, others) => {
      const id = await addPost([
        [hidden, others],
        [seen, own],
      ]);
      const hasBegun = [own, others].some((status) => status !== 'SCHEDULED');
      const status = hasBegun ? derivedStatus([own]) : 'SCHEDULED';
      const { post } = await ask(`{ post(id: "${id}") { status publishedAt targets { status } } }`);
      expect(post).toEqual({
        ...{ status, targets: [{ status: own }] },
        publishedAt: own === 'PUBLISHED' ? at(11) : null,
      });
      for (const wanted of ['SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'PARTIALLY_PUBLISHED', 'FAILED']) {
        const { posts } = await ask(`{ posts(filter: { status: ${wanted} }, first: 100) { totalCount nodes { id } } }`);
        expect([wanted, posts.nodes.some((node: { id: string }) => node.id === id)]).toEqual([
          wanted,
          wanted === status,
        ]);
        expect(posts.totalCount).toBe(posts.nodes.length);
      }
      await api.queries.deleteFrom('posts').where('id', '=', id).execute();
    });

    it('a day of the calendar that follows from their own target', async () => {
      const days = async (viewer: Viewer) => {
        const range = '{ between: { from: "2026-03-01", to: "2026-03-05" } }';
        const { calendar } = await ask(
          `{ calendar(range: ${range}) { days { entries { ... on Post { id } } } } }`,
          viewer,
        );
        return calendar.days.map(({ entries }: { entries: object[] }) => entries.length);
      };
      const post = await addPost(
        [
          [hidden, 'PUBLISHED'],
          [seen, 'FAILED'],
        ],
        { scheduledAt: '2026-03-01T12:00:00.000Z', publishedAt: '2026-03-02T12:00:00.000Z' },
      );
      expect(await days(owner)).toEqual([0, 1, 0, 0, 0]);
      expect(await days(confined)).toEqual([1, 0, 0, 0, 0]);
      await api.queries
        .updateTable('postTargets')
        .set({ status: 'PUBLISHED', publishedAt: '2026-03-04T12:00:00.000Z' })
        .where('postId', '=', post)
        .where('accountId', '=', seen)
        .execute();
      await api.queries.updateTable('posts').set({ status: 'PUBLISHED' }).where('id', '=', post).execute();
      expect(await days(owner)).toEqual([0, 1, 0, 0, 0]);
      expect(await days(confined)).toEqual([0, 0, 0, 1, 0]);
    });

    it('no outdated day: the publication of each target makes its month untrue', async () => {
      const post = await addPost([
        [hidden, 'PUBLISHED'],
        [seen, 'PUBLISHING'],
      ]);
      const { id: targetId } = await api.queries
        .selectFrom('postTargets')
        .select('id')
        .where((eb) => eb.and({ postId: post, accountId: seen }))
        .executeTakeFirstOrThrow();
      const present = api.clock;
      api.clock = new Date('2026-12-05T12:00:00.000Z');
      const { invalidated } = await api.run(
        { ...owner, kind: 'SYSTEM' },
        'mutation ($input: RecordPublicationInput!) { recordPublication(input: $input) { userErrors { message } } }',
        { input: { targetId, permalink: 'https://sandbox.example/1' } },
      );
      api.clock = present;
      expect(invalidated).toContain('Calendar:2026-12');
    });

    it('the numbers of those that go nowhere else', async () => {
      const campaignId = testId('Campaign');
      await api.queries
        .insertInto('campaigns')
        .values({
          id: campaignId,
          workspaceId: workspace.id,
          name: 'C',
          status: 'ACTIVE',
          createdAt: at(0),
          updatedAt: at(0),
        })
        .execute();
      const own = await addPost([[seen, 'PUBLISHED']], { campaignId });
      const both = await addPost(
        [
          [seen, 'PUBLISHED'],
          [hidden, 'PUBLISHED'],
        ],
        { campaignId },
      );
      const gone = await addPost(
        [
          [seen, 'PUBLISHED'],
          [null, 'PUBLISHED'],
        ],
        { campaignId },
      );
      for (const [postId, views] of [
        [own, 1],
        [both, 10],
        [gone, 100],
      ] as const)
        await api.queries
          .insertInto('postMetrics')
          .values({ workspaceId: workspace.id, postId, date: '2026-11-22', views, engagements: views })
          .execute();
      const query = `{
        nodes(ids: ${JSON.stringify([own, both, gone])}) { ... on Post { metrics { views } } }
        analytics(range: { preset: TODAY }, filter: { campaignId: "${campaignId}" }) {
          summary { metric value }
          topPosts { post { id } value }
        }
      }`;
      const numbers = async (viewer: Viewer) => {
        const { nodes, analytics } = await ask(query, viewer);
        const total = (metric: string) =>
          analytics.summary.find((one: { metric: string }) => one.metric === metric).value;
        return [
          nodes.map(({ metrics }: { metrics: { views: number } | null }) => metrics?.views ?? null),
          total('VIEWS'),
          total('POSTS_PUBLISHED'),
          analytics.topPosts.map(({ value }: { value: number }) => value),
        ];
      };
      expect(await numbers(owner)).toEqual([[1, 10, 100], 111, 3, [100, 10, 1]]);
      expect(await numbers(confined)).toEqual([[1, null, null], 1, 3, [1]]);
    });
  });

  describe('changes of posts', () => {
    const inputs: Record<string, object> = {
      update: { text: 'Changed' },
      schedule: { at: '2026-12-01T09:00:00.000Z' },
      reject: { reason: 'No' },
    };
    const statusFor: Record<string, TargetStatus> = {
      ...{ unschedule: 'SCHEDULED', approve: 'PENDING_APPROVAL', reject: 'PENDING_APPROVAL', retry: 'FAILED' },
    };
    const actions = Object.keys(postMutations({} as TestApi)).filter((action) => action !== 'create');

    it.each(actions)('those alone that go nowhere else, whoever sees the others: %s', async (action) => {
      const act = postMutations(api)[action as 'update'];
      const status = statusFor[action] ?? 'DRAFT';
      const absent = testId('Post');
      const nothing = await act(confined, { id: absent, ...inputs[action] });
      expect(nothing.userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'id'] }]);
      for (const others of [hidden, null]) {
        const id = await addPost([
          [seen, status],
          [others, others === null ? 'PUBLISHED' : status],
        ]);
        const before = await ask(`{ post(id: "${id}") { revision status } }`, owner);
        const refused = await act(confined, { id, ...inputs[action] });
        expect(JSON.stringify(refused).replaceAll(id, absent)).toBe(JSON.stringify(nothing));
        expect(await ask(`{ post(id: "${id}") { revision status } }`, owner)).toEqual(before);
      }
      const own = await addPost([[seen, status]]);
      expect((await act(confined, { id: own, ...inputs[action] })).userErrors).toEqual([]);
      const both = await addPost([
        [seen, status],
        [hidden, status],
      ]);
      const seeing = { ...confined, accountIds: [hidden, seen].sort() };
      expect((await act(seeing, { id: both, ...inputs[action] })).userErrors).toEqual([]);
    });

    it('a repetition of a request is answered with what they see by now', async () => {
      const create = async (accountIds: string[], idempotencyKey: string, viewer: Viewer) => {
        const { createPost } = await ask(
          `mutation ($input: CreatePostInput!) { createPost(input: $input) {
            post { targets { account { id } } } userErrors { code message }
          } }`,
          viewer,
          { input: { text: 'Once', accountIds, idempotencyKey } },
        );
        return createPost;
      };
      const before = { ...confined, accountIds: null };
      await create([hidden, seen], 'both', before);
      await create([hidden], 'hidden', before);
      expect(await create([hidden, seen], 'both', confined)).toEqual({
        post: { targets: [{ account: { id: seen } }] },
        userErrors: [],
      });
      const lost = await create([hidden], 'hidden', confined);
      expect(lost).toMatchObject({ post: null, userErrors: [{}] });
      expect(JSON.stringify(lost)).not.toContain(hidden);
    });

    it('neither puts into a campaign nor takes out of it what goes elsewhere too', async () => {
      const campaignId = testId('Campaign');
      await api.queries
        .insertInto('campaigns')
        .values({
          id: campaignId,
          workspaceId: workspace.id,
          name: 'C',
          status: 'ACTIVE',
          createdAt: at(0),
          updatedAt: at(0),
        })
        .execute();
      const both = await addPost([
        [seen, 'DRAFT'],
        [hidden, 'DRAFT'],
      ]);
      const move = (name: string, viewer: Viewer) =>
        ask(
          `mutation { ${name}(input: { campaignId: "${campaignId}", postIds: ["${both}"] }) { userErrors { code path } } }`,
          viewer,
        );
      const missing = { userErrors: [{ code: 'NOT_FOUND', path: ['input', 'postIds', '0'] }] };
      expect(await move('addPostsToCampaign', confined)).toEqual({ addPostsToCampaign: missing });
      await move('addPostsToCampaign', owner);
      expect(await move('removePostsFromCampaign', confined)).toEqual({ removePostsFromCampaign: missing });
      expect(await mutate('deleteCampaign', { id: campaignId })).toMatchObject([{ code: 'NOT_FOUND' }]);
      await move('removePostsFromCampaign', owner);
      expect(await mutate('deleteCampaign', { id: campaignId })).toEqual([]);
    });

    it('leaves, with the account that it disconnects, the targets on others where they are', async () => {
      const own = await createTestAccount(api.queries, workspace);
      const id = await addPost([
        [own, 'SCHEDULED'],
        [hidden, 'SCHEDULED'],
      ]);
      const admin = workspace.viewer({ role: 'ADMIN', accountIds: [own] });
      expect(
        await ask(`mutation { disconnectAccount(input: { id: "${own}" }) { userErrors { code } } }`, admin),
      ).toEqual({
        disconnectAccount: { userErrors: [] },
      });
      expect(await ask(`{ post(id: "${id}") { status targets { account { id } } } }`, owner)).toEqual({
        post: { status: 'SCHEDULED', targets: [{ account: { id: hidden } }] },
      });
    });
  });

  describe('of what the workspace shares', () => {
    const addAsset = async (...postIds: string[]) => {
      const id = testId('MediaAsset');
      await api.queries
        .insertInto('mediaAssets')
        .values({
          ...{ id, workspaceId: workspace.id, fileName: 'a.png', mimeType: 'image/png', byteSize: 1 },
          ...{ sha256: id, storageKey: id, altText: null, createdAt: at(0) },
        })
        .execute();
      for (const postId of postIds)
        await api.queries
          .insertInto('postMedia')
          .values({ workspaceId: workspace.id, postId, mediaId: id, position: 0 })
          .execute();
      return id;
    };

    it('counts the uses of media and templates in the posts that they see', async () => {
      const templateId = testId('Template');
      const created = { createdAt: at(0), updatedAt: at(0) };
      await api.queries
        .insertInto('templates')
        .values({ id: templateId, workspaceId: workspace.id, title: 'T', body: '', ...created })
        .execute();
      const posts = [
        await addPost([[seen, 'DRAFT']], { templateId }),
        await addPost([[hidden, 'DRAFT']], { templateId }),
      ];
      const [both, unseen] = [await addAsset(...posts), await addAsset(posts[1]!)];
      const query = `{ a: mediaAsset(id: "${both}") { usageCount } b: mediaAsset(id: "${unseen}") { usageCount }
        template(id: "${templateId}") { usageCount }
        media(filter: { isUnused: true }, first: 100) { totalCount nodes { id } } }`;
      const counts = async (viewer: Viewer) => {
        const { a, b, template, media } = await ask(query, viewer);
        const isUnused = media.nodes.some(({ id }: { id: string }) => id === unseen);
        return [a.usageCount, b.usageCount, template.usageCount, isUnused, media.totalCount === media.nodes.length];
      };
      expect(await counts(owner)).toEqual([2, 1, 2, false, true]);
      expect(await counts(confined)).toEqual([1, 0, 1, true, true]);
    });

    it('changes no media of posts that are not theirs to change', async () => {
      const [own, both, unseen, nowhere] = [
        await addPost([[seen, 'DRAFT']]),
        await addPost([
          [seen, 'DRAFT'],
          [hidden, 'DRAFT'],
        ]),
        await addPost([[hidden, 'SCHEDULED']]),
        await addPost([]),
      ];
      const change = async (id: string) => [
        (await mutate('updateMediaAsset', { id, altText: 'A bird' }))[0]?.code,
        (await mutate('deleteMediaAsset', { id }))[0]?.code,
      ];
      for (const post of [both, unseen, nowhere])
        expect(await change(await addAsset(own, post))).toEqual(['NOT_FOUND', 'NOT_FOUND']);
      const asset = await addAsset(own);
      expect(await mutate('updateMediaAsset', { id: asset, altText: 'A bird' })).toEqual([]);
    });

    it('sees and deletes the AI generations that answer no conversation, or one that they see', async () => {
      const replyOn = async (accountId: string) => {
        const message = { accountId, contactHandle: 'lea', text: 'Hello', externalId: testId('Message') };
        const receive =
          'mutation ($input: ReceiveMessageInput!) { receiveMessage(input: $input) { conversation { id } } }';
        const { receiveMessage } = await ask(receive, owner, { input: message });
        const { suggestReply } = await ask(
          `mutation { suggestReply(input: { conversationId: "${receiveMessage.conversation.id}" }) { generation { id } } }`,
          owner,
        );
        return suggestReply.generation.id as string;
      };
      const { generateCaption } = await ask(
        'mutation { generateCaption(input: { prompt: "Birds" }) { generation { id } } }',
        owner,
      );
      const [caption, own, others] = [generateCaption.generation.id, await replyOn(seen), await replyOn(hidden)];
      const list = async (viewer: Viewer) => {
        const { aiGenerations, aiUsage, node } = await ask(
          `{ aiGenerations { totalCount nodes { id } } aiUsage(range: { preset: TODAY }) { generations }
             node(id: "${others}") { id } }`,
          viewer,
        );
        const ids = aiGenerations.nodes.map(({ id }: { id: string }) => id).sort();
        return { ids, counts: [aiGenerations.totalCount, aiUsage.generations], node };
      };
      expect(await list(owner)).toEqual({ ids: [caption, own, others].sort(), counts: [3, 3], node: { id: others } });
      expect(await list(confined)).toEqual({ ids: [caption, own].sort(), counts: [2, 2], node: null });
      expect(await mutate('deleteAiGeneration', { id: others })).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect(await mutate('deleteAiGeneration', { id: own })).toEqual([]);
    });

    it('is told of the accounts of members that they see themselves, and changes no member who sees more', async () => {
      const addMember = async (accountIds: string[] | null) => {
        const userId = testId('User');
        const email = `${userId.toLowerCase()}@example.com`;
        await api.queries
          .insertInto('users')
          .values({ id: userId, name: 'Grace', email, createdAt: at(0) })
          .execute();
        const membership = { workspaceId: workspace.id, userId, role: 'READER' as const, createdAt: at(0) };
        await api.queries
          .insertInto('memberships')
          .values({ ...membership, accountIds })
          .execute();
        return userId;
      };
      const members = [
        await addMember([seen]),
        await addMember([seen, hidden]),
        await addMember([hidden]),
        await addMember(null),
      ];
      const { members: shown } = await ask('{ members { user { id } accountIds } }');
      const accountsOf = (id: string) =>
        shown.find(({ user }: { user: { id: string } }) => user.id === id).accountIds as string[] | null;
      expect(members.map(accountsOf)).toEqual([[seen], [seen], [], null]);

      const admin = workspace.viewer({ role: 'ADMIN', accountIds: [seen] });
      const change = async (userId: string) => [
        (await mutate('updateMember', { userId, role: 'CONTRIBUTOR' }, admin))[0]?.code,
        (await mutate('updateMember', { userId, accountIds: [] }, admin))[0]?.code,
        (await mutate('removeMember', { userId }, admin))[0]?.code,
      ];
      expect(await Promise.all(members.slice(1).map(change))).toEqual([
        ['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
        ['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
        ['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
      ]);
      expect(await change(members[0]!)).toEqual([undefined, undefined, undefined]);
    });
  });
});
