import type { CategorySnapshot, Snapshot } from '@magpie/cache';
import { Counter, Gauge, type Registry } from 'prom-client';

interface Figure {
  readonly help: string;
  read(category: CategorySnapshot): number;
}

const totals: Readonly<Record<string, Figure>> = {
  magpie_cache_loads_total: {
    help: 'Loads that a lookup started; other misses waited for them.',
    read: ({ loads }) => loads,
  },
  magpie_cache_refreshes_total: { help: 'Loads that ran in the background.', read: ({ refreshes }) => refreshes },
  magpie_cache_prefetches_total: {
    help: 'Of the refreshes, those of hot entries shortly before they expire.',
    read: ({ prefetches }) => prefetches,
  },
  magpie_cache_saved_seconds_total: {
    help: 'Load time that hits did not spend.',
    read: ({ savedMs }) => savedMs / 1_000,
  },
  magpie_cache_audited_hits_total: {
    help: 'Hits that were loaded again in the background and compared.',
    read: ({ audit }) => audit.checked,
  },
  magpie_cache_audit_differences_total: {
    help: 'Of the audited hits, those that differed though nothing had invalidated their entry.',
    read: ({ audit }) => audit.differed,
  },
  magpie_cache_failures_total: {
    help: 'Failed loads and refreshes, including those over the time limit. Each counts once, whatever the number of waiting lookups.',
    read: ({ failures }) => failures,
  },
  magpie_cache_timeouts_total: {
    help: 'Failures because a load exceeded the time limit.',
    read: ({ timeouts }) => timeouts,
  },
  magpie_cache_rescues_total: {
    help: 'Lookups that an expired entry served because its load failed.',
    read: ({ rescues }) => rescues,
  },
  magpie_cache_evictions_total: { help: 'Entries evicted for space.', read: ({ evictions }) => evictions },
  magpie_cache_expirations_total: {
    help: 'Entries removed after the end of their lifetime.',
    read: ({ expirations }) => expirations,
  },
  magpie_cache_invalidations_total: {
    help: 'Entries invalidated by a write.',
    read: ({ invalidations }) => invalidations,
  },
};

const holdings: Readonly<Record<string, Figure>> = {
  magpie_cache_entries: { help: 'Current number of entries.', read: ({ entries }) => entries },
  magpie_cache_max_entries: { help: 'Maximum of entries.', read: ({ policy }) => policy.maxEntries },
  magpie_cache_bytes: { help: 'Current size in bytes.', read: ({ bytes }) => bytes },
  magpie_cache_max_bytes: { help: 'Maximum size in bytes.', read: ({ policy }) => policy.maxBytes },
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
