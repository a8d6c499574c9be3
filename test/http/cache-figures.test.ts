import { describe, expect, it } from 'vitest';
import { Cache } from '../../src/cache/cache.ts';
import { registerCacheFigures } from '../../src/http/cache-figures.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { policy } from '../cache/engine.ts';

function createScraped() {
  const cache = new Cache({
    policies: { POSTS: { ...policy, maxEntries: 2 }, MEDIA: policy },
    clock: { now: () => 0 },
  });
  const metrics = createMetrics({ openSubscriptions: () => 0 });
  let readings = 0;
  registerCacheFigures(metrics, () => {
    readings++;
    return cache.snapshot();
  });
  const read = async (key: string) =>
    void (await cache.fetch({ category: 'POSTS', key, tags: ['Post'] }, async () => 1));
  const scrape = async () => {
    const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('magpie_cache_'));
    return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
  };
  return { cache, read, scrape, readings: () => readings };
}

describe('the cache’s figures at /metrics', () => {
  it('tell of each category what became of its lookups', async () => {
    const { cache, read, scrape } = createScraped();
    for (const key of ['a', 'a', 'a', 'b', 'c']) await read(key); // of three entries, two have room
    cache.invalidate(['Post'], 'test');
    await read('c');
    cache.countBypass('POSTS', 'POSTS');
    const figures = await scrape();
    expect(figures).toMatchObject({
      'magpie_cache_lookups_total{category="POSTS",result="hit"}': '2',
      'magpie_cache_lookups_total{category="POSTS",result="stale"}': '0',
      'magpie_cache_lookups_total{category="POSTS",result="cold"}': '3',
      'magpie_cache_lookups_total{category="POSTS",result="invalidated"}': '1',
      'magpie_cache_lookups_total{category="POSTS",result="bypass"}': '1',
      'magpie_cache_loads_total{category="POSTS"}': '4',
      'magpie_cache_evictions_total{category="POSTS"}': '1',
      'magpie_cache_invalidations_total{category="POSTS"}': '2',
      'magpie_cache_entries{category="POSTS"}': '1',
      'magpie_cache_max_entries{category="POSTS"}': '2',
      'magpie_cache_lookups_total{category="MEDIA",result="cold"}': '0',
      'magpie_cache_entries{category="MEDIA"}': '0',
    });
    expect(Number(figures['magpie_cache_bytes{category="POSTS"}'])).toBeGreaterThan(0);
  });

  it('are the same however often they are read, and of one moment', async () => {
    const { read, scrape, readings } = createScraped();
    await read('a');
    const first = await scrape();
    expect(readings()).toBe(1);
    expect(await scrape()).toEqual(first);
    expect(readings()).toBe(2);
  });
});
