import { describe, expect, it, vi } from 'vitest';
import { policies } from '../../src/cache-policies.ts';
import type { Invalidation } from '../../src/database/invalidation-log.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import type { ClusterLog } from '../../src/graphql/cluster-log.ts';
import { ada, bob, zoe } from './nest.ts';
import { createProduct, tokenRow } from './product.ts';

const hour = 3_600_000;
const token = `mgp_${'a'.repeat(43)}`;

/** A log of which only is seen what is published. */
function createLog(publish: (invalidations: readonly Invalidation[]) => void | Promise<void>): ClusterLog {
  return {
    write: async () => undefined,
    findOutcome: async () => 'unknown',
    publish: async (logged) => publish(logged.map(({ invalidation }) => invalidation)),
  };
}

describe('an answer that was joined', () => {
  const document = '{ posts { nodes { id } } networks { id } }';
  const joined = async (product = createProduct(), text = document) => {
    await product.ask(text);
    const { joinedFrom: joinedFragments } = await product.ask(text);
    expect(joinedFragments).toBeDefined();
    return { product, replay: (as: Viewer = ada) => product.engine.reuse(joinedFragments!, as) };
  };

  it('is replayed while all of its entries stand, and says for how long they are fresh', async () => {
    const { product, replay } = await joined();
    expect(replay()).toBe(30_000);
    product.pass(29_999);
    expect(replay()).toBe(1);
    product.pass(1);
    expect(replay()).toBeUndefined();
  });

  it('is timed now and then, as hits of its fields, also when it is joined anew', async () => {
    const timed = ({ engine }: ReturnType<typeof createProduct>) =>
      engine.cache.snapshot(['POSTS', 'ACCOUNTS']).categories.map(({ hitLatency }) => hitLatency.p95Ms !== null);
    const { product, replay } = await joined();
    for (let times = 0; times < 2 * 127; times++) replay();
    expect(timed(product)).toContain(true);
    const other = await joined();
    for (let times = 0; times < 127; times++) await other.product.ask(document);
    expect(timed(other.product)).toContain(true);
  });

  it('is not replayed once one of them was invalidated', async () => {
    const { product, replay } = await joined();
    product.engine.cache.invalidate(['ws_nest/Template']);
    expect(replay()).toBeDefined();
    product.engine.cache.invalidate(['ws_nest/Post']);
    expect(replay()).toBeUndefined();
  });

  it('is not replayed once one of them was replaced', async () => {
    const { product, replay } = await joined();
    product.engine.cache.invalidate(['ws_nest/Post']);
    await product.ask(document);
    await product.ask(document);
    expect(replay()).toBeUndefined();
  });

  it('is not replayed once one of them had to make room', async () => {
    const small = { ...policies, POSTS: { ...policies.POSTS, maxEntries: 1 } };
    const { product, replay } = await joined(createProduct({}, { policies: small }));
    await product.ask('{ posts(first: 1) { nodes { id } } }');
    expect(replay()).toBeUndefined();
  });

  it('is counted with each use, exactly as one that is executed', async () => {
    const [{ product, replay }, { product: other }] = [await joined(), await joined()];
    const before = product.engine.cache.snapshot().total.hits;
    replay();
    await other.ask(document);
    expect(product.engine.cache.snapshot().total.hits).toBe(before + 2);
    expect(other.engine.cache.snapshot().total.hits).toBe(before + 2);
  });

  it('is not counted when it is not replayed', async () => {
    const { product, replay } = await joined();
    product.engine.cache.invalidate(['ws_nest/Post']);
    const before = product.engine.cache.snapshot().total;
    replay();
    expect(product.engine.cache.snapshot().total).toEqual(before);
  });

  it("with days in it is not replayed after the workspace's midnight", async () => {
    const { product, replay } = await joined(
      createProduct(),
      '{ calendar(range: { preset: TODAY }) { days { date } } }',
    );
    product.pass(200_000);
    expect(replay()).toBeDefined();
    expect(replay({ ...ada, timeZone: 'Pacific/Auckland' })).toBeUndefined();
    const late = createProduct();
    late.pass(12 * hour - 1_000);
    const { replay: replayLate } = await joined(late, '{ calendar(range: { preset: TODAY }) { days { date } } }');
    expect(replayLate()).toBeDefined();
    late.pass(1_000);
    expect(replayLate()).toBeUndefined();
  });

  it('is none when anything in it was executed, or failed', async () => {
    const product = createProduct();
    for (let round = 0; round < 2; round++) {
      expect((await product.ask('{ networks { id } viewer { userId: __typename } }')).joinedFrom).toBeUndefined();
      const failed = await product.ask(
        '{ networks { id } calendar(range: { between: { from: "2026-11-02", to: "2026-11-01" } }) { from } }',
      );
      expect([failed.errors.length, failed.joinedFrom]).toEqual([1, undefined]);
    }
  });

  it('is none with joining off, and the answer is the same', async () => {
    const [product, plain, uncached] = [
      createProduct(),
      createProduct({}, { isJoining: false }),
      createProduct({}, { isJoining: false, isCaching: false }),
    ];
    for (let round = 0; round < 2; round++) {
      const [one, other, third] = [
        await product.ask(document),
        await plain.ask(document),
        await uncached.ask(document),
      ];
      expect(other.joinedFrom).toBeUndefined();
      expect([other.data, third.data]).toEqual([one.data, one.data]);
    }
    expect(uncached.engine.cache.snapshot().total).toMatchObject({ hits: 0, misses: 0, entries: 0 });
  });
});

describe('what was asked before', () => {
  const document = '{ posts { nodes { id } } networks { id } }';
  const request = { viewer: ada, requestId: 'again', isDebugging: false };

  it('is answered again by the same means, and counted like it', async () => {
    const [product, side] = [createProduct(), createProduct()];
    for (const one of [product, side]) {
      await one.ask(document);
      one.engine.cache.invalidate(['ws_nest/Post']);
    }
    const { data, origin: provenance } = await side.ask(document);
    const rerunResult = await product.engine.rerun(provenance!.operationRequest, request);
    expect(rerunResult?.json).toBe(JSON.stringify({ data }));
    expect(rerunResult?.cacheUsage).toMatchObject({ hits: 1, misses: 1 });
    expect(rerunResult?.provenance?.executedTraces).toHaveLength(1);
    expect(product.engine.cache.snapshot().total).toEqual(side.engine.cache.snapshot().total);
  });

  it('is answered for whom it is asked alone when something in it is stale', async () => {
    const staleMs = 60_000;
    const product = createProduct({}, { policies: { ...policies, POSTS: { ...policies.POSTS, staleMs } } });
    const { data, origin: provenance } = await product.ask(document);
    product.pass(policies.POSTS.ttlMs);
    const { lookups } = product.engine.cache.snapshot().total;
    const rerunResult = await product.engine.rerun(provenance!.operationRequest, request);
    expect(rerunResult).toMatchObject({
      json: JSON.stringify({ data }),
      provenance: undefined,
      cacheUsage: { hits: 1, stale: 1 },
    });
    expect(product.engine.cache.snapshot().total.lookups).toBe(lookups + 2);
  });

  it('is not answered so when there is an error in it, or the cache may not be used', async () => {
    const product = createProduct();
    const { origin: provenance } = await product.ask(document);
    const failing = createProduct({ posts: () => Promise.reject(new Error('down')) });
    const uncached = createProduct({}, { isCaching: false });
    const statements = uncached.statements.length;
    for (const { engine } of [failing, uncached])
      expect(await engine.rerun(provenance!.operationRequest, request)).toBeUndefined();
    expect(uncached.statements.length).toBe(statements);
  });
});

describe('an answer that others waited for', () => {
  const document = '{ posts { nodes { id } } networks { id } }';
  const countsOf = ({ engine }: ReturnType<typeof createProduct>) => {
    const { lookups, hits, misses, loads, coalesced, missesBy } = engine.cache.snapshot().total;
    return { lookups, hits, misses, loads, coalesced, missesBy };
  };

  it('is counted for each of them as if they had executed it at its side', async () => {
    const product = createProduct();
    await product.ask('{ networks { id } }');
    const { origin: provenance } = await product.ask(document);
    const before = countsOf(product);
    expect(product.engine.share(provenance!, { viewer: ada, waitedMs: 25 })).toBe(true);
    const side = createProduct();
    await side.ask('{ networks { id } }');
    await Promise.all([side.ask(document), side.ask(document)]);
    expect(countsOf(product)).toEqual(countsOf(side));
    expect(countsOf(product)).toMatchObject({ hits: before.hits + 1, misses: before.misses + 1, coalesced: 1 });
    const posts = product.engine.cache.snapshot().categories.find(({ category }) => category === 'POSTS');
    expect(posts?.missLatency.maxMs).toBe(25);
  });

  it('is counted also when none of it was kept', async () => {
    const held: (() => void)[] = [];
    const product = createProduct({ posts: () => new Promise((resolve) => held.push(() => resolve([]))) });
    const asked = product.ask(document);
    await vi.waitFor(() => expect(held.length).toBe(1));
    product.engine.cache.invalidate(['ws_nest/Post']);
    held[0]!();
    const { origin: provenance } = await asked;
    expect(provenance!.joined).toBeUndefined();
    expect(product.engine.share(provenance!, { viewer: ada, waitedMs: 1 })).toBe(true);
    expect(countsOf(product)).toMatchObject({ misses: 4, loads: 2, coalesced: 2 });
  });

  it('is not given to them when the day is over or the cache must not be used, and is not counted', async () => {
    const product = createProduct();
    const { origin: provenance } = await product.ask('{ calendar(range: { preset: TODAY }) { days { date } } }');
    const before = countsOf(product);
    const repeat = (viewer: Viewer = ada) => product.engine.share(provenance!, { viewer, waitedMs: 1 });
    expect(repeat({ ...ada, timeZone: 'Pacific/Auckland' })).toBe(false);
    product.engine.allowCaching(0);
    expect([repeat(), product.engine.stampOf(ada)]).toEqual([false, Number.NaN]); // nobody begins to wait either
    expect(countsOf(product)).toEqual(before);
  });

  it('is none when something in it failed, is stale, or is not for the cache', async () => {
    const product = createProduct();
    const failing =
      '{ networks { id } calendar(range: { between: { from: "2026-11-02", to: "2026-11-01" } }) { from } }';
    const origins = [
      await product.ask('{ networks { id } viewer { userId: __typename } }'),
      await product.ask(failing),
    ].map(({ origin: provenance }) => provenance);
    expect(origins).toEqual([undefined, undefined]);
    const lasting = { ...policies, POSTS: { ...policies.POSTS, staleMs: 60_000 } };
    const late = createProduct({}, { policies: lasting });
    const posts = '{ posts { nodes { id } } }';
    expect((await late.ask(posts)).origin).toBeDefined();
    late.pass(lasting.POSTS.ttlMs + 1);
    expect((await late.ask(posts)).origin).toBeUndefined();
  });
});

describe('an explanation', () => {
  it.each([
    ['an administrator', ada, false, true],
    ['an editor', bob, false, false],
    ['anybody in a demo', bob, true, true],
    ['nobody', null, true, false],
  ] as const)('is given to those who may ask for it: %s', async (_, as, isDemo, isGiven) => {
    const product = createProduct({}, { isDemo });
    const { extensions } = await product.ask('{ networks { id } }', { as, isDebugging: true });
    expect(extensions?.cache !== undefined).toBe(isGiven);
  });
});

describe('a token', () => {
  const withToken = (options = {}) => {
    const database = { row: tokenRow(ada) as object | null };
    const product = createProduct(
      { tokens: ({ sql }) => (sql.startsWith('select') && database.row ? [database.row] : []) },
      options,
    );
    return { database, product };
  };

  it('stands for its member, until that is revoked', async () => {
    const { database, product } = withToken();
    expect(await product.engine.authenticate(token)).toMatchObject({ userId: 'user_ada', role: 'OWNER' });
    database.row = null;
    expect(await product.engine.authenticate(token)).not.toBeNull();
    product.engine.cache.invalidate(['ws_nest/Token:tok_ada'], 'revokeApiToken');
    expect(await product.engine.authenticate(token)).toBeNull();
  });

  it('that has no likeness to one is not looked for', async () => {
    const { product } = withToken();
    for (const text of ['', 'password', `mgp_${'a'.repeat(42)}`, `${token}!`])
      expect(await product.engine.authenticate(text)).toBeNull();
    expect(product.statements).toEqual([]);
  });

  it.each([
    [0, 5_000],
    [60_000, 62_500],
  ])('is known without the database for as long as it is served: %i ms more', async (serveCutOffMs, knownMs) => {
    let isAway = false;
    const tokens = () => {
      if (isAway) throw new Error('the database is away');
      return [tokenRow(ada)];
    };
    const product = createProduct({ tokens }, { serveCutOffMs });
    const authenticate = async () => await product.engine.authenticate(token);
    await authenticate();
    isAway = true;
    product.pass(knownMs - 1);
    expect(await authenticate()).toMatchObject({ userId: 'user_ada' });
    product.pass(1);
    await expect(authenticate()).rejects.toThrow('the database is away');
  });

  it('is looked for each time with the cache off', async () => {
    const { database, product } = withToken({ isCaching: false, isJoining: false });
    await product.engine.authenticate(token);
    database.row = null;
    expect(await product.engine.authenticate(token)).toBeNull();
  });
});

describe('background work', () => {
  const settings = () => [{ time_zone: 'Europe/Vienna', week_starts_on: 'MONDAY' }];

  it('runs through the schema, as the system of its workspace, and invalidates as any', async () => {
    const product = createProduct({ settings });
    await product.ask('{ inbox { nodes { id } } }');
    const { stamp } = product.engine.cache;
    const document =
      'mutation ($input: WakeConversationsInput!) { wakeConversations(input: $input) { userErrors { message } } }';
    const data = await product.engine.executeAsSystem('ws_nest', document, { input: { limit: 1 } });
    expect(data).toEqual({ wakeConversations: { userErrors: [] } });
    expect(product.engine.cache.stamp).toBeGreaterThan(stamp);
  });

  it('throws what went wrong', async () => {
    const product = createProduct({ settings });
    await expect(product.engine.executeAsSystem('ws_nest', '{ campaign }')).rejects.toThrow('must have a selection');
    await expect(
      product.engine.executeAsSystem(
        'ws_nest',
        '{ calendar(range: { between: { from: "2026-11-02", to: "2026-11-01" } }) { from } }',
      ),
    ).rejects.toThrow('range: expected');
    await expect(createProduct().engine.executeAsSystem('ws_gone', '{ networks { id } }')).rejects.toThrow(
      'expected a workspace, but got ws_gone',
    );
  });
});

describe('clearCache', () => {
  const clear = (product: ReturnType<typeof createProduct>, categories?: string[], as = ada) =>
    product.ask(
      'mutation ($input: ClearCacheInput!) { clearCache(input: $input) { clearedEntries userErrors { message } } }',
      {
        ...{ as, variables: { input: { categories } } },
      },
    );
  const fill = async (product: ReturnType<typeof createProduct>) => {
    for (const as of [ada, zoe])
      await product.ask('{ posts { nodes { id } } campaigns { nodes { id } } networks { id } }', { as });
  };
  const left = (product: ReturnType<typeof createProduct>) =>
    (['POSTS', 'CAMPAIGNS', 'ACCOUNTS'] as const).flatMap((category) =>
      product.engine.cache.hottest(category, 9).map(({ namespace, coordinate }) => `${namespace} ${coordinate}`),
    );

  it("forgets the workspace's entries, not another's and not everybody's", async () => {
    const product = createProduct();
    await fill(product);
    expect((await clear(product)).data.clearCache).toEqual({ clearedEntries: 2, userErrors: [] });
    expect(left(product)).toEqual(['ws_other Query.posts', 'ws_other Query.campaigns', 'public Query.networks']);
  });

  it('forgets only the categories that are asked for', async () => {
    const product = createProduct();
    await fill(product);
    expect((await clear(product, ['POSTS', 'ACCOUNTS'])).data.clearCache.clearedEntries).toBe(1);
    expect(left(product)).toContain('ws_nest Query.campaigns');
    expect(left(product)).toContain('public Query.networks');
  });

  it('tells the other processes, and is done when they know', async () => {
    const told: unknown[] = [];
    const product = createProduct({}, { clusterLog: createLog((invalidations) => void told.push(...invalidations)) });
    await clear(product);
    expect(told).toEqual([{ workspaceId: 'ws_nest', tags: ['*namespace ws_nest'], cause: 'clearCache' }]);
  });

  it('is for administrators', async () => {
    const { errors } = await clear(createProduct(), undefined, bob);
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('a mutation', () => {
  it('is answered when the other processes know what it invalidated', async () => {
    const order: string[] = [];
    const product = createProduct(
      { settings: () => [{ time_zone: 'UTC', week_starts_on: 'MONDAY' }] },
      {
        clusterLog: createLog(async ([told]) => {
          await new Promise(setImmediate);
          order.push(`told ${told!.tags[0]}`);
        }),
      },
    );
    await product.ask(
      'mutation { createCampaign(input: { name: "spring" }) { campaign { id } userErrors { message } } }',
    );
    order.push('answered');
    expect(order).toEqual(['told Campaign', 'answered']);
  });
});

describe('the alerts', () => {
  it('are logged without anybody asking for them', async () => {
    const product = createProduct();
    for (let n = 0; n < 120; n++) await product.ask(`{ posts(filter: { search: "${n}" }) { nodes { id } } }`);
    expect(product.engine.checkAlerts()).toMatchObject([{ kind: 'LOW_HIT_RATIO', category: 'POSTS' }]);
    expect(product.logged).toEqual(['raised LOW_HIT_RATIO']);
  });

  it('judge the last five minutes', async () => {
    const product = createProduct();
    const posts = '{ posts { nodes { id } } }';
    const looksAt = (count: number) =>
      Array.from({ length: count }, () => {
        product.pass(10_000);
        return product.engine.checkAlerts().map(({ kind }) => kind);
      });
    await product.ask(posts);
    for (let n = 0; n < 1_000; n++) await product.ask(posts);
    looksAt(31);
    for (let n = 0; n < 120; n++) await product.ask(`{ posts(filter: { search: "${n}" }) { nodes { id } } }`);
    expect(looksAt(26).every((kinds) => kinds.includes('LOW_HIT_RATIO'))).toBe(true); // though 89 % of all were hits
    expect(looksAt(5).at(-1)).toEqual([]);
  });

  it('say that expired answers stand in for a failing backend after a minute of it', async () => {
    let isDown = false;
    const product = createProduct({
      posts() {
        if (isDown) throw new Error('the database is away');
        return [];
      },
    });
    const lookEvery10s = async (seconds: number) => {
      const raised: boolean[] = [];
      for (let passed = 0; passed < seconds; passed += 10) {
        await product.ask('{ posts { nodes { id } } }');
        raised.push(product.engine.checkAlerts().some(({ kind }) => kind === 'STALE_ANSWERS'));
        product.pass(10_000);
      }
      return raised;
    };
    await lookEvery10s(30); // the lifetime of posts
    isDown = true;
    expect(await lookEvery10s(70)).toEqual(Array(7).fill(false));
    expect(await lookEvery10s(60)).toEqual(Array(6).fill(true));
    const { data } = await product.ask('{ cacheStats { alerts { kind category } } }');
    expect(data.cacheStats.alerts).toEqual([{ kind: 'STALE_ANSWERS', category: 'POSTS' }]);
    isDown = false;
    await lookEvery10s(40); // until the next attempt, and for the time that an alert lingers
    expect((await lookEvery10s(60)).at(-1)).toBe(false);
    expect(product.logged).toContain('withdrawn STALE_ANSWERS');
  });
});
