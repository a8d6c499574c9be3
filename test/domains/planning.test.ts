import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { type PostMutations, postMutations } from './post-mutations.ts';

const instant = '2026-11-30T09:00:00.000Z';

describe.each(engines)('a post that is planned, on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;
  let posts: PostMutations;
  let instagram: string;
  let mastodon: string;
  let picture: string;

  beforeAll(async () => {
    api = await createTestApi(engine, {
      media: { put: async () => {}, open: async () => null, remove: async () => {} },
    });
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    posts = postMutations(api);
    instagram = await createTestAccount(api.queries, workspace, { network: 'INSTAGRAM' });
    mastodon = await createTestAccount(api.queries, workspace, { network: 'MASTODON' });
    picture = await createPicture();
  });

  async function createPicture(): Promise<string> {
    const id = testId('MediaAsset');
    const createdAt = '2026-01-01T00:00:00.000Z';
    await api.queries
      .insertInto('mediaAssets')
      .values({
        ...{ id, workspaceId: workspace.id, fileName: 'a.jpg', mimeType: 'image/jpeg', byteSize: 1, sha256: 'x' },
        ...{ storageKey: id, createdAt },
      })
      .execute();
    return id;
  }
  const create = async (input: object) => posts.create(owner, { text: 'Hello', accountIds: [mastodon], ...input });
  const messagesOf = ({ userErrors }: { userErrors: readonly { message: string }[] }) =>
    userErrors.map(({ message }) => message);
  const needsMedia = 'Instagram accepts no text without media: add images or videos.';
  const isEmpty = 'Mastodon accepts no empty post: add a text or media.';

  it('is one that its networks take, however it was planned', async () => {
    expect(messagesOf(await create({ accountIds: [instagram], scheduledAt: instant }))).toEqual([needsMedia]);
    expect(messagesOf(await create({ text: ' ', scheduledAt: instant }))).toEqual([isEmpty]);
    const { id } = (await create({ text: '', accountIds: [mastodon, instagram] })).post;
    const reasons = [isEmpty, 'Instagram accepts no empty post: add a text or media.'];
    for (const plan of [
      posts.schedule(owner, { id, at: instant }),
      posts.requestApproval(owner, { id }),
      posts.publish(owner, { id }),
    ])
      expect(messagesOf(await plan)).toEqual(reasons);
    await posts.update(owner, { id, mediaIds: [picture] });
    expect(messagesOf(await posts.schedule(owner, { id, at: instant }))).toEqual([]);
  });

  it('stays so when it is changed, and when what failed is retried', async () => {
    const { id } = (await create({ accountIds: [instagram], mediaIds: [picture], scheduledAt: instant })).post;
    expect(messagesOf(await posts.update(owner, { id, mediaIds: [] }))).toEqual([needsMedia]);
    expect(messagesOf(await posts.update(owner, { id, mediaIds: [], accountIds: [mastodon] }))).toEqual([]);
    expect(messagesOf(await posts.update(owner, { id, text: '' }))).toEqual([isEmpty]);
    expect(messagesOf(await posts.update(owner, { id, accountIds: [mastodon, instagram] }))).toEqual([needsMedia]);
    await fail(id);
    expect(messagesOf(await posts.update(owner, { id, text: '' }))).toEqual([]); // it goes nowhere by itself
    expect(messagesOf(await posts.retry(owner, { id }))).toEqual([isEmpty]);
  });

  it('keeps its media, as do those that have an instant or can be retried', async () => {
    const remove = async (id: string) => {
      const document =
        'mutation ($input: DeleteInput!) { deleteMediaAsset(input: $input) { deletedId userErrors { code } } }';
      const { data } = await api.run(owner, document, { input: { id } });
      return data.deleteMediaAsset.userErrors.map(({ code }: { code: string }) => code);
    };
    const withPicture = async (input: object = {}) => {
      const mediaId = await createPicture();
      return { mediaId, id: (await create({ mediaIds: [mediaId], ...input })).post.id };
    };
    const scheduled = await withPicture({ scheduledAt: instant });
    const pending = await withPicture({ scheduledAt: instant });
    await api.queries.updateTable('posts').set({ status: 'PENDING_APPROVAL' }).where('id', '=', pending.id).execute();
    const rejected = await withPicture({ scheduledAt: instant });
    await api.queries.updateTable('posts').set({ status: 'DRAFT' }).where('id', '=', rejected.id).execute();
    const [failed, partly, out, draft] = [
      await withPicture(),
      await withPicture(),
      await withPicture(),
      await withPicture(),
    ];
    await fail(failed.id);
    await fail(partly.id, 'PARTIALLY_PUBLISHED');
    await fail(out.id, 'PUBLISHED');
    for (const { mediaId } of [scheduled, pending, rejected, failed, partly])
      expect(await remove(mediaId)).toEqual(['CONFLICT']);
    for (const { mediaId } of [out, draft]) expect(await remove(mediaId)).toEqual([]);
  });

  it('may have texts of its own for its accounts, set, read, kept and cleared', async () => {
    const own = { accountId: mastodon, text: 'Toot' };
    const { id } = (await create({ accountIds: [mastodon, instagram], textOverrides: [own] })).post;
    const texts = async () => {
      const { data } = await api.run(owner, `{ post(id: "${id}") { targets { textOverride } } }`);
      return data.post.targets.map(({ textOverride }: { textOverride: string | null }) => textOverride);
    };
    const update = async (input: object) => {
      const document = `mutation ($input: UpdatePostInput!) { updatePost(input: $input) {
        targetsWithOwnText { account { id } textOverride } userErrors { code path message } } }`;
      return (await api.run(owner, document, { input: { id, ...input } })).data.updatePost;
    };
    expect(await texts()).toEqual(['Toot', null]);
    expect(await update({ text: 'Another' })).toEqual({
      targetsWithOwnText: [{ account: { id: mastodon }, textOverride: 'Toot' }],
      userErrors: [],
    });
    await update({ textOverrides: [{ accountId: instagram, text: 'Gram' }] });
    expect(await texts()).toEqual(['Toot', 'Gram']);
    await update({ textOverrides: [{ accountId: mastodon, text: null }, { accountId: instagram }] });
    expect(await texts()).toEqual([null, null]);

    const foreign = await update({ textOverrides: [{ accountId: 'acc_other', text: 'x' }] });
    expect(foreign.userErrors).toMatchObject([
      { code: 'NOT_FOUND', path: ['input', 'textOverrides', '0', 'accountId'] },
    ]);
    const long = await update({ textOverrides: [{ accountId: mastodon, text: 'x'.repeat(501) }] });
    expect(long).toMatchObject({ targetsWithOwnText: [], userErrors: [{ code: 'TEXT_TOO_LONG' }] });
  });

  it('is judged by the text of each account', async () => {
    const textOverrides = [{ accountId: mastodon, text: '' }];
    expect(messagesOf(await create({ textOverrides, scheduledAt: instant }))).toEqual([isEmpty]);
    expect(
      messagesOf(
        await create({ text: '', textOverrides: [{ accountId: mastodon, text: 'Toot' }], scheduledAt: instant }),
      ),
    ).toEqual([]);
  });

  async function fail(id: string, status: 'FAILED' | 'PARTIALLY_PUBLISHED' | 'PUBLISHED' = 'FAILED'): Promise<void> {
    await api.queries.updateTable('posts').set({ status }).where('id', '=', id).execute();
    const target = status === 'PUBLISHED' ? 'PUBLISHED' : 'FAILED';
    const publishedAt = target === 'PUBLISHED' ? instant : null;
    await api.queries
      .updateTable('postTargets')
      .set({ status: target, publishedAt })
      .where('postId', '=', id)
      .execute();
  }
});
