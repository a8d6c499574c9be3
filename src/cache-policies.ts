import type { Policy } from '@magpie/cache';
import type { CacheCategory } from './generated/schema.ts';

const second = 1_000;
const minute = 60 * second;
const KiB = 1024;
const MiB = 1024 * KiB;

/** How long an expired entry may be served when its load fails. */
const staleIfErrorMs = 10 * minute;
/** Short, as what does not exist now may exist soon. */
const nullTtlMs = 10 * second;
const always = { staleIfErrorMs, nullTtlMs, eviction: 'arc', prefetchBeta: 1 } as const;

/** Categories whose loads are dear: with Redis, one process loads a value at a time, and the others wait for it. */
export const loadedOnce: readonly CacheCategory[] = ['AI', 'ANALYTICS'];

/**
 * The policy of each category, 1,500 entries and 10 MiB together. The environment overrides any cell, for example with
 * `CACHE_POSTS_TTL_SECONDS=60`.
 */
export const policies: Readonly<Record<CacheCategory, Policy>> = {
  /** Stable aggregates. */
  ANALYTICS: { ttlMs: 15 * minute, maxEntries: 100, maxBytes: 2 * MiB, staleMs: 15 * minute, ...always },
  /** Change infrequently. */
  TEMPLATES: { ttlMs: 5 * minute, maxEntries: 50, maxBytes: MiB, staleMs: 0, ...always },
  /** May refresh frequently. */
  ACCOUNTS: { ttlMs: 2 * minute, maxEntries: 100, maxBytes: 512 * KiB, staleMs: 0, ...always },
  /** New messages arrive frequently. */
  INBOX: { ttlMs: minute, maxEntries: 500, maxBytes: 2 * MiB, staleMs: 0, ...always },
  /** Stable. */
  CAMPAIGNS: { ttlMs: 5 * minute, maxEntries: 200, maxBytes: MiB, staleMs: 0, ...always },
  /** Rarely change. */
  SETTINGS: { ttlMs: 10 * minute, maxEntries: 50, maxBytes: 256 * KiB, staleMs: 0, ...always },
  /** Relatively static. */
  CALENDAR: { ttlMs: 5 * minute, maxEntries: 30, maxBytes: 768 * KiB, staleMs: 0, ...always },
  /** Generations can be reused. Not prefetched: what is asked of AI may cost money. */
  AI: { ttlMs: 60 * minute, maxEntries: 200, maxBytes: MiB, staleMs: 60 * minute, ...always, prefetchBeta: 0 },
  /** Frequently updated, filtered. */
  POSTS: { ttlMs: 30 * second, maxEntries: 150, maxBytes: MiB, staleMs: 0, ...always },
  /** Variable user patterns. */
  MEDIA: { ttlMs: minute, maxEntries: 120, maxBytes: 512 * KiB, staleMs: 0, ...always },
};
