import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { ManualTime } from '../setup/manual-time.ts';
import { ada, bob, robot, zoe } from './nest.ts';
import { createProduct } from './product.ts';

const posts = '{ posts { nodes { id } } }';
type Product = ReturnType<typeof createProduct>;
const statsOf = async (product: Product, selection: string, as = ada) =>
  (await product.ask(`{ cacheStats { ${selection} } }`, { as })).data.cacheStats;

describe('the statistics', () => {
  it('are for administrators', async () => {
    const { data, errors } = await createProduct().ask('{ cacheStats { hits } }', { as: bob });
    expect(data).toEqual({ cacheStats: null });
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('add up on known traffic', async () => {
    const product = createProduct();
    for (let n = 0; n < 3; n++) await product.ask(posts); // cold, hit, hit
    product.engine.cache.invalidate(['ws_nest/Post'], 'x');
    await product.ask(posts); // invalidated
    product.pass(31_000);
    await Promise.all([product.ask(posts), product.ask(posts)]); // expired, coalesced
    const { categories, ...total } = await statsOf(
      product,
      'lookups hits misses bypasses hitRatio entries categories(only: [POSTS]) { lookups hits misses loads bypasses hitsBy { memory remote stale } missesBy { cold expired evicted invalidated } fields { coordinate lookups hits hitRatio } }',
    );
    expect(total).toEqual({ lookups: 6, hits: 2, misses: 4, bypasses: 0, hitRatio: 2 / 6, entries: 1 });
    expect(categories).toEqual([
      {
        ...{ lookups: 6, hits: 2, misses: 4, loads: 3, bypasses: 0 },
        hitsBy: { memory: 2, remote: 0, stale: 0 },
        missesBy: { cold: 1, expired: 2, evicted: 0, invalidated: 1 },
        fields: [{ coordinate: 'Query.posts', lookups: 6, hits: 2, hitRatio: 2 / 6 }],
      },
    ]);
  });

  it('tell of loads that fail, and of expired answers in their place', async () => {
    let isDown = false;
    const product = createProduct({
      posts() {
        if (isDown) throw new Error('the database is away');
        return [];
      },
    });
    const figures = 'failures timeouts rescues';
    const stats = async () => {
      const { categories, ...total } = await statsOf(
        product,
        `${figures} categories(only: [POSTS, MEDIA]) { ${figures} }`,
      );
      return [total, ...categories];
    };
    await product.ask(posts);
    await product.ask('{ posts(first: -1) { nodes { id } } }'); // refused: the client’s mistake
    const none = { failures: 0, timeouts: 0, rescues: 0 };
    expect(await stats()).toEqual([none, none, none]);

    isDown = true;
    product.pass(30_000);
    await Promise.all([product.ask(posts), product.ask(posts)]); // one load for both
    await product.ask(posts); // while loads back off
    const { errors } = await product.ask('{ posts(first: 1) { nodes { id } } }'); // nothing stands in
    expect(errors).toHaveLength(1);
    const some = { failures: 2, timeouts: 0, rescues: 3 };
    expect(await stats()).toEqual([some, some, none]);
    await new Promise(setImmediate); // the cache reports failures in a later turn
    expect(product.logged).toEqual(['cache: a load failed whose error no client gets']);
  });

  it('are null where there is nothing to divide by', async () => {
    const stats = await statsOf(createProduct(), 'hitRatio categories { hitRatio hitLatency { minMs avgMs p99Ms } }');
    expect(stats.hitRatio).toBeNull();
    for (const { hitRatio, hitLatency } of stats.categories)
      expect([hitRatio, hitLatency]).toEqual([null, { minMs: null, avgMs: null, p99Ms: null }]);
  });

  it('do not change when they are read, and are not kept', async () => {
    const product = createProduct();
    await product.ask(posts);
    const all =
      'lookups hits misses evictions savedMs bytes categories { category advice sizing { maxEntries hitRatio } hottest { key } } alerts { kind }';
    const first = await statsOf(product, all);
    for (let n = 0; n < 3; n++) expect(await statsOf(product, all)).toEqual(first);
    await product.ask(posts);
    expect((await statsOf(product, 'hits')).hits).toBe(1);
  });

  it('tell the limits in force', async () => {
    const { categories } = await statsOf(
      createProduct(),
      'startedAt categories(only: [ANALYTICS]) { category policy { ttlSeconds staleSeconds maxEntries maxBytes eviction } }',
    );
    expect(categories).toEqual([
      {
        category: 'ANALYTICS',
        policy: { ttlSeconds: 900, staleSeconds: 900, maxEntries: 100, maxBytes: 2_097_152, eviction: 'arc' },
      },
    ]);
  });

  it('list all ten categories, or those that are asked for', async () => {
    const product = createProduct();
    expect((await statsOf(product, 'categories { category }')).categories).toHaveLength(10);
    expect((await statsOf(product, 'categories(only: []) { category }')).categories).toEqual([]);
  });
});

describe('the hottest entries', () => {
  const hottest = (first?: number) =>
    `categories(only: [POSTS, ACCOUNTS]) { hottest${first === undefined ? '' : `(first: ${first})`} { key hits ageSeconds expiresInSeconds tags } }`;

  it("are the workspace's and everybody's, with tags as the schema writes them", async () => {
    const product = createProduct({
      posts: ({ parameters }) => (parameters.includes('ws_nest') ? [{ id: 'post_1', created_at: '2026-11-22' }] : []),
    });
    for (const as of [ada, ada, zoe]) await product.ask('{ posts { nodes { id } } networks { id } }', { as });
    product.pass(12_000);
    const { categories } = await statsOf(product, hottest());
    const [ofNetworks, ofPosts] = categories.map(({ hottest }: { hottest: object[] }) => hottest);
    expect(ofPosts).toMatchObject([{ hits: 1, ageSeconds: 12, expiresInSeconds: 18, tags: ['Post', 'Post:post_1'] }]);
    expect(ofPosts[0].key).toContain('Query.posts');
    expect(ofNetworks).toMatchObject([{ hits: 2, tags: [] }]);
    expect(JSON.stringify(categories)).not.toContain('ws_other');
  });

  it('are to whoever is confined those alone of members who see the same accounts, and of everybody', async () => {
    const product = createProduct();
    const confined = { ...ada, accountIds: ['acc_1'] };
    const document = '{ posts { nodes { id } } networks { id } }';
    for (const as of [ada, { ...bob, accountIds: ['acc_1'] }, { ...ada, accountIds: ['acc_2'] }])
      await product.ask(document, { as });
    const { data } = await product.ask(`{ cacheStats { lookups ${hottest()} } }`, { as: confined });
    const [ofNetworks, ofPosts] = data.cacheStats.categories.map(({ hottest }: { hottest: object[] }) => hottest);
    expect([ofNetworks.length, ofPosts.length, data.cacheStats.lookups]).toEqual([1, 1, 6]);
    await product.ask(document, { as: confined });
    expect((await product.ask(`{ cacheStats { ${hottest()} } }`, { as: confined })).data.cacheStats).toMatchObject({
      categories: [{}, { hottest: [{ hits: 1 }] }],
    });
    expect((await statsOf(product, hottest())).categories[1].hottest).toHaveLength(3);
  });

  it('are of personal entries those of the viewer alone', async () => {
    const product = createProduct();
    for (const as of [ada, bob]) await product.ask('{ viewer { preferences { theme } } }', { as });
    const keysOf = async (as: Viewer) => {
      const stats = await statsOf(product, 'categories(only: [SETTINGS]) { hottest { key } }', as);
      return stats.categories[0].hottest.map(({ key }: { key: string }) => key);
    };
    expect(product.engine.cache.snapshot(['SETTINGS']).total.entries).toBe(2);
    expect(await keysOf(ada)).toEqual([expect.stringContaining('OWNER user_ada')]);
    expect(await keysOf(robot)).toEqual([]);
  });

  it('come with the most hits first, as many as were asked for', async () => {
    const product = createProduct();
    for (let n = 1; n <= 5; n++)
      for (let round = 0; round <= n; round++) await product.ask(`{ posts(first: ${n}) { nodes { id } } }`);
    const hitsOf = async (first?: number) =>
      (await statsOf(product, hottest(first))).categories[1].hottest.map((entry: { hits: number }) => entry.hits);
    expect(await hitsOf()).toEqual([5, 4, 3, 2, 1]);
    expect(await hitsOf(2)).toEqual([5, 4]);
    expect(await hitsOf(0)).toEqual([]);
  });
});

describe('the recent invalidations', () => {
  const recent = async (product: Product, as = ada) =>
    (await statsOf(product, 'recentInvalidations { at mutation tags }', as)).recentInvalidations;

  it('name the mutation and the tags of the workspace, the newest first', async () => {
    const product = createProduct();
    product.engine.cache.invalidate(
      ['ws_nest/Post', 'ws_nest/Post:post_1', 'ws_nest/Reach:post_1:acc_1'],
      'updatePost',
    );
    product.engine.cache.invalidate(['ws_other/Post:post_9'], 'deletePost');
    product.pass(1_000);
    product.engine.cache.clear({ namespace: 'ws_nest', categories: ['POSTS'] }, 'clearCache');
    product.engine.cache.clear({ namespace: 'ws_other' }, 'clearCache');
    product.engine.cache.delete('POSTS', 'a key of somebody');
    product.engine.clearAll('the end of a worker');
    expect(await recent(product)).toEqual([
      { at: '2026-11-22T12:00:01.000Z', mutation: 'the end of a worker', tags: [] },
      { at: '2026-11-22T12:00:01.000Z', mutation: 'clearCache', tags: [] },
      { at: '2026-11-22T12:00:00.000Z', mutation: 'updatePost', tags: ['Post', 'Post:post_1'] },
    ]);
    expect((await recent(product, zoe)).map(({ tags }: { tags: string[] }) => tags)).toEqual([[], [], ['Post:post_9']]);
  });

  it('are to whoever is confined those that reach their accounts, without the mutation', async () => {
    const product = createProduct();
    const invalidate = (id: string, account: string) =>
      product.engine.cache.invalidate([`ws_nest/Post:${id}`, `ws_nest/Reach:${id}:${account}`], 'updatePost');
    invalidate('post_1', 'acc_1');
    invalidate('post_2', 'acc_2');
    expect(await recent(product, { ...ada, accountIds: ['acc_1'] })).toMatchObject([
      { mutation: null, tags: ['Post:post_1'] },
    ]);
  });

  it('are the last 256 of all workspaces, with at most 50 tags', async () => {
    const product = createProduct();
    const tags = Array.from({ length: 60 }, (_, n) => `ws_nest/Post:post_${n}`);
    for (let n = 0; n < 256; n++) product.engine.cache.invalidate(tags, 'x');
    expect((await recent(product))[0].tags).toHaveLength(50);
    const all = async () =>
      (await statsOf(product, 'recentInvalidations(first: 100) { at }')).recentInvalidations.length;
    for (let n = 0; n < 200; n++) product.engine.cache.invalidate(['ws_other/Post'], 'x');
    expect(await all()).toBe(56);
    for (let n = 0; n < 56; n++) product.engine.cache.invalidate(['ws_other/Post'], 'x');
    expect(await all()).toBe(0);
  });
});

describe('the audit', () => {
  const audit = 'audit { checked differed differedShare examples { key coordinate ageSeconds tags } }';
  const auditOf = async (product: Product, as = ada) =>
    (await statsOf(product, `categories(only: [POSTS]) { ${audit} }`, as)).categories[0].audit;
  /** Posts that change without an invalidation, and a product that audits every hit. */
  const createAudited = () => {
    const rows = [{ id: 'post_1', created_at: '2026-11-22' }];
    const time = new ManualTime();
    const product = createProduct({ posts: () => [...rows] }, { auditEvery: 1, clock: time.clock, timer: time });
    const ask = async () => {
      await product.ask('{ posts { nodes { id } } }');
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    };
    return { product, rows, time, ask };
  };

  it('loads hits of fragments again too, in the background, and tells the share that differed with examples', async () => {
    const { product, rows, time, ask } = createAudited();
    expect(await auditOf(product)).toEqual({ checked: 0, differed: 0, differedShare: null, examples: [] });
    for (let n = 0; n < 3; n++) await ask();
    expect(await auditOf(product)).toMatchObject({ checked: 1, differed: 0, differedShare: 0 });
    time.pass(2_000);
    rows.push({ id: 'post_2', created_at: '2026-11-22' });
    for (let n = 0; n < 3; n++) await ask();
    time.pass(5_000);
    const found = await auditOf(product);
    expect(found).toMatchObject({ differed: 1, examples: [{ coordinate: 'Query.posts', ageSeconds: 2 }] });
    expect(found.examples[0].tags).toContain('Post');
    expect(await auditOf(product, { ...ada, accountIds: ['acc_9'] })).toMatchObject({ differed: 1, examples: [] });
    expect(await auditOf(product, zoe)).toMatchObject({ differed: 1, examples: [] });
  });
});
