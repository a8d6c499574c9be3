import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { engines } from '../setup/databases.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';

describe.each(engines)('a search on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let owner: Viewer;
  let account: string;

  beforeAll(async () => {
    api = await createTestApi(engine);
    workspace = await createTestWorkspace(api.queries);
    owner = workspace.viewer();
    account = await createTestAccount(api.queries, workspace);
  });

  const mutate = async (name: string, node: string, input: object, viewer = owner): Promise<string> => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${node} { id } userErrors { message } } }`;
    const { data, errors } = await api.run(viewer, document, { input });
    expect([errors, data[name].userErrors]).toEqual([undefined, []]);
    return data[name][node].id;
  };
  const find = async (list: string, search: string, viewer = owner) => {
    const document = `query ($search: String) { ${list}(filter: { search: $search }) { totalCount nodes { id } } }`;
    const { data, errors } = await api.run(viewer, document, { search });
    expect(errors).toBeUndefined();
    expect(data[list].totalCount).toBe(data[list].nodes.length);
    return data[list].nodes.map(({ id }: { id: string }) => id);
  };

  const asset = async (row: { fileName: string; altText: string | null }) => {
    const id = `media_${row.fileName.length}${Math.trunc(performance.now() * 1000)}`;
    const values = { ...row, id, workspaceId: workspace.id, mimeType: 'image/png', byteSize: 1, sha256: 'x' };
    await api.queries
      .insertInto('mediaAssets')
      .values({ ...values, storageKey: id, createdAt: api.clock.toISOString() })
      .execute();
    return id;
  };

  /** How a text comes to be in each place that is searched, and how it is changed. */
  const places: Record<
    string,
    { make: (text: string) => Promise<string>; change?: (id: string, text: string) => unknown }
  > = {
    'posts by text': {
      make: (text) => mutate('createPost', 'post', { text, accountIds: [account] }),
      change: (id, text) => mutate('updatePost', 'post', { id, text }),
    },
    'posts by the text of a target': {
      make: (text) =>
        mutate('createPost', 'post', {
          text: '',
          accountIds: [account],
          textOverrides: [{ accountId: account, text }],
        }),
      change: (id, text) => mutate('updatePost', 'post', { id, textOverrides: [{ accountId: account, text }] }),
    },
    'templates by title': {
      make: (title) => mutate('createTemplate', 'template', { title, body: 'Body' }),
      change: (id, title) => mutate('updateTemplate', 'template', { id, title }),
    },
    'templates by body': {
      make: (body) => mutate('createTemplate', 'template', { title: 'Title', body }),
      change: (id, body) => mutate('updateTemplate', 'template', { id, body }),
    },
    'campaigns by name': {
      make: (name) => mutate('createCampaign', 'campaign', { name }),
      change: (id, name) => mutate('updateCampaign', 'campaign', { id, name }),
    },
    'campaigns by brief': {
      make: (brief) => mutate('createCampaign', 'campaign', { name: 'Name', brief }),
      change: (id, brief) => mutate('updateCampaign', 'campaign', { id, brief }),
    },
    'media by file name': {
      make: (fileName) => asset({ fileName, altText: null }),
      change: (id, fileName) => mutate('updateMediaAsset', 'mediaAsset', { id, fileName }),
    },
    'media by description': {
      make: (altText) => asset({ fileName: 'x.png', altText }),
      change: (id, altText) => mutate('updateMediaAsset', 'mediaAsset', { id, altText }),
    },
  };

  it.skipIf(engine === 'pglite')('is not helped by the database, whose locale knows ASCII alone', async () => {
    const { rows } = await sql<{ lower: string }>`select lower('É') as lower`.execute(api.queries);
    expect(rows[0]!.lower).toBe('É');
  });

  it.each(Object.keys(places))('of %s finds any case, and accents or not', async (place) => {
    const list = place.split(' ')[0]!;
    const { make, change } = places[place]!;
    const id = await make('Grüße an Bárbara, 50% off_now');
    for (const search of ['Barbara', 'BÁRBARA', 'ba\u0301rbara', 'grusse an', 'GRÜSSE AN', '50% OFF_', 'ß'])
      expect([search, await find(list, search)]).toEqual([search, [id]]);
    for (const search of ['barbera', '5_%', 'an  barbarossa', 'offxnow']) expect(await find(list, search)).toEqual([]);
    await change?.(id, 'ΟΔΟΣ Łódź');
    expect(await find(list, 'barbara')).toEqual([]);
    expect(await find(list, 'οδός lodz')).toEqual([id]);
    await change?.(id, 'done');
  });

  it('finds the text of a target for those alone who see the target', async () => {
    const [hidden, gone] = [
      await createTestAccount(api.queries, workspace),
      await createTestAccount(api.queries, workspace),
    ];
    const textOverrides = [
      { accountId: account, text: 'a robin' },
      { accountId: hidden, text: 'a wagtail' },
      { accountId: gone, text: 'a wren' },
    ];
    const input = { text: 'a bird', accountIds: [account, hidden, gone], textOverrides };
    const id = await mutate('createPost', 'post', input);
    await api.queries.updateTable('postTargets').set({ accountId: null }).where('accountId', '=', gone).execute();
    const confined = workspace.viewer({ role: 'EDITOR', accountIds: [account] });
    const elsewhere = workspace.viewer({ role: 'EDITOR', accountIds: [hidden] });
    const found = async (search: string) => [
      await find('posts', search),
      await find('posts', search, confined),
      await find('posts', search, elsewhere),
    ];
    expect(await found('bird')).toEqual([[id], [id], [id]]);
    expect(await found('ROBIN')).toEqual([[id], [id], []]);
    expect(await found('wagtail')).toEqual([[id], [], [id]]);
    expect(await found('wren')).toEqual([[id], [], []]);
    const among = async (status: string) => {
      const document = `{ posts(filter: { search: "wagtail", status: [${status}] }) { totalCount nodes { id } } }`;
      return (await api.run(owner, document)).data.posts;
    };
    expect(await among('DRAFT')).toEqual({ totalCount: 1, nodes: [{ id }] });
    expect(await among('SCHEDULED')).toEqual({ totalCount: 0, nodes: [] });
    await mutate('updatePost', 'post', { id, textOverrides: [{ accountId: hidden, text: null }] });
    expect(await found('wagtail')).toEqual([[], [], []]);
    await mutate('updatePost', 'post', { id, accountIds: [hidden] });
    expect(await found('robin')).toEqual([[], [], []]);
    expect(await find('posts', 'bird', workspace.viewer())).toEqual([id]);
  });

  it('of posts stays within the workspace', async () => {
    const other = await createTestWorkspace(api.queries);
    const theirs = await createTestAccount(api.queries, other);
    const textOverrides = [{ accountId: theirs, text: 'a kestrel' }];
    const input = { text: '', accountIds: [theirs], textOverrides };
    const id = await mutate('createPost', 'post', input, other.viewer());
    expect(await find('posts', 'kestrel', other.viewer())).toEqual([id]);
    expect(await find('posts', 'kestrel')).toEqual([]);
  });
});
