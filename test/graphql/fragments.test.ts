import { describe, expect, it } from 'vitest';
import type { RequestContext } from '../../src/graphql/request.ts';
import { type Ask, ada, bob, createNest, type Nest, namingNodesAlone, zoe } from './nest.ts';

function inNest(options: Parameters<typeof createNest>[0] = {}) {
  const nest = createNest(options);
  for (const n of [1, 2]) {
    nest.rows.addCampaign(`camp_${n}`);
    nest.rows.addPost(`post_${n}`, { text: `text ${n}`, campaignId: `camp_${n}` });
  }
  return nest;
}

const ask = (nest: Nest, document: string, more: Ask = {}) => nest.ask(document, { isJoining: true, ...more });
/** Whether an answer was joined from fragments alone. */
const isHot = async (nest: Nest, document: string, more: Ask = {}) =>
  (await ask(nest, document, more)).joinedFrom !== undefined;

async function heat(nest: Nest, document: string, more: Ask = {}) {
  await ask(nest, document, more);
  expect(await isHot(nest, document, more)).toBe(true);
}

describe('a fragment', () => {
  it('answers the second time without any resolver', async () => {
    const nest = inNest();
    const document = '{ posts { nodes { campaign { name } } totalCount } campaigns { postCount } }';
    await ask(nest, document);
    const fields = [
      'Query.posts',
      'Query.campaigns',
      'Post.campaign',
      'PostConnection.totalCount',
      'Campaign.postCount',
    ];
    const before = fields.map(nest.runs);
    expect(await isHot(nest, document)).toBe(true);
    expect(fields.map(nest.runs)).toEqual(before);
  });

  it('is made by an execution whose entries were there already', async () => {
    const nest = inNest();
    await nest.ask('{ posts { nodes { id } } }');
    await ask(nest, '{ posts { nodes { text } } }');
    expect(await isHot(nest, '{ posts { nodes { text } } }')).toBe(true);
    expect(nest.runs('Query.posts')).toBe(1);
  });

  it('is shared by documents that select the same', async () => {
    const nest = inNest();
    await heat(nest, '{ posts { nodes { id text } } }');
    expect(await isHot(nest, 'query Other { mine: posts { nodes { id text } } campaigns { id } }')).toBe(false);
    expect(nest.runs('Query.posts')).toBe(1);
    expect(await isHot(nest, '{ again: posts { nodes { id text } } }')).toBe(true);
  });

  it('is one of several: each selection has its own', async () => {
    const nest = inNest();
    for (const selection of ['id', 'text', 'id text', 'text id', 'key: id'])
      await heat(nest, `{ posts { nodes { ${selection} } } }`);
  });

  it('is shared by members who share the entry, and by nobody else', async () => {
    const nest = inNest();
    await heat(nest, '{ postCount }');
    expect(await isHot(nest, '{ postCount }', { as: bob })).toBe(true);
    expect(await isHot(nest, '{ postCount }', { as: { ...bob, accountIds: ['acc_1'] } })).toBe(false);
    expect(await isHot(nest, '{ postCount }', { as: zoe })).toBe(false);
  });

  it('stays when others who executed the same side by side end later', async () => {
    const nest = inNest();
    const document = '{ campaigns { name } }';
    const [first, second] = [nest.hold('Query.campaigns'), nest.hold('Query.postCount')];
    const early = ask(nest, document);
    await first.isReached;
    const late = ask(nest, '{ campaigns { name } postCount }');
    await second.isReached;
    first.open();
    await early;
    const { joinedFrom: joinedFragments } = await ask(nest, document);
    second.open();
    await late;
    expect(joinedFragments!.fragments[0]!.entry).not.toBeNull();
  });

  it('answers an operation whatever the others of its document leave out', async () => {
    const nest = inNest();
    const document = 'query A { postCount } query B($on: Boolean!) { campaigns { name @include(if: $on) } }';
    await heat(nest, document, { operationName: 'A' });
    await heat(nest, document, { operationName: 'B', variables: { on: true } });
    expect(await isHot(nest, document, { operationName: 'B', variables: { on: false } })).toBe(false);
  });

  it('is not made of what is not cached', async () => {
    const nest = inNest();
    for (const document of [
      '{ uptime }',
      '{ viewer { preferences { theme } } }',
      '{ __typename }',
      '{ __schema { queryType { name } } }',
      'mutation { wave }',
    ])
      for (let round = 0; round < 2; round++)
        expect([document, await isHot(nest, document)]).toEqual([document, false]);
  });
});

describe('a fragment ends', () => {
  it.each([
    ['its entry', '{ post(id: "post_1") { text } }', 'Post:post_1'],
    ['a node in its entry', '{ feed { ... on Post { text } } }', 'Post:post_1'],
    ['a node that an edge led to', '{ posts { nodes { campaign { name } } } }', 'Campaign:camp_2'],
    ['what a dependent field depends on', '{ campaigns { postCount } }', 'Campaign:camp_2:posts'],
    ['a count beneath a page', '{ posts(search: "none") { totalCount } }', 'Post'],
    ['a nested entry', '{ campaigns { posts { nodes { id } } } }', 'Campaign:camp_2:posts'],
    ['a node in a nested entry', '{ campaigns { posts { nodes { text } } } }', 'Post:post_2'],
    [
      'a node at an edge beneath a nested entry',
      '{ campaigns { posts { nodes { campaign { name } } } } }',
      'Campaign:camp_2',
    ],
  ])('with %s', async (_, document, tag) => {
    const nest = inNest(namingNodesAlone);
    await heat(nest, document);
    nest.cache.invalidate([`ws_other/${tag}`]);
    expect(await isHot(nest, document)).toBe(true);
    nest.cache.invalidate([`ws_nest/${tag}`]);
    expect(await isHot(nest, document)).toBe(false);
    expect(await isHot(nest, document)).toBe(true);
  });

  it.each([
    ['each nested entry', '{ campaigns { posts { nodes { id } } } }', 'Campaign.posts'],
    ['its entry', '{ posts { nodes { id } } }', 'Query.posts'],
  ])('with %s when it is deleted by hand', async (_, document, coordinate) => {
    const nest = inNest();
    await heat(nest, document);
    const [entry] = nest.cache.hottest('POSTS', 9, (one) => one.coordinate === coordinate);
    nest.cache.delete('POSTS', entry!.key);
    expect(await isHot(nest, document)).toBe(false);
  });

  it('with the lifetime of its entry', async () => {
    const nest = inNest();
    await heat(nest, '{ posts { nodes { id } } }');
    nest.pass(29_999);
    expect(await isHot(nest, '{ posts { nodes { id } } }')).toBe(true);
    nest.pass(1);
    expect(await isHot(nest, '{ posts { nodes { id } } }')).toBe(false);
  });

  it('with the lifetime of the first entry beneath', async () => {
    const nest = inNest();
    const document = '{ campaigns { posts { nodes { id } } } }';
    await heat(nest, document);
    nest.pass(30_000);
    expect(await isHot(nest, document)).toBe(false);
    expect(nest.runs('Query.campaigns')).toBe(1);
    expect(nest.runs('Campaign.posts')).toBe(4);
  });

  it('before a stale window: a value that wants to be refreshed is executed', async () => {
    const nest = inNest();
    await heat(nest, '{ report { views } }');
    nest.pass(900_000);
    expect(await isHot(nest, '{ report { views } }')).toBe(false);
  });

  it('with its workspace when that is cleared', async () => {
    const nest = inNest();
    await heat(nest, '{ campaigns { posts { nodes { id } } } }');
    nest.cache.clear({ namespace: 'ws_nest' });
    expect(await isHot(nest, '{ campaigns { posts { nodes { id } } } }')).toBe(false);
  });

  it('with the category of an entry beneath when that is cleared', async () => {
    const nest = inNest();
    await heat(nest, '{ campaigns { posts { nodes { id } } } }');
    nest.cache.clear({ namespace: 'ws_nest', categories: ['POSTS'] });
    expect(await isHot(nest, '{ campaigns { posts { nodes { id } } } }')).toBe(false);
    expect(nest.runs('Query.campaigns')).toBe(1);
  });
});

describe('a fragment is not kept', () => {
  it('when something that it touched was invalidated while it was made', async () => {
    const nest = inNest();
    const document = '{ posts { nodes { campaign { name } } } }';
    const hold = nest.hold('Post.campaign');
    const early = ask(nest, document);
    await hold.isReached;
    await nest.ask('mutation { renameCampaign(input: { id: "camp_1", name: "renamed" }) { campaign { id } } }');
    hold.open();
    expect((await early).data.posts.nodes[0]).toEqual({ campaign: { name: 'camp_1' } });
    expect((await ask(nest, document)).data.posts.nodes[0]).toEqual({ campaign: { name: 'renamed' } });
  });

  it('when its own entry was', async () => {
    const nest = inNest();
    const hold = nest.hold('Query.posts');
    const early = ask(nest, '{ posts { nodes { text } } }');
    await hold.isReached;
    nest.cache.invalidate(['ws_nest/Post']);
    hold.open();
    await early;
    expect(await isHot(nest, '{ posts { nodes { text } } }')).toBe(false);
  });

  it('of a root field with an error, while others of the answer are', async () => {
    const nest = inNest({
      typeDefs: 'extend type Campaign { budget: Int @dependsOn(tags: []) }',
      resolvers: {
        Campaign: {
          budget: () => {
            throw new Error('broken');
          },
        },
      },
    });
    const document = '{ campaigns { budget } postCount }';
    for (let round = 0; round < 2; round++) expect((await ask(nest, document)).errors).toHaveLength(2);
    expect(await isHot(nest, '{ postCount }')).toBe(true);
    expect(nest.runs('Campaign.budget')).toBe(4);
  });

  it('of a selection that reaches a resolver of which nothing is known', async () => {
    const nest = inNest({
      typeDefs: 'type Own { id: ID! luck: Int } extend type Query { own: Own @cache(category: POSTS, scope: VIEWER) }',
      resolvers: { Query: { own: () => ({ id: 'own' }) }, Own: { luck: () => 1 } },
    });
    await heat(nest, '{ own { id } }');
    for (let round = 0; round < 2; round++) expect(await isHot(nest, '{ own { luck } }')).toBe(false);
    expect(nest.runs('Own.luck')).toBe(2);
    expect(nest.runs('Query.own')).toBe(1);
  });

  it.each<[string, string, (campaigns: readonly object[]) => unknown]>([
    ['an edge', 'found: Campaign', (campaigns) => campaigns[0] ?? null],
    ['edges', 'found: [Campaign!]', (campaigns) => campaigns],
    ['a count', 'found: Int @dependsOn(tags: ["Campaign"])', (campaigns) => campaigns.length],
    ['a count without tags', 'found: Int @dependsOn(tags: [])', (campaigns) => campaigns.length],
    ['a cached field', 'found: Int @cache(category: POSTS, scope: WORKSPACE)', (campaigns) => campaigns.length],
  ])("of what is everybody's, with a workspace's beneath, even if there is nothing: %s", async (_, field, find) => {
    const campaigns: Record<string, object[]> = { ws_nest: [], ws_other: [{ id: 'camp_1', name: 'of the other' }] };
    const found = (_parent: unknown, _args: unknown, { viewer }: RequestContext) =>
      find(campaigns[viewer.workspaceId]!);
    const options = { typeDefs: `extend type Network { ${field} }`, resolvers: { Network: { found } } };
    const [nest, uncached] = [createNest(options), createNest({ ...options, isCaching: false })];
    const document =
      field.includes('Campaign') && !field.includes('@') ? '{ networks { found { name } } }' : '{ networks { found } }';
    for (const as of [ada, ada, zoe])
      expect((await ask(nest, document, { as })).text).toBe((await uncached.ask(document, { as })).text);
  });
});

describe('a partly hot answer', () => {
  it('executes only what is missing', async () => {
    const nest = inNest();
    await heat(nest, '{ posts { nodes { campaign { name } } } }');
    const edges = nest.runs('Post.campaign');
    const { data, joinedFrom: joinedFragments } = await ask(
      nest,
      '{ postCount posts { nodes { campaign { name } } } campaigns { name } }',
    );
    expect(joinedFragments).toBeUndefined();
    expect(Object.keys(data)).toEqual(['postCount', 'posts', 'campaigns']);
    expect(nest.runs('Post.campaign')).toBe(edges);
    expect(['Query.postCount', 'Query.posts', 'Query.campaigns'].map(nest.runs)).toEqual([1, 1, 1]);
  });

  it('executes what is missing by the variables of this request', async () => {
    const nest = inNest();
    const document =
      'query ($on: Boolean!, $n: Int) { postCount @include(if: $on) campaigns { posts(first: $n) { nodes { id } } } uptime }';
    for (const [on, n] of [
      [true, 1],
      [false, 1],
      [true, 0],
      [false, 0],
    ] as const) {
      const { data } = await ask(nest, document, { variables: { on, n } });
      expect(Object.keys(data)).toEqual(on ? ['postCount', 'campaigns', 'uptime'] : ['campaigns', 'uptime']);
      expect(data.campaigns[0].posts.nodes).toHaveLength(n);
    }
  });

  it('is hot the next time', async () => {
    const nest = inNest();
    await heat(nest, '{ posts { nodes { id } } }');
    await ask(nest, '{ posts { nodes { id } } campaigns { name } }');
    expect(await isHot(nest, '{ posts { nodes { id } } campaigns { name } }')).toBe(true);
  });
});

describe('counting', () => {
  const documents = [
    '{ postCount }',
    '{ campaigns { name posts { nodes { id } } postCount } posts { totalCount } }',
    '{ a: postCount b: postCount networks { id } }',
    '{ viewer { preferences { theme } } campaigns { posts(first: 1) { nodes { campaign { name } } } } uptime }',
  ];
  const countsOf = (nest: Nest) =>
    nest.cache
      .snapshot()
      .categories.map(({ category, hits, misses, bypasses, hitsBy, missesBy, loads, coalesced, fields }) => ({
        ...{ category, hits, misses, bypasses, hitsBy, missesBy, loads, coalesced },
        fields: fields.map((field) => ({ coordinate: field.coordinate, hits: field.hits, misses: field.misses })),
      }));

  it('comes to the same, whether answers are joined or executed', async () => {
    const [joined, executed] = [inNest(), inNest()];
    for (let round = 0; round < 5; round++)
      for (const document of documents) {
        const [one, other] = [await ask(joined, document), await executed.ask(document)];
        expect([document, one.outcome]).toEqual([document, other.outcome]);
        if (round === 3)
          for (const nest of [joined, executed]) nest.cache.invalidate(['ws_nest/Campaign:camp_1:posts'], 'x');
      }
    expect(countsOf(joined)).toEqual(countsOf(executed));
    expect(joined.cache.snapshot().total.hits).toBeGreaterThan(40);
  });

  it('comes to the same when an entry beneath has left for want of room', async () => {
    const options = { policies: { POSTS: { maxEntries: 2, eviction: 'lru' } } } as const;
    const [joined, executed] = [inNest(options), inNest(options)];
    const document = '{ campaigns { posts { nodes { id } } } }';
    for (const one of [document, document, '{ posts(first: 3) { nodes { id } } }', document, document]) {
      await ask(joined, one);
      await executed.ask(one);
    }
    expect(countsOf(joined)).toEqual(countsOf(executed));
    expect(joined.runs('Campaign.posts')).toBeGreaterThan(2);
    expect(await isHot(joined, document)).toBe(true);
  });

  it('keeps in use what hot answers use', async () => {
    const nest = inNest({ policies: { POSTS: { maxEntries: 3, eviction: 'lru' } } });
    await ask(nest, '{ postCount }');
    for (let n = 0; n < 10; n++) {
      await ask(nest, `{ posts(first: ${n}) { nodes { id } } }`);
      expect(await isHot(nest, '{ postCount }')).toBe(true);
    }
    expect(nest.runs('Query.postCount')).toBe(1);
  });
});
