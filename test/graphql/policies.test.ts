import { describe, expect, it } from 'vitest';
import { policies } from '../../src/cache-policies.ts';
import { readConfig } from '../../src/config.ts';
import { createProductLimits } from '../../src/domains/product-limits.ts';
import type { EngineOptions } from '../../src/graphql/engine-interface.ts';
import { PolicyOverrides } from '../../src/operator/policy-overrides.ts';
import { changeOverride, deleteOverride } from '../../src/operator/policy-repository.ts';
import { createTestDatabase, engines } from '../setup/databases.ts';
import { ada, bob } from './nest.ts';
import { createProduct } from './product.ts';

const now = new Date('2026-11-22T12:00:00Z');

/** Everything that was under way has come to its end: nothing here waits for time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

/** The product over a table of overrides that the test writes, as the database would. */
function createTuned() {
  const row = { category: 'POSTS', ttl_ms: 60_000, stale_ms: null, max_entries: 2, max_bytes: null };
  const rows: object[] = [];
  let isDown = false;
  const product = createProduct({
    cache_policies() {
      if (isDown) throw new Error('the database is away');
      return rows;
    },
  });
  const override = (cells: object = {}) =>
    rows.push({ ...row, eviction: null, changed_at: now.toISOString(), ...cells });
  const policyOf = async () => {
    const fields = 'ttlSeconds staleSeconds maxEntries maxBytes eviction';
    const { data } = await product.ask(
      `{ cacheStats { categories(only: [POSTS]) { policy { ${fields} } override { ${fields} changedAt } } } }`,
    );
    return data.cacheStats.categories[0];
  };
  return { product, rows, override, policyOf, fail: (down: boolean) => (isDown = down) };
}

describe('a policy that an operator changed', () => {
  it('is in force from the start, and shown with what of it is no configuration', async () => {
    const { product, override, policyOf } = createTuned();
    override();
    await product.engine.refreshPolicies();
    expect(await policyOf()).toEqual({
      policy: { ttlSeconds: 60, staleSeconds: 0, maxEntries: 2, maxBytes: 1_048_576, eviction: 'arc' },
      override: {
        ...{ ttlSeconds: 60, staleSeconds: null, maxEntries: 2, maxBytes: null, eviction: null },
        changedAt: '2026-11-22T12:00:00.000Z',
      },
    });
  });

  it('is followed by every process that hears of the change, and given up when it is taken back', async () => {
    const { product, rows, override, policyOf } = createTuned();
    override();
    product.engine.cache.apply(['ws_other/CachePolicy'], 'setCachePolicy'); // as another process reports it
    await settled();
    expect((await policyOf()).policy.maxEntries).toBe(2);
    rows.length = 0;
    product.engine.cache.apply(['ws_other/CachePolicy'], 'resetCachePolicy');
    await settled();
    expect(await policyOf()).toMatchObject({ policy: { maxEntries: 150 }, override: null });
  });

  it('is read anew with whatever stands for everything, as the change may be among what was missed', async () => {
    const { product, rows, override, policyOf } = createTuned();
    override();
    product.engine.clearAll('invalidations that may be missing');
    await settled();
    expect((await policyOf()).policy.maxEntries).toBe(2);
    rows.length = 0;
    product.engine.apply({ workspaceId: 'ws_other', tags: ['*'], cause: null });
    await settled();
    expect((await policyOf()).policy.maxEntries).toBe(150);
  });

  it('stays in force while the table cannot be read, and a row that makes no sense is left out', async () => {
    const { product, rows, override, policyOf, fail } = createTuned();
    override();
    await product.engine.refreshPolicies();
    fail(true);
    product.engine.cache.apply(['ws_other/CachePolicy'], 'setCachePolicy');
    await settled();
    expect((await policyOf()).policy.maxEntries).toBe(2);
    fail(false);
    rows.length = 0;
    override({ max_entries: 0 });
    await product.engine.refreshPolicies();
    expect((await policyOf()).policy.maxEntries).toBe(2);
    expect(product.logged).toEqual([
      'cache: the policies could not be read',
      'cache: a policy of the table cache_policies is not valid',
    ]);
  });

  it('takes effect on what is kept: fewer entries, a shorter life', async () => {
    const { product, override } = createTuned();
    for (let n = 1; n <= 4; n++) await product.ask(`{ posts(first: ${n}) { nodes { id } } }`);
    override({ ttl_ms: 1_000 });
    await product.engine.refreshPolicies();
    expect(product.engine.cache.snapshot(['POSTS']).total).toMatchObject({ entries: 0, maxEntries: 2 });
  });

  it('is changed by administrators who see all accounts alone, within limits', async () => {
    const { product } = createTuned();
    const set = (input: string, as = ada) =>
      product.ask(`mutation { setCachePolicy(input: { ${input} }) { policy { maxEntries } userErrors { message } } }`, {
        as,
      });
    for (const as of [bob, { ...ada, accountIds: ['acc_1'] }]) {
      const { errors } = await set('category: POSTS, maxEntries: 1', as);
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
    }
    const { data } = await set('category: POSTS');
    expect(data.setCachePolicy.userErrors[0].message).toBe('Expected something to change, but got a category alone.');
  });
});

describe('a change of a policy, which is one for all workspaces,', () => {
  const limits = () => createProductLimits(readConfig({}).productLimits);
  const mutations = [
    'setCachePolicy(input: { category: POSTS, maxEntries: 1 })',
    'resetCachePolicy(input: { category: POSTS })',
  ];
  const several = ['ws_nest', 'ws_other'];
  const createHoused = (workspaces: readonly string[], options: Partial<EngineOptions>) =>
    createProduct({ workspaces: () => workspaces.map((id) => ({ id })) }, { limits: limits(), ...options });

  it.each<[string, readonly string[], Partial<EngineOptions>]>([
    ['of the workspace that operates the server', several, { operatorWorkspace: 'ws_nest' }],
    ['in a demo', several, { isDemo: true }],
    ['where there is one workspace alone', ['ws_nest'], {}],
  ])('is allowed to an administrator %s', async (_, workspaces, options) => {
    for (const mutation of mutations) {
      const product = createHoused(workspaces, options);
      const { data, errors } = await product.ask(`mutation { result: ${mutation} { userErrors { message } } }`);
      expect([errors, data]).toEqual([undefined, { result: { userErrors: [] } }]);
    }
  });

  it.each<[string, readonly string[], Partial<EngineOptions>, string]>([
    ['of another workspace', several, { operatorWorkspace: 'ws_other' }, 'yours is another'],
    ['of another workspace in a demo', several, { operatorWorkspace: 'ws_other', isDemo: true }, 'yours is another'],
    ['where several workspaces have no operator', several, {}, 'it is not set, and there are several workspaces'],
  ])('is refused to an administrator %s, and nothing is written', async (_, workspaces, options, reason) => {
    for (const mutation of mutations) {
      const product = createHoused(workspaces, options);
      const { errors } = await product.ask(`mutation { result: ${mutation} { userErrors { message } } }`);
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
      expect(errors[0].message).toContain('the variable OPERATOR_WORKSPACE');
      expect(errors[0].message).toContain(reason);
      await settled();
      expect(product.statements.filter(({ sql }) => sql.includes('cache_policies'))).toEqual([]);
    }
  });

  it('is read once after it, however much its payload tells', async () => {
    const product = createHoused(['ws_nest'], {});
    const input = '{ category: POSTS, maxEntries: 1 }';
    await product.ask(`mutation { setCachePolicy(input: ${input}) { policy { maxEntries } override { changedAt } } }`);
    await settled();
    const readings = product.statements.filter(({ sql }) => sql.startsWith('select * from "cache_policies"'));
    expect(readings).toHaveLength(1);
  });

  it('is refused when there were ten within a minute', async () => {
    const product = createHoused(['ws_nest'], {});
    const change = async (mutation: string) =>
      (await product.ask(`mutation { result: ${mutation} { userErrors { message } } }`)).errors?.[0].extensions.code;
    for (let n = 0; n < 10; n++) expect(await change(mutations[n % 2]!)).toBeUndefined();
    for (const mutation of mutations) expect(await change(mutation)).toBe('RATE_LIMITED');
  });

  it.each(engines)('is refused when all categories together may hold more than 64 MiB, on %s', async (engine) => {
    const { queries } = await createTestDatabase(engine);
    const product = createProduct({}, { queries, limits: limits() });
    const set = async (input: string) => {
      const { data } = await product.ask(
        `mutation { setCachePolicy(input: { ${input} }) { userErrors { code message } } }`,
      );
      return data.setCachePolicy.userErrors;
    };
    expect(await set('category: POSTS, maxBytes: 50000000')).toEqual([]);
    expect(await set('category: MEDIA, maxBytes: 50000000')).toEqual([
      {
        code: 'LIMIT_REACHED',
        message:
          'Expected at most 67108864 bytes for all categories together, but got 108912896. More are allowed by the variables CACHE_<CATEGORY>_MAX_BYTES.',
      },
    ]);
    expect(product.engine.cache.snapshot(['MEDIA']).total.maxBytes).toBe(policies.MEDIA.maxBytes);
    expect(await set('category: POSTS, maxBytes: 1000000')).toEqual([]);
    expect(await set('category: MEDIA, maxBytes: 50000000')).toEqual([]);
  });
});

describe.each(engines)('overrides of policies, on %s', (engine) => {
  it('add up, are taken back cell by cell or together, and are applied once each', async () => {
    const { queries } = await createTestDatabase(engine);
    const applied: unknown[] = [];
    const createOverrides = () =>
      new PolicyOverrides({
        ...{ queries, configured: policies, log: { failure: () => {} } },
        cache: { setPolicy: (category, { ttlMs, maxEntries }) => applied.push([category, ttlMs, maxEntries]) },
      });
    const overrides = createOverrides();
    const change = async (cells: object) => {
      await changeOverride(queries, { category: 'POSTS', change: cells, now });
      await overrides.read();
    };
    await change({ ttlMs: 1_000 });
    await change({ maxEntries: 7, eviction: 'lru' });
    await overrides.read(); // nothing changed
    expect(overrides.of('POSTS')).toEqual({
      ...{ ttlMs: 1_000, staleMs: null, maxEntries: 7, maxBytes: null, eviction: 'lru' },
      changedAt: now.toISOString(),
    });
    await createOverrides().read(); // a restart
    await change({ ttlMs: null });
    await change({ maxEntries: null, eviction: null });
    expect(overrides.of('POSTS')).toBeUndefined();
    await change({ maxEntries: 9 });
    await deleteOverride(queries, 'POSTS');
    await overrides.read();
    expect(applied).toEqual([
      ['POSTS', 1_000, 150],
      ['POSTS', 1_000, 7],
      ['POSTS', 1_000, 7],
      ['POSTS', 30_000, 7],
      ['POSTS', 30_000, 150],
      ['POSTS', 30_000, 9],
      ['POSTS', 30_000, 150],
    ]);
  });
});
