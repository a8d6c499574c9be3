import type { FieldCache } from '@magpie/graphql-cache/parts';
import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { ada, bob, zoe } from './nest.ts';
import { createProduct } from './product.ts';

const template = {
  ...{ id: 'tpl_1', title: 'Title', body: 'Body', hashtags: [], author_id: 'user_1', revision: 1 },
  ...{ created_at: '2026-11-01T00:00:00.000Z', updated_at: '2026-11-01T00:00:00.000Z' },
};

/** A product whose `users` statements wait for the test. The name is that of the moment at which a statement is asked. */
function inProduct(options: Parameters<typeof createProduct>[1] = {}) {
  const users = { name: 'Ada' };
  const waiting: (() => void)[] = [];
  const product = createProduct(
    {
      templates: () => [template],
      users: () => {
        const { name } = users;
        return new Promise((resolve) => waiting.push(() => resolve([{ id: 'user_1', name }])));
      },
    },
    options,
  );
  const authorOf = async (search: string, as: Viewer = ada) => {
    const { data } = await product.ask(`{ templates(filter: { search: "${search}" }) { nodes { author { name } } } }`, {
      as,
    });
    return data.templates.nodes[0].author.name as string;
  };
  /** How many wait, when all was asked for that can be. */
  const settled = async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    return waiting.length;
  };
  const open = () => waiting.splice(0).forEach((go) => void go());
  return { product, users, authorOf, settled, open };
}

describe('queries that run side by side', () => {
  it('load the node that both lead to once', async () => {
    const { authorOf, settled, open } = inProduct();
    const answers = [authorOf('a'), authorOf('b'), authorOf('c', bob)];
    expect(await settled()).toBe(1);
    open();
    expect(await Promise.all(answers)).toEqual(['Ada', 'Ada', 'Ada']);
  });

  it('load it once however often other workspaces write meanwhile', async () => {
    const { product, authorOf, settled, open } = inProduct();
    const answers: Promise<string>[] = [];
    for (let write = 0; write < 20; write++) {
      answers.push(authorOf(`${write}`));
      await settled();
      product.engine.cache.invalidate([`ws_other/Post`, `ws_${write}/Template:tpl_1`], 'createPost');
    }
    expect(await settled()).toBe(1);
    open();
    expect(await Promise.all(answers)).toEqual(Array(20).fill('Ada'));
  });

  it.each([
    ['their workspace', (cache: FieldCache) => cache.invalidate(['ws_nest/Membership'])],
    ['what is public', (cache: FieldCache) => cache.invalidate(['public/Network'])],
    ['all of their workspace', (cache: FieldCache) => cache.clear({ namespace: 'ws_nest' })],
    ['a category of their workspace', (cache: FieldCache) => cache.clear({ namespace: 'ws_nest', categories: ['AI'] })],
    ['a whole category', (cache: FieldCache) => cache.clear({ categories: ['AI'] })],
    ['everything', (cache: FieldCache) => cache.clear()],
  ])('load it each for itself once something of %s was invalidated in between', async (_, invalidate) => {
    const { product, users, authorOf, settled, open } = inProduct();
    const early = authorOf('a');
    await settled();
    users.name = 'Ada Lovelace';
    invalidate(product.engine.cache);
    const late = authorOf('b');
    expect(await settled()).toBe(2);
    open();
    expect(await Promise.all([early, late])).toEqual(['Ada', 'Ada Lovelace']);
  });

  it.each<[string, Viewer]>([
    ['another workspace', zoe],
    ['who sees other accounts', { ...bob, accountIds: ['acc_1'] }],
  ])('do not share with %s', async (_, as) => {
    const { authorOf, settled, open } = inProduct();
    const answers = [authorOf('a'), authorOf('a', as)];
    expect(await settled()).toBe(2);
    open();
    await Promise.all(answers);
  });

  it('do not share without the cache', async () => {
    const { authorOf, settled, open } = inProduct({ isCaching: false });
    const answers = [authorOf('a'), authorOf('b')];
    expect(await settled()).toBe(2);
    open();
    await Promise.all(answers);
  });

  it.each([
    ['{ networks { id } }', true],
    ['mutation { clearCache(input: {}) { clearedEntries } }', false],
    ['subscription { cacheInvalidated { typeNames } }', false],
  ])('may share if they are queries, which do not read what they wrote: %s', async (text, mayShare) => {
    const { product } = inProduct();
    const { engine } = product;
    const contextValue = engine.contextFor({ viewer: ada, requestId: 'test', isDebugging: false });
    await engine.execute({ schema: engine.schema, document: parse(text), contextValue }, execute);
    expect(contextValue.state.isReadOnly).toBe(mayShare);
  });
});

describe('what belongs to several workspaces', () => {
  const memberships = ['ws_nest', 'ws_other'].map((id) => ({
    workspace_id: id,
    user_id: 'user_ada',
    role: 'OWNER',
    account_ids: null,
  }));
  const document = '{ viewer { memberships { workspace { name } } } }';

  /** Statements for workspaces wait for the test; each brings the name of the moment at which it is asked. */
  function inWorkspaces() {
    const names = { ws_nest: 'Nest', ws_other: 'Other' };
    const waiting: (() => void)[] = [];
    const product = createProduct({
      memberships: () => memberships,
      workspaces: () => {
        const rows = Object.entries(names).map(([id, name]) => ({ id, name, created_at: '2026-11-01T00:00:00.000Z' }));
        return new Promise((resolve) => waiting.push(() => resolve(rows)));
      },
    });
    const settled = async () => {
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      return waiting.length;
    };
    return { product, names, settled, open: () => waiting.splice(0).forEach((go) => void go()) };
  }

  it('is loaded anew once any of them wrote', async () => {
    const { product, names, settled, open } = inWorkspaces();
    const early = product.ask(document);
    expect(await settled()).toBe(1);
    names.ws_other = 'Renamed';
    product.engine.cache.invalidate(['ws_other/Workspace', 'ws_other/Workspace:ws_other'], 'updateWorkspace');
    const late = product.ask(document);
    expect(await settled()).toBe(2);
    open();
    const namesIn = ({ data }: Awaited<typeof early>) =>
      data.viewer.memberships.map(({ workspace }: { workspace: { name: string } }) => workspace.name);
    expect([namesIn(await early), namesIn(await late)]).toEqual([
      ['Nest', 'Other'],
      ['Nest', 'Renamed'],
    ]);
  });

  it('is loaded once for one request, until any of them wrote', async () => {
    const { product, settled, open } = inWorkspaces();
    const { loaders } = product.engine.contextFor({ viewer: ada, requestId: 'test', isDebugging: false });
    const load = async () => {
      const loaded = loaders.viewer.workspace.load('ws_other');
      const waiting = await settled();
      open();
      return [waiting, (await loaded)?.name];
    };
    expect([await load(), await load()]).toEqual([
      [1, 'Other'],
      [0, 'Other'],
    ]);
    product.engine.cache.invalidate(['ws_other/Workspace']);
    expect(await load()).toEqual([1, 'Other']);
  });

  it('is shared by those who ask at once', async () => {
    const { product, settled, open } = inWorkspaces();
    const answers = [product.ask(document), product.ask(document), product.ask(document, { as: bob })];
    expect(await settled()).toBe(1);
    open();
    await Promise.all(answers);
  });
});
