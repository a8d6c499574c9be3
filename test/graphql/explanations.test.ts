import { describe, expect, it } from 'vitest';
import { type Ask, ada, bob, createNest, type NestOptions, namingNodesAlone, robot, zoe } from './nest.ts';

const one = '{ post(id: "post_1") { text } }';

function inNest(options: NestOptions = {}) {
  const nest = createNest(options);
  nest.rows.addCampaign('camp_1');
  nest.rows.addPost('post_1', { text: 'first', campaignId: 'camp_1' });
  const explain = async (document: string, ask: Ask = {}) =>
    (await nest.ask(document, { isDebugging: true, ...ask })).extensions?.cache;
  return { nest, explain };
}

describe('an explanation', () => {
  it('says where a field stands, what it is, and that it was not there yet', async () => {
    const { explain } = inNest();
    expect(await explain('{ mine: post(id: "post_1") { text } }')).toEqual([
      {
        path: ['mine'],
        coordinate: 'Query.post',
        category: 'POSTS',
        status: 'MISS',
        cause: 'cold',
        ageSeconds: 0,
        expiresInSeconds: 30,
      },
    ]);
  });

  it('says of a hit how old it is and how long it will live', async () => {
    const { nest, explain } = inNest();
    await nest.ask(one);
    nest.pass(12_000);
    expect(await explain(one)).toEqual([
      {
        ...{ path: ['post'], coordinate: 'Query.post', category: 'POSTS', status: 'HIT' },
        ...{ ageSeconds: 12, expiresInSeconds: 18 },
      },
    ]);
  });

  it('says which mutation made an entry untrue, and by which tag', async () => {
    const { nest, explain } = inNest();
    await nest.ask(one);
    await nest.ask('mutation { renamePost(input: { id: "post_1", name: "x" }) { post { id } } }');
    expect(await explain(one)).toMatchObject([
      { status: 'MISS', cause: 'invalidated', invalidatedBy: { tag: 'Post:post_1', mutation: 'renamePost' } },
    ]);
  });

  it('does not say so to whoever is confined, as the write may be one of what they do not see', async () => {
    const { nest, explain } = inNest();
    const as = { ...ada, accountIds: ['acc_1'] };
    await nest.ask('{ postCount }', { as });
    await nest.ask('mutation { renamePost(input: { id: "post_1", name: "x" }) { post { id } } }');
    const [explanation] = await explain('{ postCount }', { as });
    expect(explanation).toMatchObject({ status: 'MISS', cause: 'invalidated' });
    expect(explanation).not.toHaveProperty('invalidatedBy');
  });

  it('says so of a node that only the result named', async () => {
    const { nest, explain } = inNest(namingNodesAlone);
    await nest.ask('{ feed { __typename } }');
    nest.cache.invalidate(['ws_nest/Post:post_1'], 'renamePost');
    expect(await explain('{ feed { __typename } }')).toMatchObject([
      { cause: 'invalidated', invalidatedBy: { tag: 'Post:post_1', mutation: 'renamePost' } },
    ]);
  });

  it('names no mutation where there was none', async () => {
    const { nest, explain } = inNest();
    await nest.ask(one);
    nest.cache.invalidate(['ws_nest/Post:post_1']);
    expect((await explain(one))[0].invalidatedBy).toEqual({ tag: 'Post:post_1' });
  });

  it('says of a cleared workspace who cleared it, and shows no tag of the engine', async () => {
    const { nest, explain } = inNest();
    await nest.ask(one);
    nest.cache.clear({ namespace: 'ws_nest' }, 'clearCache');
    expect((await explain(one))[0].invalidatedBy).toEqual({ mutation: 'clearCache' });
  });

  it('says that time was over', async () => {
    const { nest, explain } = inNest();
    await nest.ask(one);
    nest.pass(31_000);
    expect(await explain(one)).toMatchObject([{ status: 'MISS', cause: 'expired', expiresInSeconds: 30 }]);
  });

  it('says that there was no room', async () => {
    const nest = createNest({ policies: { POSTS: { maxEntries: 1 } } });
    for (const id of ['post_1', 'post_2']) await nest.ask(`{ post(id: "${id}") { id } }`);
    expect((await nest.ask(one, { isDebugging: true })).extensions.cache).toMatchObject([
      { status: 'MISS', cause: 'evicted' },
    ]);
  });

  it('says that an expired value was served', async () => {
    const { nest, explain } = inNest();
    await nest.ask('{ report { views } }');
    nest.pass(1_000_000);
    expect(await explain('{ report { views } }')).toMatchObject([
      { status: 'STALE', ageSeconds: 1_000, expiresInSeconds: -100 },
    ]);
  });

  it('says that another load was waited for', async () => {
    const { nest, explain } = inNest();
    const hold = nest.hold('Query.post');
    const [first, second] = [explain(one), explain(one)];
    await hold.isReached;
    hold.open();
    expect([(await first)[0].status, (await second)[0].status]).toEqual(['MISS', 'COALESCED']);
  });

  it('says that the cache took no part', async () => {
    const { explain } = inNest();
    expect(await explain('{ viewer { preferences { theme } } }', { as: robot })).toEqual([
      {
        ...{
          path: ['viewer', 'preferences'],
          coordinate: 'Viewer.preferences',
          category: 'SETTINGS',
          status: 'BYPASS',
        },
        ...{ ageSeconds: 0, expiresInSeconds: 0 },
      },
    ]);
  });

  it('says of a load that failed why it was needed', async () => {
    const nest = createNest({
      typeDefs: 'extend type Query { broken: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post"]) }',
      resolvers: {
        Query: {
          broken: () => {
            throw new Error('broken');
          },
        },
      },
    });
    expect((await nest.ask('{ broken }', { isDebugging: true })).extensions.cache).toMatchObject([
      { path: ['broken'], status: 'MISS', cause: 'cold' },
    ]);
  });

  it('covers every cached field of an answer, nested ones with their places in lists', async () => {
    const { nest, explain } = inNest();
    nest.rows.addCampaign('camp_2');
    const explained = await explain('{ campaigns { name posts { nodes { id } } } networks { id } uptime }');
    expect(explained.map((each: { path: unknown[] }) => each.path.join('.')).sort()).toEqual([
      'campaigns',
      'campaigns.0.posts',
      'campaigns.1.posts',
      'networks',
    ]);
  });

  it('covers the fields of a mutation', async () => {
    const { explain } = inNest();
    const document =
      'mutation { createPost(input: { text: "new", campaignId: "camp_1" }) { post { campaign { posts { nodes { id } } } } } }';
    expect(await explain(document)).toMatchObject([
      { path: ['createPost', 'post', 'campaign', 'posts'], status: 'MISS' },
    ]);
  });

  it('of an operation without a cached field is empty', async () => {
    expect(await inNest().explain('{ uptime }')).toEqual([]);
  });

  it('comes with an answer that would else be joined, and is true of it', async () => {
    const { nest, explain } = inNest();
    for (let round = 0; round < 2; round++) await nest.ask(one, { isJoining: true });
    expect(await explain(one, { isJoining: true })).toMatchObject([{ status: 'HIT' }]);
  });

  it('is not there when nobody asked', async () => {
    const { nest } = inNest();
    expect((await nest.ask(one)).extensions).toBeUndefined();
  });

  it('never shows what another workspace did', async () => {
    const { nest } = inNest();
    await nest.ask('{ postCount }', { as: zoe });
    await nest.ask('mutation { deletePosts }', { as: zoe });
    for (const as of [ada, bob]) {
      const { extensions } = await nest.ask('{ networks { id } postCount }', { as, isDebugging: true });
      expect(JSON.stringify(extensions)).not.toMatch(/ws_|deletePosts/);
    }
    const { extensions } = await nest.ask('{ postCount }', { as: zoe, isDebugging: true });
    expect(JSON.stringify(extensions)).not.toContain('ws_');
    expect(extensions.cache[0].invalidatedBy).toEqual({ tag: 'Post', mutation: 'deletePosts' });
  });
});

describe('what an answer cost', () => {
  it('is counted: hits, stale, misses, bypasses, and when the first entry ends', async () => {
    const { nest } = inNest();
    nest.rows.themes.set('user_ada', 'DARK');
    await nest.ask('{ campaigns { name } report { views } }');
    nest.pass(1_000_000);
    await nest.ask('{ campaigns { name } }');
    nest.pass(1_000);
    const { outcome: cacheUsage } = await nest.ask(
      '{ campaigns { name } report { views } postCount viewer { preferences { theme } } }',
      {
        as: robot,
      },
    );
    expect(cacheUsage).toMatchObject({ hits: 1, stale: 1, misses: 1, bypasses: 1 });
    expect(cacheUsage.freshUntil).toBe(900_000);
  });
});
