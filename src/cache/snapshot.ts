import type { Entry } from './entry.ts';
import type { Ledger } from './ledger.ts';
import type { Policy } from './policy.ts';
import { type Counts, countsOf, FieldCounters, type Holdings } from './statistics.ts';
import type { Store } from './store.ts';

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

export function recentSnapshotsOf<Category extends string>(
  stores: ReadonlyMap<Category, Store>,
  now: number,
): RecentSnapshot<Category>[] {
  return [...stores].map(([category, store]) => ({
    category,
    counts: countsOf(store.recent(now), noHoldings()),
    staleIfErrorForMs: store.staleIfErrorPeriod.durationMs(now),
  }));
}

/** Takes a snapshot without side effects. Dead entries are not removed, but counted as removed. */
export function snapshotOf<Category extends string>(
  stores: ReadonlyMap<Category, Store>,
  { ledger, flights, now }: { ledger: Ledger; flights: number; now: number },
): Snapshot<Category> {
  const everything = new FieldCounters('');
  const held = noHoldings();
  const limits = { maxEntries: 0, maxBytes: 0, evictionsPerMinute: 0 };
  const categories: CategorySnapshot<Category>[] = [];
  for (const [category, store] of stores) {
    const { total, holdings, snapshot } = categoryOf(category, store, { ledger, now });
    categories.push(snapshot);
    everything.add(total);
    addHoldings(held, holdings);
    limits.maxEntries += store.policy.maxEntries;
    limits.maxBytes += store.policy.maxBytes;
    limits.evictionsPerMinute += snapshot.evictionsPerMinute;
  }
  const total = { ...countsOf(everything, held), ...limits, utilization: utilization(held, limits) };
  return { stamp: ledger.stamp, flights, tags: ledger.size, tagBytes: ledger.bytes, total, categories };
}

function categoryOf<Category extends string>(
  category: Category,
  store: Store,
  { ledger, now }: { ledger: Ledger; now: number },
) {
  const holdingsByField = new Map<FieldCounters, Holdings>();
  for (const field of store.fields()) holdingsByField.set(field, noHoldings());
  for (const entry of store.entries()) addEntry(holdingsByField.get(entry.field)!, entry, { ledger, now });

  const total = new FieldCounters('');
  const holdings = noHoldings();
  const fields: FieldSnapshot[] = [];
  for (const [field, held] of holdingsByField) {
    fields.push({ coordinate: field.coordinate, ...countsOf(field, held) });
    total.add(field);
    addHoldings(holdings, held);
  }
  const snapshot: CategorySnapshot<Category> = {
    category,
    policy: store.policy,
    ...countsOf(total, holdings),
    utilization: utilization(holdings, store.policy),
    evictionsPerMinute: store.recentEvictions.count(now),
    fields,
  };
  return { total, holdings, snapshot };
}

function addEntry(held: Holdings, entry: Entry, { ledger, now }: { ledger: Ledger; now: number }): void {
  held.savedMs += entry.hits * entry.loadMs;
  if (!ledger.isValid(entry)) held.invalidated++;
  else if (now >= entry.errorUntil) held.expired++;
  else {
    held.entries++;
    held.bytes += entry.bytes;
    held.hits += entry.hits;
  }
}

function addHoldings(sum: Holdings, part: Holdings): void {
  sum.entries += part.entries;
  sum.bytes += part.bytes;
  sum.hits += part.hits;
  sum.savedMs += part.savedMs;
  sum.invalidated += part.invalidated;
  sum.expired += part.expired;
}

function noHoldings(): Holdings {
  return { entries: 0, bytes: 0, hits: 0, savedMs: 0, invalidated: 0, expired: 0 };
}

function utilization(held: Holdings, limits: { maxEntries: number; maxBytes: number }): number {
  return Math.min(1, Math.max(held.entries / limits.maxEntries, held.bytes / limits.maxBytes));
}
