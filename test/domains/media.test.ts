import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiskMediaStore } from '../../src/domains/media/disk-store.ts';
import { safeFileName } from '../../src/domains/media/file-name.ts';
import { findServed } from '../../src/domains/media/serving.ts';
import type { MediaStore } from '../../src/domains/media/store.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import type { PostStatus } from '../../src/generated/schema.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { fileOf, files } from './files.ts';

async function readAll(store: MediaStore, key: string, range?: { start: number; end: number }): Promise<string | null> {
  const file = await store.open(key, range);
  return file && Buffer.concat(await file.stream.toArray()).toString('latin1');
}

describe('the name of a file', () => {
  it.each([
    ['photo.png', 'photo.png'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\photo.png', 'photo.png'],
    ['a\0b\r\nc\u202Egnp.exe', 'abcgnp.exe'],
    [' Größe ', 'Größe'],
    ['Gro\u0308ße', 'Größe'],
    ['/', ''],
    [`${'x'.repeat(300)}.png`, `${'x'.repeat(251)}.png`],
    ['x'.repeat(300), 'x'.repeat(255)],
    ['\ud800a', 'a'],
  ])('%j is kept as %j', (name, kept) => {
    expect(safeFileName(name)).toBe(kept);
  });
});

describe.each(engines)('media on %s', (engine) => {
  const fields = 'id fileName mimeType byteSize url altText usageCount createdAt';
  const refused = 'userErrors { code path ... on LimitReachedError { limit } }';
  let folder: string;
  let store: MediaStore;
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'magpie-test-media-'));
    store = createDiskMediaStore(folder);
    api = await createTestApi(engine, { media: store });
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const mutate = async (document: string, input: object, viewer: Viewer) => {
    const { data, errors, invalidated } = await api.run(viewer, document, { input });
    return { ...(data && Object.values<object>(data)[0]), errors, invalidated };
  };
  const upload = (file: File, input: object = {}, viewer = owner) =>
    mutate(
      `mutation ($input: UploadMediaInput!) { uploadMedia(input: $input) { mediaAsset { ${fields} } ${refused} } }`,
      { file, ...input },
      viewer,
    );
  const update = (input: object, viewer = owner) =>
    mutate(
      `mutation ($input: UpdateMediaAssetInput!) {
        updateMediaAsset(input: $input) { mediaAsset { ${fields} } ${refused} }
      }`,
      input,
      viewer,
    );
  const remove = (id: string, viewer = owner) =>
    mutate(
      `mutation ($input: DeleteInput!) { deleteMediaAsset(input: $input) { deletedId ${refused} } }`,
      { id },
      viewer,
    );
  const find = async (id: string, viewer = owner) =>
    (await api.run(viewer, `query ($id: ID!) { mediaAsset(id: $id) { ${fields} } }`, { id })).data.mediaAsset;
  const keyOf = ({ url }: { url: string }) => url.slice('/media/'.length);
  const makePost = async (mediaId: string, status: PostStatus = 'DRAFT') => {
    const id = testId('Post');
    const at = api.clock.toISOString();
    await api.queries
      .insertInto('posts')
      .values({
        id,
        workspaceId: workspace.id,
        text: 'x',
        status,
        scheduledAt: status === 'DRAFT' ? null : at,
        createdAt: at,
        updatedAt: at,
      })
      .execute();
    await api.queries
      .insertInto('postMedia')
      .values({ workspaceId: workspace.id, postId: id, mediaId, position: 0 })
      .execute();
    return id;
  };

  describe('an upload', () => {
    it('is kept as what it is, whatever it is called, at an address that serves it', async () => {
      const file = fileOf(files.png, '../<b>page.html', 'text/html');
      const { mediaAsset, userErrors, invalidated } = await upload(file, { altText: ' A dot ' });
      expect(userErrors).toEqual([]);
      expect(mediaAsset).toEqual({
        id: expect.stringMatching(/^media_/),
        fileName: '<b>page.html',
        mimeType: 'image/png',
        byteSize: files.png.length,
        url: expect.stringMatching(/^\/media\/[0-9a-f]{48}$/),
        altText: 'A dot',
        usageCount: 0,
        createdAt: api.clock.toISOString(),
      });
      expect(invalidated).toEqual(['MediaAsset']);
      expect(await find(mediaAsset.id)).toEqual(mediaAsset);
      expect(await findServed(api.queries, keyOf(mediaAsset))).toEqual({
        fileName: '<b>page.html',
        mimeType: 'image/png',
        byteSize: files.png.length,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(await readAll(store, keyOf(mediaAsset))).toBe(files.png.toString('latin1'));
    });

    it('is served as its image when something else follows it', async () => {
      const polyglot = Buffer.concat([files.gif, Buffer.from('<script>alert(1)</script>')]);
      const { mediaAsset } = await upload(fileOf(polyglot, 'x.html', 'text/html'));
      expect(mediaAsset.mimeType).toBe('image/gif');
    });

    it('is refused when it is not what it is called, and leaves no file', async () => {
      const before = await readdir(folder);
      for (const name of ['image.png', 'image.svg', 'page.html']) {
        const { mediaAsset, userErrors, invalidated } = await upload(fileOf('<svg/>', name, 'image/png'));
        expect(mediaAsset).toBeNull();
        expect(userErrors).toEqual([{ code: 'INVALID', path: ['input', 'file'] }]);
        expect(invalidated).toEqual([]);
      }
      expect(await readdir(folder)).toEqual(before);
    });

    it('is refused above 10 MB, and taken with just that', async () => {
      const limit = 10 * 1024 * 1024;
      const sized = (size: number) => fileOf(Buffer.concat([files.png, Buffer.alloc(size - files.png.length)]));
      expect((await upload(sized(limit))).userErrors).toEqual([]);
      expect((await upload(sized(limit + 1))).userErrors).toEqual([
        { code: 'LIMIT_REACHED', path: ['input', 'file'], limit },
      ]);
    });

    it('is refused with a description that is too long, and needs none', async () => {
      expect((await upload(fileOf(files.png), { altText: 'x'.repeat(1_001) })).userErrors).toMatchObject([
        { code: 'TEXT_TOO_LONG' },
      ]);
      expect((await upload(fileOf(files.png), { altText: '  ' })).mediaAsset.altText).toBeNull();
      expect((await upload(fileOf(files.png, ''))).mediaAsset.fileName).toBe('untitled');
      expect((await upload(fileOf(files.png, '\u200d\u2060'))).mediaAsset.fileName).toBe('untitled');
    });

    it('leaves no file when its row could not be written', async () => {
      const before = await readdir(folder);
      const { errors } = await upload(fileOf(files.png), {}, workspace.viewer({ workspaceId: 'ws_none' }));
      expect(errors).toHaveLength(1);
      expect(await readdir(folder)).toEqual(before);
    });
  });

  it('change in name and description where something is said', async () => {
    const { mediaAsset } = await upload(fileOf(files.png, 'a.png'), { altText: 'A' });
    const { id } = mediaAsset;
    const renamed = await update({ id, fileName: ' x/b.png ' });
    expect(renamed.mediaAsset).toEqual({ ...mediaAsset, fileName: 'b.png' });
    expect(renamed.invalidated).toEqual(['MediaAsset', `MediaAsset:${id}`]);
    expect((await update({ id, altText: null })).mediaAsset).toMatchObject({ fileName: 'b.png', altText: null });
    for (const fileName of ['', ' ', '/', 'x'.repeat(256)])
      expect((await update({ id, fileName })).userErrors).toMatchObject([{ path: ['input', 'fileName'] }]);
  });

  it('are gone with their file once deleted, and posts lose them', async () => {
    const { mediaAsset } = await upload(fileOf(files.png));
    const postId = await makePost(mediaAsset.id);
    const { deletedId, userErrors, invalidated } = await remove(mediaAsset.id);
    expect(userErrors).toEqual([]);
    expect(deletedId).toBe(mediaAsset.id);
    expect(invalidated).toEqual(['MediaAsset', `MediaAsset:${mediaAsset.id}`, `Post:${postId}`]);
    expect(await find(mediaAsset.id)).toBeNull();
    expect(await findServed(api.queries, keyOf(mediaAsset))).toBeNull();
    expect(await store.open(keyOf(mediaAsset))).toBeNull();
    const { data } = await api.run(owner, 'query ($id: ID!) { post(id: $id) { revision media { id } } }', {
      id: postId,
    });
    expect(data.post).toEqual({ revision: 2, media: [] });
    expect((await remove(mediaAsset.id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it.each(['SCHEDULED', 'PUBLISHING'] as const)('are not deleted while a post that is %s uses them', async (status) => {
    const { mediaAsset } = await upload(fileOf(files.png));
    await makePost(mediaAsset.id);
    await makePost(mediaAsset.id, status);
    const { deletedId, userErrors, invalidated } = await remove(mediaAsset.id);
    expect({ deletedId, userErrors, invalidated }).toEqual({
      deletedId: null,
      userErrors: [{ code: 'CONFLICT', path: ['input', 'id'] }],
      invalidated: [],
    });
    expect(await find(mediaAsset.id)).toMatchObject({ usageCount: 2 });
    expect(await readAll(store, keyOf(mediaAsset))).not.toBeNull();
  });

  it('are listed newest first by what is asked for, with their usage in one statement', async () => {
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    const add = async (name: string, altText: string | null) => {
      api.clock = new Date(api.clock.getTime() + 1);
      return (await upload(fileOf(files.png, name), { altText })).mediaAsset.id;
    };
    const used = await add('used.png', 'A beach');
    await add('bare_1.png', null);
    await add('other.png', 'Sand');
    await makePost(used);
    await makePost(used);
    const list = async (args: string) => {
      const selects = 'nodes { fileName usageCount } pageInfo { hasNextPage endCursor } totalCount';
      return api.run(owner, `{ media${args} { ${selects} } }`);
    };
    const names = async (filter: string) => {
      const { media } = (await list(`(filter: { ${filter} })`)).data;
      expect(media.totalCount).toBe(media.nodes.length);
      return media.nodes.map(({ fileName }: { fileName: string }) => fileName);
    };
    const { data, statements } = await list('(first: 2)');
    expect(data.media).toMatchObject({ nodes: [{ fileName: 'other.png' }, { fileName: 'bare_1.png' }], totalCount: 3 });
    expect(statements).toBe(3); // the page, its usage, the total
    expect((await list(`(first: 2, after: "${data.media.pageInfo.endCursor}")`)).data.media).toMatchObject({
      nodes: [{ fileName: 'used.png', usageCount: 2 }],
      pageInfo: { hasNextPage: false },
    });
    expect(await names('isUnused: true')).toEqual(['other.png', 'bare_1.png']);
    expect(await names('isUnused: false')).toEqual(['used.png']);
    expect(await names('isMissingAltText: true')).toEqual(['bare_1.png']);
    expect(await names('isMissingAltText: false, isUnused: true')).toEqual(['other.png']);
    expect(await names('search: "SAND"')).toEqual(['other.png']);
    expect(await names('search: "e_1"')).toEqual(['bare_1.png']);
  });

  it('of another workspace are as absent, but for who has their address', async () => {
    const stranger = (await createTestWorkspace(api.queries)).viewer();
    const { mediaAsset } = await upload(fileOf(files.png));
    expect(await find(mediaAsset.id, stranger)).toBeNull();
    expect((await update({ id: mediaAsset.id, fileName: 'x' }, stranger)).userErrors).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    expect((await remove(mediaAsset.id, stranger)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await api.run(stranger, '{ media { totalCount } }')).data.media.totalCount).toBe(0);
    expect(await findServed(api.queries, keyOf(mediaAsset))).not.toBeNull();
    for (const key of ['', '../x', '\0', 'x'.repeat(48)]) expect(await findServed(api.queries, key)).toBeNull();
  });
});
