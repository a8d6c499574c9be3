import { beforeAll, describe, expect, it } from 'vitest';
import { derivedStatus, type TargetStatus } from '../../src/domains/posts/lifecycle.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { type PostMutations, postMutations } from './post-mutations.ts';

const tomorrow = '2026-11-23T10:00:00.000Z';
const nextMonth = '2026-12-24T18:00:00.000Z';

describe('the status of a post that is being published', () => {
  it.each<[TargetStatus[], string]>([
    [['PUBLISHED', 'PUBLISHED'], 'PUBLISHED'],
    [['PUBLISHED', 'FAILED'], 'PARTIALLY_PUBLISHED'],
    [['FAILED', 'FAILED'], 'FAILED'],
    [['PUBLISHED', 'PUBLISHING'], 'PUBLISHING'],
    [['FAILED', 'SCHEDULED'], 'PUBLISHING'],
  ])('of targets %j is %s', (targets, status) => {
    expect(derivedStatus(targets)).toBe(status);
  });
});

describe.each(engines)('posts on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let mastodon: string;
  let x: string;
  let owner: Viewer;
  let posts: PostMutations;

  beforeAll(async () => {
    api = await createTestApi(engine);
    workspace = await createTestWorkspace(api.queries);
    mastodon = await createTestAccount(api.queries, workspace);
    x = await createTestAccount(api.queries, workspace, { network: 'X' });
    owner = workspace.viewer();
    posts = postMutations(api);
  });

  const draft = async (input: object = {}, viewer = owner) => {
    const { post, userErrors } = await posts.create(viewer, { text: 'Hello', accountIds: [mastodon, x], ...input });
    expect(userErrors).toEqual([]);
    return post;
  };

  describe('the length of a post', () => {
    const lengthsOf = async (id: string, viewer = owner) => {
      const { data } = await api.run(
        viewer,
        `query ($id: ID!) {
          post(id: $id) {
            lengths { network length limit unit isWithinLimit }
            targets { account { network } length { network length } }
          }
        }`,
        { id },
      );
      return data.post;
    };

    it('is said for each network that it goes to, and for each account the length of its own text', async () => {
      const post = await draft({ text: 'あ https://example.com/a/long/path' });
      const override = { textOverride: 'short' };
      await api.queries.updateTable('postTargets').set(override).where('id', '=', post.targets[1]!.id).execute();
      expect(await lengthsOf(post.id)).toEqual({
        lengths: [
          { network: 'MASTODON', length: 25, limit: 500, unit: 'GRAPHEMES', isWithinLimit: true },
          { network: 'X', length: 26, limit: 280, unit: 'WEIGHTED', isWithinLimit: true },
        ],
        targets: [
          { account: { network: 'MASTODON' }, length: { network: 'MASTODON', length: 25 } },
          { account: { network: 'X' }, length: { network: 'X', length: 5 } },
        ],
      });
    });

    it('is said to a confined viewer for the networks of the accounts that they see', async () => {
      const post = await draft();
      const { lengths } = await lengthsOf(post.id, workspace.viewer({ accountIds: [x] }));
      expect(lengths).toMatchObject([{ network: 'X' }]);
    });

    it('is unknown for an account that is disconnected', async () => {
      const gone = await createTestAccount(api.queries, workspace);
      const post = await draft({ accountIds: [gone] });
      await api.queries.updateTable('postTargets').set({ accountId: null }).where('accountId', '=', gone).execute();
      expect(await lengthsOf(post.id)).toEqual({ lengths: [], targets: [{ account: null, length: null }] });
    });

    it('is said before it is saved, for any networks or all', async () => {
      const document = `query ($text: String!, $networks: [NetworkName!]) {
        textLengths(text: $text, networks: $networks) { network length unit }
      }`;
      const ask = (variables: object, viewer: Viewer | null = owner) => api.run(viewer, document, variables);
      const { data, statements } = await ask({ text: 'あ', networks: ['X', 'YOUTUBE', 'X'] });
      expect(data.textLengths).toEqual([
        { network: 'X', length: 2, unit: 'WEIGHTED' },
        { network: 'YOUTUBE', length: 3, unit: 'BYTES' },
      ]);
      expect(statements).toBe(0);
      expect((await ask({ text: '' })).data.textLengths).toHaveLength(10);
      const { errors } = await ask({ text: 'x'.repeat(10_001) });
      expect(errors).toMatchObject([
        {
          message: 'text: Magpie accepts at most 10000 characters, but got 10001.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
      expect((await ask({ text: 'x' }, null)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    });
  });

  describe('a new post', () => {
    it('is a draft without an instant, and scheduled with one', async () => {
      expect(await draft()).toMatchObject({ status: 'DRAFT', scheduledAt: null, revision: 1, author: { name: 'Ada' } });
      expect(await draft({ scheduledAt: tomorrow })).toMatchObject({
        status: 'SCHEDULED',
        scheduledAt: tomorrow,
        targets: [
          { status: 'SCHEDULED', account: { id: mastodon } },
          { status: 'SCHEDULED', account: { id: x } },
        ],
      });
    });

    it('is refused with everything that is wrong with it at once', async () => {
      const nowhere = testId('Account');
      const { post, userErrors } = await posts.create(owner, {
        text: 'e'.repeat(281),
        accountIds: [x, nowhere],
        mediaIds: [testId('MediaAsset')],
        campaignId: testId('Campaign'),
        templateId: 'none',
        scheduledAt: '2026-11-22T08:58:59.000Z',
      });
      expect(post).toBeNull();
      expect(userErrors.map(({ code, path }) => [code, path.join('.')])).toEqual([
        ['INVALID', 'input.scheduledAt'],
        ['NOT_FOUND', 'input.accountIds.1'],
        ['TEXT_TOO_LONG', 'input.text'],
        ['NOT_FOUND', 'input.mediaIds.0'],
        ['NOT_FOUND', 'input.campaignId'],
        ['NOT_FOUND', 'input.templateId'],
      ]);
    });

    it('may have an instant that passed less than a minute ago', async () => {
      expect(await draft({ scheduledAt: '2026-11-22T08:59:30.000Z' })).toMatchObject({ status: 'SCHEDULED' });
    });

    it.each([
      ['no account', () => ({ accountIds: [] })],
      ['an account twice', () => ({ accountIds: [x, x] })],
    ])('is refused with %s', async (_, input) => {
      const { userErrors } = await posts.create(owner, { text: 'Hello', ...input() });
      expect(userErrors).toMatchObject([{ code: 'INVALID' }]);
    });

    it('counts against the limit of each network as that counts', async () => {
      expect(await draft({ text: '🎉'.repeat(140) })).toMatchObject({ status: 'DRAFT' });
      const { userErrors } = await posts.create(owner, { text: 'あ'.repeat(141), accountIds: [x, mastodon] });
      const message = 'X accepts at most 280 weighted characters, but got 282.';
      const error = { code: 'TEXT_TOO_LONG', path: ['input', 'text'], message };
      expect(userErrors).toEqual([{ ...error, network: 'X', maxLength: 280, length: 282, unit: 'WEIGHTED' }]);
    });

    it('is refused once when it is too long for Magpie, and is not measured by the rules of networks', async () => {
      const text = 'a.co '.repeat(2_001);
      const { userErrors } = await posts.create(owner, {
        ...{ text, accountIds: [x, mastodon], textOverrides: [{ accountId: mastodon, text: 'short' }] },
      });
      expect(userErrors).toMatchObject([{ code: 'TEXT_TOO_LONG', network: null, length: 10_005 }]);
    });

    it('has 43 families on Bluesky, and not 121', async () => {
      const bluesky = await createTestAccount(api.queries, workspace, { network: 'BLUESKY' });
      expect(await draft({ text: '👨‍👩‍👧‍👦'.repeat(43), accountIds: [bluesky] })).toMatchObject({ status: 'DRAFT' });
      const { userErrors } = await posts.create(owner, { text: '👨‍👩‍👧‍👦'.repeat(121), accountIds: [bluesky] });
      expect(userErrors).toMatchObject([{ network: 'BLUESKY', maxLength: 3_000, length: 3_025, unit: 'BYTES' }]);
    });

    it('is refused with thousands of marks on one character', async () => {
      const { userErrors } = await posts.create(owner, { text: 'a'.padEnd(200_000, '\u0301'), accountIds: [x] });
      const message = 'Expected at most 10000 characters of 16 UTF-16 units each on average, but got 200000 units.';
      expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'text'], message }]);
    });

    it('is refused beyond 10,000 characters whatever the network', async () => {
      const facebook = await createTestAccount(api.queries, workspace, { network: 'FACEBOOK' });
      const { userErrors } = await posts.create(owner, { text: 'e'.repeat(10_001), accountIds: [facebook] });
      expect(userErrors).toMatchObject([{ network: null, maxLength: 10_000, length: 10_001, unit: 'GRAPHEMES' }]);
    });

    it('may be made from a template of the workspace or of the gallery', async () => {
      const [own, gallery] = [testId('Template'), testId('Template')];
      const createdAt = api.clock.toISOString();
      await api.queries
        .insertInto('templates')
        .values({ id: own, workspaceId: workspace.id, title: 'Own', body: '', createdAt, updatedAt: createdAt })
        .execute();
      await api.queries
        .insertInto('galleryTemplates')
        .values({ id: gallery, title: 'Gallery', body: '', createdAt })
        .execute();
      expect(await draft({ templateId: own })).toMatchObject({ template: { title: 'Own' } });
      expect(await draft({ templateId: gallery })).toMatchObject({ template: { title: 'Gallery' } });
    });

    it('is made once for an idempotency key, also when it is asked for twice at once', async () => {
      const input = { text: 'Once', accountIds: [x], idempotencyKey: testId('Post') };
      const made = await Promise.all(Array.from({ length: 4 }, () => posts.create(owner, input)));
      const later = await posts.create(owner, input);
      expect(new Set([...made, later].map(({ post }) => post.id)).size).toBe(1);
      const { userErrors } = await posts.create(owner, { ...input, text: 'Twice' });
      expect(userErrors).toMatchObject([{ code: 'CONFLICT', path: ['input', 'idempotencyKey'] }]);
    });

    it('is still the first one for its key when the same input would be refused by now', async () => {
      const soon = '2026-11-22T09:30:00.000Z';
      const input = { text: 'Once', accountIds: [x], scheduledAt: soon, idempotencyKey: testId('Post') };
      const { post } = await posts.create(owner, input);
      const present = api.clock;
      api.clock = new Date('2026-11-22T12:00:00.000Z');
      const later = await posts.create(owner, input);
      api.clock = present;
      expect(later.post?.id).toBe(post.id);
    });
  });

  describe('an update', () => {
    it('keeps the ids of targets that stay, in the new order', async () => {
      const { id, targets } = await draft();
      const threads = await createTestAccount(api.queries, workspace, { network: 'THREADS' });
      const { post } = await posts.update(owner, { id, accountIds: [threads, mastodon] });
      expect(post.targets).toMatchObject([
        { account: { id: threads } },
        { id: targets[0]!.id, account: { id: mastodon } },
      ]);
    });

    it('keeps a scheduled post scheduled', async () => {
      const { id } = await draft({ scheduledAt: tomorrow });
      const { post } = await posts.update(owner, { id, text: 'Changed' });
      expect(post).toMatchObject({ text: 'Changed', status: 'SCHEDULED', scheduledAt: tomorrow, revision: 2 });
    });

    it('orders media as chosen, and takes them away', async () => {
      const media = await Promise.all([addMedia(), addMedia()]);
      const { id } = await draft({ mediaIds: media });
      const { post } = await posts.update(owner, { id, mediaIds: media.toReversed() });
      expect(post.media.map((asset) => asset.id)).toEqual(media.toReversed());
      expect((await posts.update(owner, { id, mediaIds: [] })).post.media).toEqual([]);
    });

    it('is refused when the post was changed since it was read', async () => {
      const { id } = await draft();
      await posts.update(owner, { id, text: 'First', expectedRevision: 1 });
      const { userErrors } = await posts.update(owner, { id, text: 'Second', expectedRevision: 1 });
      expect(userErrors).toEqual([
        expect.objectContaining({ code: 'STALE_REVISION', expectedRevision: 1, currentRevision: 2 }),
      ]);
    });

    it('of two at once with the same revision lets one through', async () => {
      const { id } = await draft();
      const results = await Promise.all(
        ['A', 'B'].map((text) => posts.update(owner, { id, text, expectedRevision: 1 })),
      );
      expect(results.map(({ userErrors }) => userErrors.length).sort()).toEqual([0, 1]);
    });

    it('leaves a post with 20 targets at most, those on disconnected accounts included', async () => {
      const { id } = await draft();
      const failed = { workspaceId: workspace.id, postId: id, accountId: null, status: 'FAILED' as const };
      const outcomes = Array.from({ length: 19 }, (_, n) => ({ ...failed, id: testId('PostTarget'), position: 2 + n }));
      await api.queries.updateTable('posts').set({ status: 'FAILED' }).where('id', '=', id).execute();
      await api.queries.insertInto('postTargets').values(outcomes).execute();
      const { userErrors } = await posts.update(owner, { id, accountIds: [mastodon, x] });
      expect(userErrors).toEqual([
        expect.objectContaining({
          ...{ code: 'INVALID', path: ['input', 'accountIds'] },
          message: 'Expected at most 20 targets, but got 21, 19 of them on disconnected accounts.',
        }),
      ]);
      const { post } = await posts.update(owner, { id, accountIds: [x] });
      expect(post.targets).toHaveLength(20);
    });

    it('checks the text that is there against accounts that are added', async () => {
      const { id } = await draft({ text: 'e'.repeat(400), accountIds: [mastodon] });
      const { userErrors } = await posts.update(owner, { id, accountIds: [mastodon, x] });
      expect(userErrors).toMatchObject([{ code: 'TEXT_TOO_LONG', network: 'X', length: 400 }]);
    });
  });

  describe('the lifecycle', () => {
    const steps = {
      schedule: (viewer: Viewer, id: string) => posts.schedule(viewer, { id, at: nextMonth }),
      unschedule: (viewer: Viewer, id: string) => posts.unschedule(viewer, { id }),
      requestApproval: (viewer: Viewer, id: string) => posts.requestApproval(viewer, { id }),
      approve: (viewer: Viewer, id: string) => posts.approve(viewer, { id }),
      reject: (viewer: Viewer, id: string) => posts.reject(viewer, { id, reason: 'Too loud' }),
      publish: (viewer: Viewer, id: string) => posts.publish(viewer, { id }),
      retry: (viewer: Viewer, id: string) => posts.retry(viewer, { id }),
      update: (viewer: Viewer, id: string) => posts.update(viewer, { id, text: 'Changed' }),
      delete: (viewer: Viewer, id: string) => posts.delete(viewer, { id }),
    };
    const table: Record<string, Partial<Record<keyof typeof steps, string>>> = {
      DRAFT: {
        schedule: 'SCHEDULED',
        requestApproval: 'PENDING_APPROVAL',
        publish: 'PUBLISHING',
        update: 'DRAFT',
        delete: '',
      },
      PENDING_APPROVAL: {
        ...{ schedule: 'SCHEDULED', unschedule: 'DRAFT', approve: 'SCHEDULED', reject: 'DRAFT' },
        ...{ publish: 'PUBLISHING', update: 'PENDING_APPROVAL', delete: '' },
      },
      SCHEDULED: { schedule: 'SCHEDULED', unschedule: 'DRAFT', publish: 'PUBLISHING', update: 'SCHEDULED', delete: '' },
      PUBLISHING: {},
      PUBLISHED: { delete: '' },
      PARTIALLY_PUBLISHED: { retry: 'PUBLISHING', delete: '' },
      FAILED: { schedule: 'SCHEDULED', retry: 'PUBLISHING', update: 'FAILED', delete: '' },
    };
    const cases = Object.entries(table).flatMap(([from, to]) =>
      (Object.keys(steps) as (keyof typeof steps)[]).map((step) => [from, step, to[step] ?? 'CONFLICT'] as const),
    );

    it.each(cases)('takes a post that is %s by %s to "%s"', async (from, step, to) => {
      const { id } = await draft({ scheduledAt: tomorrow });
      await putInto(id, from);
      const { post, deletedId, userErrors } = await steps[step](owner, id);
      if (to === 'CONFLICT') expect(userErrors).toMatchObject([{ code: 'CONFLICT', path: ['input', 'id'] }]);
      else if (to === '') expect(deletedId).toBe(id);
      else expect(post).toMatchObject({ status: to, revision: 2 });
    });

    it('makes what is published now due now, and forgets the date that was', async () => {
      const { id } = await draft({ scheduledAt: nextMonth });
      const { post } = await posts.publish(owner, { id });
      expect(post).toMatchObject({ status: 'PUBLISHING', scheduledAt: api.clock.toISOString() });
      expect(post.targets.map(({ status }) => status)).toEqual(['SCHEDULED', 'SCHEDULED']);
    });

    it('retries the failed targets alone', async () => {
      const { id } = await draft({ scheduledAt: tomorrow });
      await putInto(id, 'PARTIALLY_PUBLISHED');
      const { post } = await posts.retry(owner, { id });
      expect(post.targets).toMatchObject([{ status: 'PUBLISHED' }, { status: 'SCHEDULED', failureMessage: null }]);
    });

    it('takes the date from a post that is unscheduled', async () => {
      const { id } = await draft({ scheduledAt: tomorrow });
      expect((await posts.unschedule(owner, { id })).post).toMatchObject({ status: 'DRAFT', scheduledAt: null });
    });

    it('refuses instants that have passed', async () => {
      const { id } = await draft();
      const { userErrors } = await posts.schedule(owner, { id, at: '2026-11-22T08:00:00.000Z' });
      expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'at'] }]);
    });

    it('asks a rejection for its reason', async () => {
      const { id } = await draft();
      await posts.requestApproval(owner, { id });
      expect((await posts.reject(owner, { id, reason: ' ' })).userErrors).toMatchObject([{ code: 'INVALID' }]);
      const { post } = await posts.reject(owner, { id, reason: 'Too loud' });
      expect(post).toMatchObject({ status: 'DRAFT', rejectionReason: 'Too loud' });
      expect((await posts.requestApproval(owner, { id })).post).toMatchObject({ rejectionReason: null });
    });
  });

  describe('a workspace that requires approval', () => {
    let strict: TestWorkspace;
    let contributor: Viewer;
    let editor: Viewer;
    let account: string;
    beforeAll(async () => {
      strict = await createTestWorkspace(api.queries, { requiresApproval: true });
      account = await createTestAccount(api.queries, strict);
      contributor = strict.viewer({ role: 'CONTRIBUTOR' });
      editor = strict.viewer({ role: 'EDITOR' });
    });
    const written = (viewer: Viewer) => draft({ accountIds: [account], scheduledAt: tomorrow }, viewer);

    it('lets what a contributor schedules wait, with its instant', async () => {
      const post = await written(contributor);
      expect(post).toMatchObject({ status: 'PENDING_APPROVAL', scheduledAt: tomorrow });
      const moved = await posts.schedule(contributor, { id: post.id, at: nextMonth });
      expect(moved.post).toMatchObject({ status: 'PENDING_APPROVAL', scheduledAt: nextMonth });
      expect((await posts.approve(editor, { id: post.id })).post).toMatchObject({ status: 'SCHEDULED' });
    });

    it('takes an editor at their word', async () => {
      expect(await written(editor)).toMatchObject({ status: 'SCHEDULED' });
    });

    it('is not approved, and goes no other way, in another revision than was read', async () => {
      const at = '2026-12-01T08:00:00.000Z';
      for (const step of ['schedule', 'unschedule', 'approve', 'publish', 'reject'] as const) {
        const { id } = (await posts.create(contributor, { text: 'Read', accountIds: [account], scheduledAt: at })).post;
        await posts.update(contributor, { id, text: 'Not read' });
        const own = { schedule: { at }, reject: { reason: 'No' } }[step as string];
        const outcome = (expectedRevision: number) => posts[step](editor, { id, ...own, expectedRevision });
        expect((await outcome(1)).userErrors).toMatchObject([
          { code: 'STALE_REVISION', expectedRevision: 1, currentRevision: 2 },
        ]);
        expect((await outcome(2)).userErrors).toEqual([]);
      }
    });

    it('approves a post without an instant as a draft', async () => {
      const { id } = await draft({ accountIds: [account] }, contributor);
      await posts.requestApproval(contributor, { id });
      expect((await posts.approve(editor, { id })).post).toMatchObject({ status: 'DRAFT' });
    });

    it('asks again when a contributor changes what was approved', async () => {
      const { id } = await written(editor);
      expect((await posts.update(contributor, { id, text: 'New' })).post).toMatchObject({ status: 'PENDING_APPROVAL' });
      expect((await posts.approve(editor, { id })).post).toMatchObject({ status: 'SCHEDULED' });
      expect((await posts.update(editor, { id, text: 'Newer' })).post).toMatchObject({ status: 'SCHEDULED' });
    });

    it('does not let a contributor approve or publish', async () => {
      const { id } = await written(contributor);
      await expect(posts.approve(contributor, { id })).rejects.toThrow('EDITOR');
      await expect(posts.publish(contributor, { id })).rejects.toThrow('EDITOR');
    });
  });

  describe('another workspace', () => {
    it('neither sees a post nor can touch it, nor use what is not its own', async () => {
      const other = (await createTestWorkspace(api.queries)).viewer();
      const { id } = await draft({ scheduledAt: tomorrow });
      const seen = await api.run(other, `{ post(id: "${id}") { id } posts { totalCount nodes { id } } }`);
      expect(seen.data).toEqual({ post: null, posts: { totalCount: 0, nodes: [] } });
      for (const step of [posts.unschedule, posts.publish, posts.delete, posts.approve])
        expect((await step(other, { id })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      const { userErrors } = await posts.create(other, { text: 'Hello', accountIds: [x] });
      expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'accountIds', '0'] }]);
    });
  });

  describe('what is reported as changed', () => {
    it('by a new post is its lists, its months in all time zones, campaign, template and media', async () => {
      const [campaign, media] = [await addCampaign(), await addMedia()];
      const { invalidated, post } = await posts.create(owner, {
        ...{ text: 'Hello', accountIds: [x], campaignId: campaign, mediaIds: [media] },
        // 31 December in UTC, and January already in Vienna: the workspace's zone can change at any moment.
        scheduledAt: '2026-12-31T23:30:00.000Z',
      });
      expect(invalidated).toEqual(
        [
          ...['Post', `Post:${post.id}`, 'Calendar:2026-12', 'Calendar:2027-01'],
          `Campaign:${campaign}:posts`,
          ...[`MediaAsset:${media}:usage`, 'MediaAsset:usage:false', 'MediaAsset:usage:true'],
        ].sort(),
      );
    });

    it('by a post that moves is the month before and after', async () => {
      const { id } = await draft({ scheduledAt: tomorrow });
      const { invalidated } = await posts.schedule(owner, { id, at: nextMonth });
      expect(invalidated).toEqual(['Calendar:2026-11', 'Calendar:2026-12', 'Post', `Post:${id}`]);
    });

    it('by a post that changes its campaign is both, and the calendars that filter by them', async () => {
      const [before, after] = [await addCampaign(), await addCampaign()];
      const { id } = await draft({ campaignId: before, scheduledAt: tomorrow });
      const { invalidated } = await posts.update(owner, { id, campaignId: after });
      expect(invalidated).toEqual(
        ['Calendar:2026-11', `Campaign:${before}:posts`, `Campaign:${after}:posts`, 'Post', `Post:${id}`].sort(),
      );
    });

    it('by a change of the text is the post alone', async () => {
      const { id } = await draft({ scheduledAt: tomorrow });
      expect((await posts.update(owner, { id, text: 'New' })).invalidated).toEqual(['Post', `Post:${id}`]);
    });

    it('by a change of accounts is all that the post is in, as others see it by then', async () => {
      const media = await addMedia();
      const { id } = await draft({ scheduledAt: tomorrow, mediaIds: [media] });
      const { invalidated } = await posts.update(owner, { id, accountIds: [x] });
      expect(invalidated).toContain('Calendar:2026-11');
      expect(invalidated).toContain(`MediaAsset:${media}:usage`);
    });

    it('by the deletion of a published post are also the reports of its accounts', async () => {
      const { id } = await draft({ scheduledAt: tomorrow });
      await putInto(id, 'PUBLISHED');
      const { invalidated } = await posts.delete(owner, { id });
      for (const key of ['all', x, mastodon]) expect(invalidated).toContain(`AnalyticsReport:${key}`);
    });

    it('by a refusal is nothing', async () => {
      const { invalidated } = await posts.update(owner, { id: testId('Post'), text: 'New' });
      expect(invalidated).toEqual([]);
    });
  });

  describe('lists', () => {
    it('turn their pages without loss or repetition, while posts come, and among equal instants', async () => {
      const team = await createTestWorkspace(api.queries);
      const account = await createTestAccount(api.queries, team);
      const viewer = team.viewer();
      const made = [];
      for (let count = 0; count < 7; count += 1) made.push((await draft({ accountIds: [account] }, viewer)).id);
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { data } = await api.run(
          viewer,
          'query ($after: String) { posts(first: 3, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } edges { cursor node { id } } } }',
          { after },
        );
        seen.push(...data.posts.nodes.map(({ id }: { id: string }) => id));
        after = data.posts.pageInfo.hasNextPage ? data.posts.pageInfo.endCursor : null;
        if (seen.length === 3) await draft({ accountIds: [account] }, viewer);
      } while (after);
      expect(seen).toEqual(made.toSorted().toReversed());
    });

    it('filter by state, account, campaign and text, all at once', async () => {
      const team = await createTestWorkspace(api.queries);
      const account = await createTestAccount(api.queries, team);
      const other = await createTestAccount(api.queries, team);
      const viewer = team.viewer();
      const campaign = await addCampaign(team);
      const wanted = await draft({ text: '100% Wool', accountIds: [account], campaignId: campaign }, viewer);
      await draft({ text: '100 Wool', accountIds: [account], campaignId: campaign }, viewer);
      await draft({ text: '100% Wool', accountIds: [other], campaignId: campaign }, viewer);
      await draft({ text: '100% Wool', accountIds: [account] }, viewer);
      await draft({ text: '100% Wool', accountIds: [account], campaignId: campaign, scheduledAt: tomorrow }, viewer);
      const list = async (filter: object) =>
        (
          await api.run(viewer, 'query ($filter: PostFilter) { posts(filter: $filter) { totalCount nodes { id } } }', {
            filter,
          })
        ).data.posts;
      expect(await list({ status: ['DRAFT'], accountIds: [account], campaignId: campaign, search: '0% wOOl' })).toEqual(
        { totalCount: 1, nodes: [{ id: wanted.id }] },
      );
      expect(await list({ status: [] })).toEqual({ totalCount: 0, nodes: [] });
      expect((await list({ accountIds: ['a\0b'], campaignId: 'c\0d' })).totalCount).toBe(0);
      expect((await list({ status: null, search: null })).totalCount).toBe(5);
      expect((await list({ campaignId: null })).totalCount).toBe(1);
    });

    it('with all their edges take one statement an edge, whatever the number of posts', async () => {
      const { statements, data, errors } = await api.run(
        owner,
        `{ posts(first: 50) { nodes {
          id targets { id status account { id handle } } media { id } campaign { id } template { id }
          author { id } metrics { views }
        } } }`,
      );
      expect(errors).toBeUndefined();
      expect(data.posts.nodes.length).toBeGreaterThan(10);
      expect(statements).toBeLessThanOrEqual(8);
    });
  });

  async function addCampaign(team = workspace): Promise<string> {
    const id = testId('Campaign');
    const createdAt = api.clock.toISOString();
    await api.queries
      .insertInto('campaigns')
      .values({ id, workspaceId: team.id, name: 'Campaign', status: 'PLANNED', createdAt, updatedAt: createdAt })
      .execute();
    return id;
  }

  async function addMedia(): Promise<string> {
    const id = testId('MediaAsset');
    await api.queries
      .insertInto('mediaAssets')
      .values({
        ...{ id, workspaceId: workspace.id, fileName: 'a.png', mimeType: 'image/png', byteSize: 1 },
        ...{ sha256: id, storageKey: id, altText: null, createdAt: api.clock.toISOString() },
      })
      .execute();
    return id;
  }

  /** Puts a post with two targets where the mutations of users cannot. */
  async function putInto(id: string, status: string): Promise<void> {
    const [first, second] = {
      PUBLISHED: ['PUBLISHED', 'PUBLISHED'] as const,
      PARTIALLY_PUBLISHED: ['PUBLISHED', 'FAILED'] as const,
    }[status] ?? [status, status];
    const isOut = first === 'PUBLISHED';
    await api.queries
      .updateTable('posts')
      .set({ status: status as 'DRAFT', publishedAt: isOut ? api.clock.toISOString() : null })
      .where('id', '=', id)
      .execute();
    for (const [position, target] of [first, second].entries())
      await api.queries
        .updateTable('postTargets')
        .set({ status: target as 'DRAFT', publishedAt: target === 'PUBLISHED' ? api.clock.toISOString() : null })
        .where('postId', '=', id)
        .where('position', '=', position)
        .execute();
  }
});
