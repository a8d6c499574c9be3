import { type GraphQLError, parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import { everyTag } from '../../src/database/invalidation-log.ts';
import type { ClientInvalidation } from '../../src/graphql/client-invalidation.ts';
import { settle } from '../setup/gates.ts';
import { ada, bob, robot, zoe } from './nest.ts';
import { createProduct } from './product.ts';

const cacheInvalidated = 'subscription { cacheInvalidated { typeNames nodeIds } }';

/** What a subscription has delivered so far, and how it has ended: `complete`, or with the code of an error. */
async function follow(events: AsyncGenerator<unknown>) {
  const seen = { events: [] as unknown[], end: undefined as unknown };
  const read = async () => {
    for await (const event of events) seen.events.push(JSON.parse(JSON.stringify(event)).data);
    return 'complete';
  };
  void read()
    .catch((error: GraphQLError) => error.extensions.code)
    .then((end) => {
      seen.end = end;
    });
  await settled();
  return seen;
}

/** Everything that was under way has come to its end: nothing here waits for time. */
async function settled() {
  for (let turn = 0; turn < 10; turn++) {
    await settle();
    await new Promise(setImmediate);
  }
}

describe('a subscription to what the cache forgets', () => {
  it('delivers each mutation, in order', async () => {
    const product = createProduct();
    const seen = await follow(await product.subscribe(cacheInvalidated));
    product.engine.cache.invalidate(['ws_nest/Post:post_1', 'ws_nest/Template'], 'one');
    product.engine.cache.invalidate(['ws_nest/Post:post_2'], 'two');
    await settled();
    expect(seen.events).toEqual([
      { cacheInvalidated: { typeNames: ['Template', 'TemplateConnection'], nodeIds: ['post_1'] } },
      { cacheInvalidated: { typeNames: [], nodeIds: ['post_2'] } },
    ]);
  });

  it('delivers more than a thousand nodes in several events, each node once', async () => {
    const product = createProduct();
    const seen = await follow(await product.subscribe(cacheInvalidated));
    const ids = Array.from({ length: 2_500 }, (_, i) => `post_${String(i).padStart(4, '0')}`);
    product.engine.cache.invalidate(['ws_nest/Template', ...ids.map((id) => `ws_nest/Post:${id}`)], 'one');
    await settled();
    const events = seen.events.map((event) => (event as { cacheInvalidated: ClientInvalidation }).cacheInvalidated);
    expect(events.map(({ nodeIds }) => nodeIds.length)).toEqual([1_000, 1_000, 500]);
    expect(events.flatMap(({ nodeIds }) => nodeIds)).toEqual(ids);
    expect(events.map(({ typeNames }) => typeNames)).toEqual([['Template', 'TemplateConnection'], [], []]);
  });

  it('puts together what happens until its client asks for more, each name once', async () => {
    const product = createProduct();
    const events = await product.subscribe(cacheInvalidated);
    const first = events.next();
    for (const id of ['post_1', 'post_2', 'post_3', 'post_2'])
      product.engine.cache.invalidate(['ws_nest/Template', `ws_nest/Post:${id}`], 'one');
    await settled();
    const event = (result: unknown) => JSON.parse(JSON.stringify(result)).value.data.cacheInvalidated;
    expect(event(await first).nodeIds).toEqual(['post_1']);
    expect(event(await events.next())).toEqual({
      typeNames: ['Template', 'TemplateConnection'],
      nodeIds: ['post_2', 'post_3'],
    });
    const next = follow(events);
    await settled();
    expect((await next).events).toEqual([]);
  });

  it("never delivers another workspace's", async () => {
    const product = createProduct();
    const [ours, theirs] = await Promise.all(
      [ada, zoe].map(async (as) => follow(await product.subscribe(cacheInvalidated, { as }))),
    );
    product.engine.cache.invalidate(['ws_other/Post:post_9'], 'one');
    await settled();
    expect(ours!.events).toEqual([]);
    expect(theirs!.events).toEqual([{ cacheInvalidated: { typeNames: [], nodeIds: ['post_9'] } }]);
  });

  it('delivers nothing of what a client cannot see: keys, categories, clearing', async () => {
    const product = createProduct();
    const seen = await follow(await product.subscribe(cacheInvalidated));
    product.engine.cache.delete('POSTS', 'some key');
    product.engine.cache.clear({ namespace: 'ws_nest' }, 'clearCache');
    await settled();
    expect(seen.events).toEqual([]);
  });

  it('is not for who has not signed in', async () => {
    const product = createProduct();
    await expect(product.subscribe(cacheInvalidated, { as: null })).rejects.toThrow('Sign in first');
  });

  it('fails for a client that reads nothing of a thousand', async () => {
    const product = createProduct();
    const seen = await follow(await product.subscribe(cacheInvalidated));
    for (let n = 0; n <= 1_001; n++) product.engine.cache.invalidate([`ws_nest/Post:post_${n}`]);
    await settled();
    expect(seen.events.length).toBeLessThan(1_001);
    expect(seen.end).toBe('EVENTS_MISSED');
  });

  it('fails when something may have been written of which nothing is known here', async () => {
    const product = createProduct();
    const [ours, theirs] = await Promise.all(
      [ada, zoe].map(async (as) => follow(await product.subscribe(cacheInvalidated, { as }))),
    );
    product.engine.clearAll('a test');
    await settled();
    const end = 'EVENTS_MISSED';
    expect([ours, theirs]).toEqual([
      { events: [], end },
      { events: [], end },
    ]);
  });

  it('fails when a write in its workspace was too large to be told', async () => {
    const product = createProduct();
    const [ours, theirs] = await Promise.all(
      [ada, zoe].map(async (as) => follow(await product.subscribe(cacheInvalidated, { as }))),
    );
    product.engine.apply({ workspaceId: 'ws_nest', tags: [everyTag], cause: 'a test' });
    await settled();
    expect([ours, theirs]).toEqual([
      { events: [], end: 'EVENTS_MISSED' },
      { events: [], end: undefined },
    ]);
  });

  it('listens no more when it has ended', async () => {
    const product = createProduct();
    const events = await product.subscribe(cacheInvalidated);
    const seen = await follow(events);
    await events.return(undefined);
    product.engine.cache.invalidate(['ws_nest/Post:post_1']);
    await settled();
    expect(seen).toEqual({ events: [], end: 'complete' });
  });
});

describe('a subscription', () => {
  it.each([
    ['its token is revoked', ada, 'ws_nest/Token:tok_ada', true],
    ['its membership changes', ada, 'ws_nest/Membership:user_ada', true],
    ["a colleague's token is revoked", ada, 'ws_nest/Token:tok_bob', false],
    ["a colleague's membership changes", ada, 'ws_nest/Membership:user_bob', false],
    ['the list of members changes', ada, 'ws_nest/Membership', false],
    ['another workspace does the same', ada, 'ws_other/Token:tok_ada', false],
    ["an API token's own is revoked", robot, 'ws_nest/Token:tok_robot', true],
    ['a membership changes that an API token has not', robot, 'ws_nest/Membership:user_ada', false],
  ] as const)('when %s', async (_, as, tag, ends) => {
    const product = createProduct();
    const seen = await follow(await product.subscribe(cacheInvalidated, { as }));
    product.engine.cache.invalidate([tag], 'a mutation');
    await settled();
    product.engine.cache.invalidate(['ws_nest/Post:post_1']);
    await settled();
    expect(seen.end).toBe(ends ? 'ACCESS_CHANGED' : undefined);
    if (ends) expect(seen.events).toEqual([]);
    else expect(seen.events).toContainEqual({ cacheInvalidated: { typeNames: [], nodeIds: ['post_1'] } });
  });
});

describe('a subscription of somebody who is confined', () => {
  const confined = { ...ada, accountIds: ['acc_1', 'acc_2'] };
  const told = async (tags: readonly string[]) => {
    const product = createProduct();
    const seen = await follow(await product.subscribe(cacheInvalidated, { as: confined }));
    product.engine.cache.invalidate(tags.map((tag) => `ws_nest/${tag}`));
    await settled();
    return seen.events.map((event) => (event as { cacheInvalidated: ClientInvalidation }).cacheInvalidated);
  };

  it('tells what the workspace shares, whatever it reaches', async () => {
    expect(await told(['Template', 'Template:tpl_1'])).toMatchObject([{ nodeIds: ['tpl_1'] }]);
    expect(await told(['Template', 'Template:tpl_1', 'Reach:tpl_1:acc_9'])).toMatchObject([{ nodeIds: ['tpl_1'] }]);
  });

  it('tells of what follows accounts if it reaches one of theirs', async () => {
    const tags = ['Post', 'Post:post_1', 'Calendar:2026-11', 'Campaign:camp_1:posts'];
    expect(await told(tags)).toEqual([]);
    expect(await told([...tags, 'Reach:post_1:acc_9', 'Reach:camp_1:acc_9'])).toEqual([]);
    for (const accounts of ['acc_2', 'acc_9,acc_1', 'all']) {
      const [event] = await told([...tags, `Reach:post_1:${accounts}`, 'Reach:camp_1:acc_9']);
      expect(event!.nodeIds).toEqual(['post_1']);
      expect(event!.typeNames).toContain('PostConnection');
      expect(event!.typeNames).not.toContain('Reach');
    }
  });

  it('tells of numbers of all accounts if one of theirs has others', async () => {
    const tags = ['AnalyticsReport:all', 'AnalyticsReport:acc_1', 'Reach::acc_1'];
    expect(await told(tags)).toMatchObject([{ nodeIds: ['acc_1'] }]);
    expect(await told(tags.map((tag) => tag.replace('acc_1', 'acc_9')))).toEqual([]);
  });

  it('tells that there are other API tokens, and not which', async () => {
    const [event] = await told(['ApiToken', 'ApiToken:tok_9', 'Token:tok_9']);
    expect(event).toEqual({ typeNames: ['ApiToken'], nodeIds: [] });
  });

  it('does not end for want of reading what it is not told of', async () => {
    const product = createProduct();
    const events = await product.subscribe(cacheInvalidated, { as: confined });
    const first = events.next();
    await settled();
    for (let n = 0; n <= 1_001; n++) product.engine.cache.invalidate([`ws_nest/Post:post_${n}`]);
    product.engine.cache.invalidate(['ws_nest/Template']);
    expect((await first).done).toBe(false);
  });
});

describe('a subscription to conversations', () => {
  const conversations = 'subscription ($id: ID) { conversationUpdated(id: $id) { id snippet } }';
  const withConversations = () => {
    const rows = new Map([
      ['conv_1', 'hello'],
      ['conv_2', 'bye'],
    ]);
    const product = createProduct({
      conversations: ({ sql, parameters }) =>
        parameters
          .flat()
          .flatMap((id) =>
            sql.includes('workspace_id') && parameters.includes('ws_nest') && rows.has(id as string)
              ? { id, snippet: rows.get(id as string) }
              : [],
          ),
    });
    const change = (id: string, snippet: string | null) => {
      if (snippet === null) rows.delete(id);
      else rows.set(id, snippet);
      product.engine.cache.invalidate([
        'ws_nest/Conversation',
        `ws_nest/Conversation:${id}`,
        `ws_nest/Conversation:${id}:messages`,
      ]);
    };
    return { product, change };
  };
  const event = (id: string, snippet: string) => ({ conversationUpdated: { id, snippet } });

  it('delivers each as it is now, every time', async () => {
    const { product, change } = withConversations();
    const seen = await follow(await product.subscribe(conversations));
    for (const snippet of ['first', 'second', 'third']) {
      change('conv_1', snippet);
      await settled();
    }
    expect(seen.events).toEqual([event('conv_1', 'first'), event('conv_1', 'second'), event('conv_1', 'third')]);
  });

  it('delivers each once, as it is then, of those that changed until its client asks for more', async () => {
    const { product, change } = withConversations();
    const events = await product.subscribe(conversations);
    const first = events.next();
    change('conv_1', 'first');
    await first;
    for (const snippet of ['second', 'third', 'fourth']) change('conv_1', snippet);
    change('conv_2', 'newer');
    await settled();
    const seen = await follow(events);
    expect(seen.events).toEqual([event('conv_1', 'fourth'), event('conv_2', 'newer')]);
  });

  it('delivers each once a mutation, however many tags name it', async () => {
    const { product, change } = withConversations();
    const seen = await follow(await product.subscribe(conversations));
    change('conv_1', 'new');
    await settled();
    expect(seen.events).toHaveLength(1);
  });

  it('reads the clock anew for each', async () => {
    const { product, change } = withConversations();
    const context = product.engine.contextFor({ viewer: ada, requestId: 'test', isDebugging: false });
    await follow(
      (await subscribe({
        ...{ schema: product.engine.schema, document: parse(conversations), contextValue: context },
      })) as AsyncGenerator<unknown>,
    );
    const before = context.state.now;
    product.pass(60_000);
    change('conv_1', 'new');
    await settled();
    expect(context.now.toISOString()).toBe('2026-11-22T12:01:00.000Z');
    expect(context.state.now - before).toBe(60_000);
  });

  it('delivers only the one that was asked for', async () => {
    const { product, change } = withConversations();
    const seen = await follow(await product.subscribe(conversations, { variables: { id: 'conv_2' } }));
    change('conv_1', 'new');
    change('conv_2', 'newer');
    await settled();
    expect(seen.events).toEqual([event('conv_2', 'newer')]);
  });

  it('delivers nothing that is gone or not theirs to see', async () => {
    const { product, change } = withConversations();
    const ours = await follow(await product.subscribe(conversations, { as: bob }));
    const theirs = await follow(await product.subscribe(conversations, { as: zoe }));
    change('conv_1', null);
    product.engine.cache.invalidate(['ws_other/Conversation:conv_2']);
    await settled();
    expect([ours.events, theirs.events]).toEqual([[], []]);
  });
});
