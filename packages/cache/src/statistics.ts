import { Histogram, type Latency } from './histogram.ts';
import type { MissCause } from './request.ts';

/** The counters of one field coordinate in a category. Lookups, hits, misses, coalesced and ratios are derived from them. */
export class FieldCounters {
  readonly coordinate: string;
  memoryHits = 0; // served by a fresh entry
  remoteHits = 0; // served by a fresh entry of the remote tier
  staleHits = 0; // served by an expired entry without waiting: within its stale window, or while failed loads back off
  coldMisses = 0; // key never loaded, or removed so long ago that its removal is no longer recorded
  expiredMisses = 0;
  evictedMisses = 0;
  invalidatedMisses = 0;
  bypasses = 0; // the cache took no part
  loads = 0; // run because of a miss; other misses wait for a running load
  refreshes = 0; // loads in the background because an entry is or will soon be stale
  prefetches = 0; // of them, those of fresh entries that are hot and soon expire
  failures = 0; // loads and refreshes that failed or exceeded the time limit, whatever the number of waiters; without refusals
  timeouts = 0; // of them, those that exceeded the time limit
  rescues = 0; // stale hits and misses that an expired entry served because its last load failed or could not start
  overtaken = 0; // results not kept because one of their tags was invalidated during the load
  rejected = 0; // results not kept because they are too large
  evictions = 0; // removed for want of space
  expirations = 0; // dead after the end of their lifetime; removed now or later
  invalidations = 0; // dead because of a write; removed now or later
  replacements = 0; // removed alive for a newer result of the same key
  expiredReloads = 0; // results of keys whose previous entry expired
  unchangedReloads = 0; // of them, those equal to the previous value
  savedMs = 0; // load time that hits saved, of removed entries
  overshootMs = 0; // the longest time after expiry at which an entry was served as fresh
  readonly hitLatency = new Histogram(); // of one hit in 127, those of attachments included
  readonly missLatency = new Histogram();

  constructor(coordinate: string) {
    this.coordinate = coordinate;
  }

  countMiss(cause: MissCause): void {
    if (cause === 'cold') this.coldMisses++;
    else if (cause === 'expired') this.expiredMisses++;
    else if (cause === 'evicted') this.evictedMisses++;
    else this.invalidatedMisses++;
  }

  add(other: FieldCounters): void {
    for (const counter of counterNames) this[counter] += other[counter];
    this.overshootMs = Math.max(this.overshootMs, other.overshootMs);
    this.hitLatency.add(other.hitLatency);
    this.missLatency.add(other.missLatency);
  }

  /** Returns the counts since `earlier`, an older state of these counters. */
  since(earlier: FieldCounters): FieldCounters {
    const recent = new FieldCounters(this.coordinate);
    for (const counter of counterNames) recent[counter] = this[counter] - earlier[counter];
    recent.overshootMs = this.overshootMs;
    for (const latency of latencyNames) recent[latency].add(this[latency].since(earlier[latency]));
    return recent;
  }
}

/** The members of `FieldCounters` that are added up. */
export const counterNames = [
  ...(['memoryHits', 'remoteHits', 'staleHits', 'bypasses', 'loads', 'refreshes', 'prefetches'] as const),
  ...(['failures', 'timeouts'] as const),
  ...([
    'coldMisses',
    'expiredMisses',
    'evictedMisses',
    'invalidatedMisses',
    'rescues',
    'overtaken',
    'rejected',
  ] as const),
  ...(['evictions', 'expirations', 'invalidations', 'replacements', 'expiredReloads'] as const),
  ...(['unchangedReloads', 'savedMs'] as const),
];
export const latencyNames = ['hitLatency', 'missLatency'] as const;

/** Plain numbers; a ratio of nothing is `null`. `lookups = hits + misses + bypasses`, `misses = loads + coalesced`. */
export interface Counts {
  readonly lookups: number;
  readonly hits: number;
  readonly misses: number;
  readonly bypasses: number;
  /** hits / (hits + misses) */
  readonly hitRatio: number | null;
  readonly hitsBy: { readonly memory: number; readonly remote: number; readonly stale: number };
  readonly missesBy: Readonly<Record<MissCause, number>>;
  /** Misses that waited for the load of another. */
  readonly coalesced: number;
  readonly loads: number;
  readonly refreshes: number;
  /** Of the refreshes, those of entries that were fresh, hot and soon to expire. */
  readonly prefetches: number;
  readonly failures: number;
  readonly timeouts: number;
  readonly rescues: number;
  readonly overtaken: number;
  readonly rejected: number;
  readonly evictions: number;
  readonly expirations: number;
  readonly invalidations: number;
  readonly replacements: number;
  readonly expiredReloads: number;
  readonly unchangedReloads: number;
  readonly savedMs: number;
  readonly overshootMs: number;
  readonly hitLatency: Latency;
  readonly missLatency: Latency;
  readonly entries: number;
  readonly bytes: number;
  /** Average hits of the present entries. */
  readonly hitsPerEntry: number | null;
}

/** Sums over the present entries, which the counters do not include. */
export interface Holdings {
  entries: number;
  bytes: number;
  hits: number;
  savedMs: number;
}

export function countsOf(field: FieldCounters, holdings: Holdings): Counts {
  const hits = field.memoryHits + field.remoteHits + field.staleHits;
  const misses = field.coldMisses + field.expiredMisses + field.evictedMisses + field.invalidatedMisses;
  return {
    lookups: hits + misses + field.bypasses,
    hits,
    misses,
    bypasses: field.bypasses,
    hitRatio: ratio(hits, hits + misses),
    hitsBy: { memory: field.memoryHits, remote: field.remoteHits, stale: field.staleHits },
    missesBy: {
      cold: field.coldMisses,
      expired: field.expiredMisses,
      evicted: field.evictedMisses,
      invalidated: field.invalidatedMisses,
    },
    coalesced: misses - field.loads,
    loads: field.loads,
    refreshes: field.refreshes,
    prefetches: field.prefetches,
    failures: field.failures,
    timeouts: field.timeouts,
    rescues: field.rescues,
    overtaken: field.overtaken,
    rejected: field.rejected,
    evictions: field.evictions,
    expirations: field.expirations,
    invalidations: field.invalidations,
    replacements: field.replacements,
    expiredReloads: field.expiredReloads,
    unchangedReloads: field.unchangedReloads,
    savedMs: field.savedMs + holdings.savedMs,
    overshootMs: field.overshootMs,
    hitLatency: field.hitLatency.latency(),
    missLatency: field.missLatency.latency(),
    entries: holdings.entries,
    bytes: holdings.bytes,
    hitsPerEntry: ratio(holdings.hits, holdings.entries),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
