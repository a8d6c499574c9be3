import type { AuditResults } from './audit.ts';
import type { Policy } from './policy.ts';
import { type Counts, countsOf } from './statistics.ts';
import type { Store } from './store.ts';
import { type CategoryTotals, type CountedParts, collect, noHoldings, sumOf, type Totals, together } from './totals.ts';

export interface FieldSnapshot extends Counts {
  readonly coordinate: string;
}

export interface CategorySnapshot<Category extends string = string> extends Counts {
  readonly category: Category;
  readonly policy: Policy;
  /** Used share of `maxEntries` or `maxBytes`, whichever is larger; 0…1. */
  readonly utilization: number;
  readonly evictionsPerMinute: number;
  readonly fields: readonly FieldSnapshot[];
  /** What loading a sample of hits again has found. */
  readonly audit: Readonly<AuditResults>;
}

export interface Snapshot<Category extends string = string> {
  readonly stamp: number;
  /** Running loads, those over their time limit included. */
  readonly flights: number;
  /** Number and size of tag records, which all categories share. The bytes of entries do not include them. */
  readonly tags: number;
  readonly tagBytes: number;
  readonly total: Omit<Counts, 'coordinate'> & {
    readonly maxEntries: number;
    readonly maxBytes: number;
    readonly utilization: number;
    readonly evictionsPerMinute: number;
  };
  readonly categories: readonly CategorySnapshot<Category>[];
}

/** Counts of a category within the last five minutes. */
export interface RecentSnapshot<Category extends string = string> {
  readonly category: Category;
  readonly counts: Omit<Counts, 'entries' | 'bytes' | 'hitsPerEntry'>;
  /** For how long expired entries have been served because loads fail, without a pause of a minute; 0 if they are not. */
  readonly staleIfErrorForMs: number;
}

/**
 * Counts of the last five minutes. Each call takes a sample, and the result is the difference to an earlier one; so call it about
 * every 30 s. After five minutes without a call the window starts again.
 */
export function recentSnapshotsOf<Category extends string>(
  stores: ReadonlyMap<Category, Store>,
  now: number,
): RecentSnapshot<Category>[] {
  return [...stores].map(([category, store]) => ({
    category,
    counts: countsOf(store.statistics.recent(now), noHoldings()),
    staleIfErrorForMs: store.statistics.staleIfErrorPeriod.durationMs(now),
  }));
}

/**
 * Takes a snapshot. Dead entries are not removed, but counted as removed. With the totals of other processes,
 * the figures are those of all of them together; the policy, the examples of the audit, tags and flights are those of this one.
 */
export function snapshotOf<Category extends string>(
  stores: ReadonlyMap<Category, Store>,
  { ledger, time, loads }: CountedParts & { readonly loads: { readonly running: number } },
  others: readonly CategoryTotals[] = [],
): Snapshot<Category> {
  const sums: Totals[] = [];
  const limits = { maxEntries: 0, maxBytes: 0, evictionsPerMinute: 0 };
  const categories: CategorySnapshot<Category>[] = [];
  for (const own of collect(stores, { ledger, time })) {
    const category = own.category as Category;
    const { policy, auditSample } = stores.get(category)!;
    const totals = together([own, ...others.filter((other) => other.category === category)]);
    const { fields, checked, differed, evictionsPerMinute } = totals;
    const sum = sumOf(fields.values());
    sums.push(sum);
    for (const name of ['maxEntries', 'maxBytes', 'evictionsPerMinute'] as const) limits[name] += totals[name];
    categories.push({
      ...{ category, policy, ...shownOf(sum), utilization: utilization(sum, totals), evictionsPerMinute },
      fields: [...fields].map(([coordinate, field]) => ({ coordinate, ...shownOf(field) })),
      audit: { ...auditSample.results, checked, differed },
    });
  }
  const sum = sumOf(sums);
  const total = { ...shownOf(sum), ...limits, utilization: utilization(sum, limits) };
  return { stamp: ledger.stamp, flights: loads.running, tags: ledger.size, tagBytes: ledger.bytes, total, categories };
}

function shownOf({ counters, holdings }: Totals): Counts {
  return countsOf(counters, holdings);
}

function utilization({ holdings }: Totals, limits: { maxEntries: number; maxBytes: number }): number {
  return Math.min(1, Math.max(holdings.entries / limits.maxEntries, holdings.bytes / limits.maxBytes));
}
