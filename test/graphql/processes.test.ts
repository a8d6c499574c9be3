import { describe, expect, it } from 'vitest';
import { createProcessReporter } from '../../src/operator/process-reporter.ts';
import { UnavailableError } from '../../src/unavailable-error.ts';
import { bob } from './nest.ts';
import { createProduct } from './product.ts';
import { createWire } from './wire.ts';

const away = async () => {
  throw new UnavailableError('the database is away');
};
const processes = '{ cacheProcesses { isThis state silentSeconds lookupsPerSecond hits hitRatio } }';

describe('while the database cannot be reached', () => {
  it('this process is listed alone, with its state', async () => {
    const product = createProduct({ cache_processes: away }, { isCaching: false });
    const stateOf = async () => {
      const { data } = await product.ask(processes);
      return data.cacheProcesses.map(({ state, isThis }: { state: string; isThis: boolean }) => [state, isThis]);
    };
    expect(await stateOf()).toEqual([['UNCACHED', true]]);
    product.engine.allowCaching(Number.POSITIVE_INFINITY);
    expect(await stateOf()).toEqual([['SERVING', true]]);
    product.engine.allowCaching(0);
    product.engine.serveCutOff(performance.now() + 60_000);
    expect(await stateOf()).toEqual([['CUT_OFF', true]]);
  });

  it('there are no figures of all processes, and those of this one as ever', async () => {
    const product = createProduct({ cache_processes: away });
    const all = await product.ask('{ cacheStats(of: ALL_PROCESSES) { hits } }');
    expect(all.data).toEqual({ cacheStats: null });
    expect(all.errors).toHaveLength(1);
    expect((await product.ask('{ cacheStats { hits processCount } }')).data.cacheStats).toEqual({
      hits: 0,
      processCount: 1,
    });
  });

  it('a process goes on, and ends all the same', async () => {
    const { engine } = createProduct();
    const logged: string[] = [];
    const log = { error: (_: object, message: string) => logged.push(message) };
    let isAway = true;
    const { queries, statements } = createWire(() => (isAway ? away() : []));
    const reporter = createProcessReporter({ queries, processes: engine.processes, log });
    await expect(reporter.tick()).rejects.toThrow('the database is away');
    isAway = false;
    await reporter.tick();
    expect(statements.at(-2)!.sql).toMatch(/^insert into "cache_processes"/);
    isAway = true;
    await reporter.stop();
    expect(logged).toEqual(['report to the other processes: this one is listed for a minute more']);
  });
});

describe('the figures of other processes', () => {
  it('lead to no alert and no advice here, and count from when the first began', async () => {
    const field = { rejected: 7, holdings: { entries: 1, bytes: 20_000_000 } };
    const report = { format: 1, categories: { POSTS: { maxBytes: 1, fields: { 'Query.posts': field } } } };
    const product = createProduct({ cache_processes: () => [{ started_at: '2026-11-21T08:00:00.000Z', report }] });
    const figures =
      'processCount startedAt bytes alerts { kind } categories(only: [POSTS]) { rejections advice policy { maxBytes } }';
    const { data } = await product.ask(
      `{ own: cacheStats { ${figures} } all: cacheStats(of: ALL_PROCESSES) { ${figures} } }`,
    );
    const [{ policy }] = data.own.categories;
    expect(data).toMatchObject({
      own: { processCount: 1, startedAt: '2026-11-22T12:00:00.000Z', bytes: 0, categories: [{ rejections: 0 }] },
      all: { processCount: 2, startedAt: '2026-11-21T08:00:00.000Z', bytes: 20_000_000, alerts: [] },
    });
    expect(data.all.categories).toEqual([{ rejections: 7, advice: [], policy }]);
  });
});

describe('the list of processes', () => {
  it('is for administrators', async () => {
    for (const document of [processes, '{ cacheStats(of: ALL_PROCESSES) { hits } }']) {
      const { data, errors } = await createProduct().ask(document, { as: bob });
      expect(Object.values(data)).toEqual([null]);
      expect(errors[0].extensions.code).toBe('FORBIDDEN');
    }
  });

  it('tells lookups per second of the last ten seconds', async () => {
    const product = createProduct();
    const rate = async () => (await product.ask(processes)).data.cacheProcesses[0].lookupsPerSecond;
    expect(await rate()).toBe(0);
    for (const lookups of [3, 5]) {
      for (let n = 0; n < lookups; n++) await product.ask('{ posts { nodes { id } } }');
      product.pass(1_000);
      product.engine.recordSecond();
    }
    expect(await rate()).toBe(4);
    product.pass(11_000);
    expect(await rate()).toBe(0);
  });
});
