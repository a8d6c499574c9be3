import { readFileSync } from 'node:fs';
import { type GraphQLError, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { costOf } from '../../src/graphql/cost.ts';
import { settle } from '../setup/gates.ts';
import { ada, bob } from './nest.ts';
import { createProduct } from './product.ts';

const posts = '{ posts { nodes { id } } }';
type Product = ReturnType<typeof createProduct>;

const historyOf = async (product: Product, args: string, selection: string, as = ada) =>
  (await product.ask(`{ cacheHistory${args} { ${selection} } }`, { as })).data.cacheHistory;
/** Seconds pass, and each is recorded. */
const live = (product: Product, seconds: number) => {
  for (let second = 0; second < seconds; second++) {
    product.pass(1_000);
    product.engine.recordSecond();
  }
};
const askTimes = async (product: Product, times: number) => {
  for (let n = 0; n < times; n++) await product.ask(posts);
};

describe('the history of the cache', () => {
  it('is for administrators', async () => {
    const { data, errors } = await createProduct().ask('{ cacheHistory { intervals } }', { as: bob });
    expect([data, errors[0].extensions.code]).toEqual([{ cacheHistory: null }, 'FORBIDDEN']);
  });

  it('has what happened in each second, of all categories and of each, and null before the start', async () => {
    const product = createProduct();
    await askTimes(product, 1);
    live(product, 1);
    await askTimes(product, 3);
    live(product, 2);
    const { total, categories, ...rest } = await historyOf(
      product,
      '',
      'step stepSeconds startsAt endsAt intervals total { hits coldMisses loads entries missP50Ms } categories(only: [POSTS, MEDIA]) { category columns { hits coldMisses } }',
    );
    expect(rest).toEqual({
      ...{ step: 'SECOND', stepSeconds: 1, intervals: 600 },
      ...{ startsAt: '2026-11-22T11:50:03.000Z', endsAt: '2026-11-22T12:00:03.000Z' },
    });
    const last = (columns: Record<string, unknown[]>) =>
      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(-4)]));
    expect(last(total)).toEqual({
      ...{ hits: [null, 0, 3, 0], coldMisses: [null, 1, 0, 0], loads: [null, 1, 0, 0] },
      ...{ entries: [null, 1, 1, 1], missP50Ms: [null, 0, null, null] },
    });
    expect(categories.map(({ category, columns }: never) => [category, last(columns)])).toEqual([
      ['POSTS', { hits: [null, 0, 3, 0], coldMisses: [null, 1, 0, 0] }],
      ['MEDIA', { hits: [null, 0, 0, 0], coldMisses: [null, 0, 0, 0] }],
    ]);
  });

  it('has the minutes of longer ranges, and no seconds of these', async () => {
    const product = createProduct();
    await askTimes(product, 1);
    live(product, 59);
    await askTimes(product, 2); // the entry has expired
    live(product, 62);
    const { total, intervals } = await historyOf(
      product,
      '(range: LAST_HOUR)',
      'intervals total { hits expiredMisses }',
    );
    expect(intervals).toBe(60);
    expect([total.hits.slice(-3), total.expiredMisses.slice(-3)]).toEqual([
      [null, 1, 0],
      [null, 1, 0],
    ]);
    const { errors } = await product.ask('{ cacheHistory(range: LAST_DAY, step: SECOND) { intervals } }');
    expect(errors[0].message).toBe(
      'step: expected MINUTE for LAST_DAY, because seconds are kept for 10 minutes, but got SECOND.',
    );
    expect((await historyOf(product, '(step: MINUTE)', 'intervals')).intervals).toBe(10);
  });

  it('adds up to the counters of cacheStats, whatever caused a miss', async () => {
    const product: Product = createProduct({
      posts() {
        product.pass(2); // so that hits save time
        return [];
      },
    });
    await askTimes(product, 2);
    product.engine.cache.invalidate(['ws_nest/Post'], 'x');
    live(product, 1);
    await askTimes(product, 1);
    live(product, 31);
    await Promise.all([product.ask(posts), product.ask(posts)]);
    live(product, 1);
    const figures = 'hits loads refreshes failures evictions expirations invalidations savedMs bypasses';
    const misses = 'coldMisses expiredMisses evictedMisses invalidatedMisses';
    const { total } = await historyOf(product, '', `total { ${figures} ${misses} }`);
    const sums = Object.fromEntries(
      Object.entries<number[]>(total).map(([name, values]) => [name, values.reduce((sum, value) => sum + value, 0)]),
    );
    const { missesBy, ...stats } = (
      await product.ask(`{ cacheStats { ${figures} missesBy { cold expired evicted invalidated } } }`)
    ).data.cacheStats;
    expect(sums).toEqual({
      ...stats,
      ...{ coldMisses: missesBy.cold, expiredMisses: missesBy.expired },
      ...{ evictedMisses: missesBy.evicted, invalidatedMisses: missesBy.invalidated },
    });
    expect([stats.savedMs, missesBy]).toEqual([2, { cold: 1, expired: 2, evicted: 0, invalidated: 1 }]);
  });

  it('forgets seconds after ten minutes, and takes the same memory at all times', async () => {
    const product = createProduct();
    const { bytes } = product.engine.history;
    await askTimes(product, 1);
    live(product, 600);
    const misses = async () => (await historyOf(product, '', 'total { coldMisses }')).total.coldMisses as number[];
    expect(await misses()).toEqual([1, ...Array(599).fill(0)]);
    live(product, 1);
    expect(await misses()).toEqual(Array(600).fill(0));
    expect(product.engine.history.bytes).toBe(bytes);
    expect(bytes).toBeLessThan(4_400_000);
  });
});

describe('the cost of what the cache did', () => {
  const { maxCost } = readConfig({}).limits;
  const operationOf = (name: string) =>
    readFileSync(new URL(`../../src/dashboard/page/operations/${name}.graphql`, import.meta.url), 'utf8');
  const costOfText = (text: string, variables = {}) => {
    const document = parse(text);
    return costOf(createProduct().engine.schema, document, { operation: getOperationAST(document)!, variables }).cost;
  };

  it('allows what the dashboard asks for', () => {
    for (const isTotal of [true, false])
      expect(costOfText(operationOf('history'), { range: 'LAST_DAY', isTotal, only: ['POSTS'] })).toBeLessThan(maxCost);
    expect(costOfText(operationOf('live'))).toBeLessThan(maxCost);
    expect(costOfText(operationOf('details'))).toBeLessThan(maxCost);
    expect(costOfText(operationOf('experiment'))).toBeLessThan(maxCost);
  });

  it('follows the numbers of a history, as often as it is asked for', () => {
    expect(costOfText('{ cacheHistory { total { hits misses: coldMisses } } }')).toBe(2 + 2 * 144);
    const names = [
      ...operationOf('history')
        .split('fragment')[1]!
        .matchAll(/^ {2}(\w+)$/gm),
    ].map(([, name]) => name);
    expect(names).toHaveLength(24);
    const many = Array.from({ length: 100 }, (_, n) => `a${n}: categories { columns { ${names.join(' ')} } }`);
    expect(costOfText(`{ cacheHistory { ${many.join(' ')} } }`)).toBe(1 + 100 * (1 + 10 * (1 + 24 * 144)));
  });

  it('follows the events of a minute', () => {
    expect(costOfText('subscription { cacheStatsUpdated { at } }')).toBe(60 * 2);
    expect(costOfText('subscription { cacheInvalidated { typeNames } }')).toBe(1 + 10);
  });
});

const updates =
  'subscription { cacheStatsUpdated { at seconds total { hits misses hitRatio entries } categories(only: [POSTS]) { counts { loads missesBy { cold } } } alerts { kind } } }';

async function settled() {
  for (let turn = 0; turn < 10; turn++) {
    await settle();
    await new Promise(setImmediate);
  }
}

describe('updates of the statistics', () => {
  it('come once a second, with the differences since the one before', async () => {
    const product = createProduct();
    await askTimes(product, 4); // before the subscription
    live(product, 1);
    const events = await product.subscribe(updates);
    const [first, second] = [events.next(), events.next()];
    await settled();
    await askTimes(product, 3);
    live(product, 1);
    product.engine.cache.clear();
    await askTimes(product, 1);
    live(product, 1);
    const of = async (event: typeof first) => JSON.parse(JSON.stringify((await event).value)).data.cacheStatsUpdated;
    expect(await of(first)).toEqual({
      ...{ at: '2026-11-22T12:00:02.000Z', seconds: 1, alerts: [] },
      total: { hits: 3, misses: 0, hitRatio: 1, entries: 1 },
      categories: [{ counts: { loads: 0, missesBy: { cold: 0 } } }],
    });
    expect(await of(second)).toMatchObject({
      total: { hits: 0, misses: 1, hitRatio: 0 },
      categories: [{ counts: { loads: 1, missesBy: { cold: 0 } } }],
    });
    await events.return(undefined);
  });

  it('are refused below ADMIN, before there is any', async () => {
    await expect(createProduct().subscribe(updates, { as: bob })).rejects.toThrow('requires the role ADMIN');
  });

  it.each([
    ['a client reads nothing for a minute', 'EVENTS_MISSED', (product: Product) => live(product, 70)],
    ['events may be missing', 'EVENTS_MISSED', (product: Product) => product.engine.clearAll('the end of a worker')],
    [
      'the token is revoked',
      'ACCESS_CHANGED',
      (product: Product) => product.engine.cache.invalidate(['ws_nest/Token:tok_ada']),
    ],
  ])('end when %s', async (_, code, happen) => {
    const product = createProduct();
    const events = await product.subscribe(updates);
    const first = events.next();
    await settled();
    live(product, 1);
    await first;
    happen(product);
    await settled();
    let end: unknown;
    for (let n = 0; n < 80 && end === undefined; n++)
      await events.next().catch((error: GraphQLError) => {
        end = error.extensions.code;
      });
    expect(end).toBe(code);
  });
});
