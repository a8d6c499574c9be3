import { beforeAll, describe, expect, it } from 'vitest';
import type { Queries } from '../../src/database/database.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { atOnce } from './at-once.ts';

const fields = 'id title body hashtags author { id } usageCount revision createdAt updatedAt';
const refused = 'userErrors { code message path }';

describe.each(engines)('templates on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;

  beforeAll(async () => {
    api = await createTestApi(engine);
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
  });

  const mutate = async (name: string, input: object, { viewer = owner, selects = `template { ${fields} }` } = {}) => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const { data, errors, invalidated } = await api.run(
      viewer,
      `mutation ($input: ${name === 'deleteTemplate' ? 'DeleteInput' : type}!) {
        ${name}(input: $input) { ${selects} ${refused} }
      }`,
      { input },
    );
    expect(errors).toBeUndefined();
    return { ...data[name], invalidated };
  };
  const create = async (input: object = {}, viewer = owner) =>
    mutate('createTemplate', { title: 'Launch', body: 'Meet {{product}}', ...input }, { viewer });
  const update = (input: object, viewer = owner) => mutate('updateTemplate', input, { viewer });
  const remove = (id: string, viewer = owner) => mutate('deleteTemplate', { id }, { viewer, selects: 'deletedId' });
  const find = async (id: string, viewer = owner) =>
    (await api.run(viewer, `query ($id: ID!) { template(id: $id) { ${fields} } }`, { id })).data.template;
  const list = async (viewer: Viewer, args = '') =>
    (
      await api.run(
        viewer,
        `{ templates${args} { nodes { title } edges { cursor } pageInfo { hasNextPage endCursor } totalCount } }`,
      )
    ).data.templates;
  const makePost = (templateId: string, of = workspace) => {
    const createdAt = api.clock.toISOString();
    return api.queries
      .insertInto('posts')
      .values({
        ...{ id: testId('Post'), workspaceId: of.id, text: 'x', status: 'DRAFT', templateId },
        ...{ createdAt, updatedAt: createdAt },
      })
      .execute();
  };

  it('are created with what was given, by who gave it', async () => {
    const { template, userErrors, invalidated } = await create({ title: ' Launch ', hashtags: ['#New', 'sale'] });
    expect(userErrors).toEqual([]);
    expect(template).toEqual({
      id: expect.stringMatching(/^tpl_/),
      title: 'Launch',
      body: 'Meet {{product}}',
      hashtags: ['New', 'sale'],
      author: { id: workspace.userId },
      usageCount: 0,
      revision: 1,
      createdAt: '2026-11-22T09:00:00.000Z',
      updatedAt: '2026-11-22T09:00:00.000Z',
    });
    expect(invalidated).toEqual(['Template']);
    expect(await find(template.id)).toEqual(template);
  });

  it('have hashtags without #, distinct whatever their case, without spaces', async () => {
    expect((await create({ hashtags: [' ##One ', 'one', 'ONE', 'zwei'] })).template.hashtags).toEqual(['One', 'zwei']);
    const alike = ['Café', 'cafe\u0301', '＃ＣＡＦＥ\u0301', 'ΟΔΌΣ', '#οδός', 'οδόσ'];
    expect((await create({ hashtags: alike })).template.hashtags).toEqual(['Café', 'ΟΔΌΣ']);
    for (const hashtags of [['two words'], ['#'], [''], ['x'.repeat(101)], ['a#b']])
      expect(await create({ hashtags })).toMatchObject({
        template: null,
        userErrors: [{ code: 'INVALID', path: ['input', 'hashtags'] }],
      });
  });

  it('name each hashtag that does not fit once, whatever its length', async () => {
    const long = '👨‍👩‍👧‍👦'.repeat(10_000);
    const { userErrors } = await create({ hashtags: [...Array.from({ length: 29 }, () => long), 'fits'] });
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'hashtags'] }]);
  });

  it('refuse what does not fit, all at once', async () => {
    const { userErrors } = await create({ title: ' ', body: 'x'.repeat(10_001), hashtags: ['a b'] });
    expect(userErrors.map(({ code, path }: { code: string; path: string[] }) => [code, path[1]])).toEqual([
      ['INVALID', 'title'],
      ['TEXT_TOO_LONG', 'body'],
      ['INVALID', 'hashtags'],
    ]);
    expect((await create({ title: 'x'.repeat(201) })).userErrors).toMatchObject([{ code: 'TEXT_TOO_LONG' }]);
    expect((await create({ title: '🎉'.repeat(200) })).userErrors).toEqual([]);
  });

  it('are created once for one idempotency key', async () => {
    const both = await Promise.all([create({ idempotencyKey: 'k1' }), create({ idempotencyKey: 'k1' })]);
    expect(both[0].template.id).toBe(both[1].template.id);
    expect((await create({ idempotencyKey: 'k1', title: 'Other' })).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it('change where something is said, under a new revision', async () => {
    const { template } = await create({ hashtags: ['a'] });
    api.clock = new Date(api.clock.getTime() + 1_000);
    const { template: after, invalidated } = await update({ id: template.id, title: 'New', expectedRevision: 1 });
    expect(after).toEqual({ ...template, title: 'New', revision: 2, updatedAt: api.clock.toISOString() });
    expect(await find(template.id)).toEqual(after);
    expect(invalidated).toEqual(['Template', `Template:${template.id}`]);
    expect((await update({ id: template.id, hashtags: [] })).template.hashtags).toEqual([]);
    expect(await update({ id: template.id, title: 'Late', expectedRevision: 1 })).toMatchObject({
      template: null,
      userErrors: [{ code: 'STALE_REVISION' }],
    });
    const hold = (transaction: Queries) =>
      transaction.selectFrom('templates').select('id').where('id', '=', template.id).forUpdate().execute();
    const change = (title: string) => () => update({ id: template.id, title, expectedRevision: 3 });
    const outcomes = await atOnce({ queries: api.queries, engine }, hold, [change('One'), change('Other')]);
    expect(outcomes.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: 'STALE_REVISION' }]);
  });

  it('are gone once deleted, and posts made from them stay', async () => {
    const { template } = await create();
    await makePost(template.id);
    expect(await remove(template.id)).toMatchObject({
      deletedId: template.id,
      invalidated: ['Template', `Template:${template.id}`],
    });
    expect(await find(template.id)).toBeNull();
    expect((await remove(template.id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const posts = await api.queries.selectFrom('posts').select('id').where('templateId', '=', template.id).execute();
    expect(posts).toHaveLength(1);
  });

  it('count the posts of their own workspace, for all of a page in one statement', async () => {
    const own = await createTestWorkspace(api.queries);
    const [used, unused] = [(await create({}, own.viewer())).template, (await create({}, own.viewer())).template];
    for (const of of [own, own, workspace]) await makePost(used.id, of);
    const page = await api.run(own.viewer(), '{ templates { nodes { id usageCount author { name } } } }');
    const counts = Object.fromEntries(
      page.data.templates.nodes.map(({ id, usageCount }: { id: string; usageCount: number }) => [id, usageCount]),
    );
    expect(counts).toEqual({ [used.id]: 2, [unused.id]: 0 });
    expect(page.statements).toBe(3); // the page, its counts, its authors
  });

  it('are listed newest first, page by page, and found by any part in any case', async () => {
    const own = (await createTestWorkspace(api.queries)).viewer();
    for (const title of ['Alpha', 'Beta', '100% off', 'a_b']) {
      api.clock = new Date(api.clock.getTime() + 1);
      await create({ title, body: `About ${title}` }, own);
    }
    const first = await list(own, '(first: 3)');
    expect(first).toMatchObject({
      nodes: [{ title: 'a_b' }, { title: '100% off' }, { title: 'Beta' }],
      pageInfo: { hasNextPage: true },
      totalCount: 4,
    });
    const second = await list(own, `(first: 3, after: "${first.pageInfo.endCursor}")`);
    expect(second).toMatchObject({ nodes: [{ title: 'Alpha' }], pageInfo: { hasNextPage: false }, totalCount: 4 });
    const titles = async (search: string) =>
      (await list(own, `(filter: { search: ${JSON.stringify(search)} })`)).nodes.map((n: { title: string }) => n.title);
    expect(await titles('aLPHa')).toEqual(['Alpha']);
    expect(await titles('about b')).toEqual(['Beta']);
    expect(await titles('0%')).toEqual(['100% off']);
    expect(await titles('a_')).toEqual(['a_b']);
    expect(await titles('\\')).toEqual([]);
    expect((await list(own, '(filter: { search: "off" })')).totalCount).toBe(1);
  });

  it('of another workspace are as absent', async () => {
    const stranger = (await createTestWorkspace(api.queries)).viewer();
    const { template } = await create();
    expect(await find(template.id, stranger)).toBeNull();
    expect(await list(stranger)).toMatchObject({ nodes: [], totalCount: 0 });
    const missing = await update({ id: testId('Template'), title: 'x' }, stranger);
    const foreign = await update({ id: template.id, title: 'x' }, stranger);
    expect(foreign.userErrors).toEqual([
      { ...missing.userErrors[0], message: `Template ${template.id} does not exist, or you may not access it.` },
    ]);
    expect((await remove(template.id, stranger)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(await find('tpl_\0')).toBeNull();
  });

  describe('of the gallery', () => {
    it('are the same for everybody, with the usage of one’s own workspace, and cannot be changed', async () => {
      const [id, newest] = [testId('Template'), '2099-01-01T00:00:00.000Z'];
      await api.queries
        .insertInto('galleryTemplates')
        .values({ id, title: 'Vendor', body: 'Hello', hashtags: ['hi'], createdAt: newest })
        .execute();
      await makePost(id);
      const gallery = async (viewer: Viewer) =>
        (
          await api.run(
            viewer,
            `{ templateGallery(first: 1) { nodes { ${fields} } pageInfo { hasNextPage } totalCount } }`,
          )
        ).data.templateGallery;
      const template = {
        ...{ id, title: 'Vendor', body: 'Hello', hashtags: ['hi'], author: null, usageCount: 1, revision: 1 },
        ...{ createdAt: newest, updatedAt: newest },
      };
      const all = await api.queries.selectFrom('galleryTemplates').select('id').execute();
      const page = { pageInfo: { hasNextPage: all.length > 1 }, totalCount: all.length };
      expect(await gallery(owner)).toEqual({ ...page, nodes: [template] });
      const stranger = (await createTestWorkspace(api.queries)).viewer();
      expect(await gallery(stranger)).toEqual({ ...page, nodes: [{ ...template, usageCount: 0 }] });
      expect(await find(id, stranger)).toMatchObject({ title: 'Vendor' });
      expect((await update({ id, title: 'Mine' })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect((await remove(id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    });
  });
});
