import { Counter, Gauge, type Registry } from 'prom-client';
import type { CategorySnapshot, Snapshot } from '../cache/snapshot.ts';

interface Figure {
  readonly help: string;
  read(category: CategorySnapshot): number;
}

const totals: Readonly<Record<string, Figure>> = {
  magpie_cache_loads_total: { help: 'Loads that ran for a lookup; other misses waited.', read: ({ loads }) => loads },
  magpie_cache_refreshes_total: { help: 'Loads that ran in the background.', read: ({ refreshes }) => refreshes },
  magpie_cache_failures_total: {
    help: 'Loads and refreshes that failed, those over the time limit included; each once, however many lookups waited.',
    read: ({ failures }) => failures,
  },
  magpie_cache_timeouts_total: {
    help: 'Of the failures, those over the time limit.',
    read: ({ timeouts }) => timeouts,
  },
  magpie_cache_rescues_total: {
    help: 'Lookups that an expired entry answered because its load failed; each that was answered so.',
    read: ({ rescues }) => rescues,
  },
  magpie_cache_evictions_total: { help: 'Entries that left for want of room.', read: ({ evictions }) => evictions },
  magpie_cache_expirations_total: {
    help: 'Entries that left because their time was over.',
    read: ({ expirations }) => expirations,
  },
  magpie_cache_invalidations_total: {
    help: 'Entries that left because of a write.',
    read: ({ invalidations }) => invalidations,
  },
};

const holdings: Readonly<Record<string, Figure>> = {
  magpie_cache_entries: { help: 'Entries held.', read: ({ entries }) => entries },
  magpie_cache_max_entries: { help: 'Entries allowed.', read: ({ policy }) => policy.maxEntries },
  magpie_cache_bytes: { help: 'Bytes held.', read: ({ bytes }) => bytes },
  magpie_cache_max_bytes: { help: 'Bytes allowed.', read: ({ policy }) => policy.maxBytes },
};

/** Registers the cache's metrics by category. They are read from the engine's snapshot at each scrape. */
export function registerCacheFigures({ registry }: { registry: Registry }, snapshot: () => Snapshot): void {
  const categories = oncePerScrape(() => snapshot().categories);
  const registers = [registry];
  new Counter({
    name: 'magpie_cache_lookups_total',
    help: 'Lookups: hits (from memory, from the remote tier, past their lifetime), misses by cause, and bypasses.',
    labelNames: ['category', 'result'],
    registers,
    collect() {
      this.reset();
      for (const one of categories())
        for (const [result, count] of Object.entries(resultsOf(one)))
          this.inc({ category: one.category, result }, count);
    },
  });
  for (const [name, { help, read }] of Object.entries(totals))
    new Counter({
      ...{ name, help, labelNames: ['category'], registers },
      collect() {
        this.reset();
        for (const one of categories()) this.inc({ category: one.category }, read(one));
      },
    });
  for (const [name, { help, read }] of Object.entries(holdings))
    new Gauge({
      ...{ name, help, labelNames: ['category'], registers },
      collect() {
        for (const one of categories()) this.set({ category: one.category }, read(one));
      },
    });
}

/** Lookups by result; their sum is the number of lookups. */
function resultsOf({ hitsBy, missesBy, bypasses }: CategorySnapshot): Record<string, number> {
  const { memory: hit, remote, stale } = hitsBy;
  return { hit, remote, stale, ...missesBy, bypass: bypasses };
}

/** Reads once per scrape, which collects all metrics in one turn of the event loop, so that they agree. */
function oncePerScrape<T>(read: () => T): () => T {
  let reading: T | undefined;
  return () => {
    if (reading === undefined) queueMicrotask(() => (reading = undefined));
    reading ??= read();
    return reading;
  };
}
