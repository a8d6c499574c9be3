import type { Policy } from '@magpie/cache';
import { EntryCache } from '@magpie/cache/entries';
import { describe, expect, it } from 'vitest';
import { registerCacheFigures } from '../../src/http/cache-figures.ts';
import { registerLatencyFigures } from '../../src/http/latency-figures.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { ManualTime } from '../setup/manual-time.ts';

const policy: Policy = {
  ...{ ttlMs: 10_000, staleMs: 0, staleIfErrorMs: 0, nullTtlMs: 1_000 },
  ...{ maxEntries: 100, maxBytes: 100_000, eviction: 'arc' },
};

function createScraped(limits: Partial<Policy> = {}) {
  const time = new ManualTime();
  const cache = new EntryCache({
    policies: { POSTS: { ...policy, maxEntries: 2, ...limits }, MEDIA: policy },
    ...{ clock: time.clock, timer: time },
  });
  const metrics = createMetrics({ openSubscriptions: () => 0, openSockets: () => 0 });
  let readings = 0;
  registerCacheFigures(metrics, () => {
    readings++;
    return cache.snapshot();
  });
  registerLatencyFigures(metrics, () => cache.totals());
  const read = async (key: string) =>
    void (await cache.fetch({ category: 'POSTS', key, tags: ['Post'] }, async () => 1));
  const scrape = async () => {
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('magpie_cache_'));
    return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
  };
  return { cache, pass: (ms: number) => time.pass(ms), read, scrape, readings: () => readings };
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

  it('tell of loads that failed, and of expired entries in their place', async () => {
    const { cache, pass, scrape } = createScraped({ staleIfErrorMs: 60_000 });
    const read = (load: () => Promise<number>) => cache.fetch({ category: 'POSTS', key: 'a' }, load);
    await read(async () => 1);
    pass(10_000);
    const down = async () => Promise.reject(new Error('down'));
    await Promise.all([read(down), read(down)]);
    pass(1_000);
    const slow = read(() => new Promise(() => {}));
    pass(30_000);
    await slow;
    expect(await scrape()).toMatchObject({
      'magpie_cache_failures_total{category="POSTS"}': '2',
      'magpie_cache_timeouts_total{category="POSTS"}': '1',
      'magpie_cache_rescues_total{category="POSTS"}': '3',
      'magpie_cache_refreshes_total{category="POSTS"}': '0',
      'magpie_cache_failures_total{category="MEDIA"}': '0',
    });
  });

  it('tell how long misses and hits took', async () => {
    const { cache, pass, read, scrape } = createScraped();
    for (const [key, ms] of Object.entries({ a: 0, b: 30, c: 300 }))
      await cache.fetch({ category: 'POSTS', key }, async () => pass(ms));
    for (let n = 0; n < 128; n++) await read('c'); // of which one is measured
    const miss = (series: string) => `magpie_cache_miss_duration_seconds_${series}`;
    const hit = (series: string) => `magpie_cache_hit_duration_seconds_${series}`;
    expect(await scrape()).toMatchObject({
      [miss('bucket{le="0.001",category="POSTS"}')]: '1',
      [miss('bucket{le="0.025",category="POSTS"}')]: '1',
      [miss('bucket{le="0.05",category="POSTS"}')]: '2',
      [miss('bucket{le="0.25",category="POSTS"}')]: '2',
      [miss('bucket{le="1",category="POSTS"}')]: '3',
      [miss('bucket{le="+Inf",category="POSTS"}')]: '3',
      [miss('sum{category="POSTS"}')]: '0.33',
      [miss('count{category="POSTS"}')]: '3',
      [miss('count{category="MEDIA"}')]: '0',
      [hit('bucket{le="0.00001",category="POSTS"}')]: '1',
      [hit('count{category="POSTS"}')]: '1',
    });
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
