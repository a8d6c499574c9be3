import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/context.ts';
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

  it('load it each for itself once something was invalidated in between', async () => {
    const { product, users, authorOf, settled, open } = inProduct();
    const early = authorOf('a');
    await settled();
    users.name = 'Ada Lovelace';
    product.engine.cache.invalidate(['ws_nest/Membership']);
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
    expect(contextValue.state.mayShareLoads).toBe(mayShare);
  });
});
