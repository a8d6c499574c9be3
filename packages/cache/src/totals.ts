import type { Entry } from './entry.ts';
import type { Ledger } from './ledger.ts';
import { countDeath } from './removals.ts';
import { FieldCounters, type Holdings } from './statistics.ts';
import type { Store } from './store.ts';

/** Counters since a store was created, with what it holds. */
export interface Totals {
  readonly counters: FieldCounters;
  readonly holdings: Holdings;
}

/** What one process counted and holds of a category, or several together. The figures of a snapshot are derived from it. */
export interface CategoryTotals {
  readonly category: string;
  /** By coordinate. */
  readonly fields: ReadonlyMap<string, Totals>;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly evictionsPerMinute: number;
  /** Hits that were audited, and those of them that differed. */
  readonly checked: number;
  readonly differed: number;
}

/** The members of `CategoryTotals` that are added up. */
export const amountNames = ['maxEntries', 'maxBytes', 'evictionsPerMinute', 'checked', 'differed'] as const;

/** The parts of a cache that say which entries are alive. */
export interface CountedParts {
  readonly ledger: Ledger;
  readonly time: { now(): number };
}

interface Moment {
  readonly ledger: Ledger;
  readonly now: number;
}

/** What each store counts and holds. Its counters go on counting: read them at once. */
export function collect(stores: ReadonlyMap<string, Store>, { ledger, time }: CountedParts): CategoryTotals[] {
  const moment = { ledger, now: time.now() };
  return [...stores].map(([category, store]) => collectCategory(category, store, moment));
}

function collectCategory(category: string, store: Store, moment: Moment): CategoryTotals {
  const { statistics, policy, auditSample } = store;
  const fields = new Map<string, Totals>();
  for (const counters of statistics.fields()) fields.set(counters.coordinate, { counters, holdings: noHoldings() });
  for (const entry of store.entries()) addEntry(fields.get(entry.field.coordinate)!.holdings, entry, moment);
  return {
    ...{ category, fields, maxEntries: policy.maxEntries, maxBytes: policy.maxBytes },
    evictionsPerMinute: statistics.evictionsOfMinute.count(moment.now),
    ...{ checked: auditSample.results.checked, differed: auditSample.results.differed },
  };
}

/** All fields of a store together. */
export function totalsOf(store: Store, moment: Moment): Totals {
  const holdings = noHoldings();
  for (const entry of store.entries()) addEntry(holdings, entry, moment);
  return { counters: store.statistics.total(), holdings }; // after the deaths are counted
}

/** The totals of a category in several processes as one. */
export function together(parts: readonly [CategoryTotals, ...CategoryTotals[]]): CategoryTotals {
  const [first, ...rest] = parts;
  if (rest.length === 0) return first;
  const byCoordinate = new Map<string, Totals[]>();
  for (const { fields } of parts)
    for (const [coordinate, totals] of fields) {
      const same = byCoordinate.get(coordinate);
      if (same) same.push(totals);
      else byCoordinate.set(coordinate, [totals]);
    }
  const fields = new Map([...byCoordinate].map(([coordinate, same]) => [coordinate, sumOf(same, coordinate)]));
  const sum = { ...first, fields };
  for (const part of rest) for (const name of amountNames) sum[name] += part[name];
  return sum;
}

export function sumOf(parts: Iterable<Totals>, coordinate = ''): Totals {
  const sum = { counters: new FieldCounters(coordinate), holdings: noHoldings() };
  for (const { counters, holdings } of parts) {
    sum.counters.add(counters);
    addHoldings(sum.holdings, holdings);
  }
  return sum;
}

/** Adds up an entry that is alive. One that is dead is counted as removed, though that happens when its room is needed. */
function addEntry(held: Holdings, entry: Entry, { ledger, now }: Moment): void {
  held.savedMs += entry.hits * entry.loadMs;
  if (now >= entry.errorUntil || !ledger.isValid(entry)) countDeath(entry, ledger);
  else {
    held.entries++;
    held.bytes += entry.bytes;
    held.hits += entry.hits;
  }
}

export function addHoldings(sum: Holdings, part: Holdings): void {
  for (const name of holdingNames) sum[name] += part[name];
}

export function noHoldings(): Holdings {
  return { entries: 0, bytes: 0, hits: 0, savedMs: 0 };
}

export const holdingNames = Object.keys(noHoldings()) as readonly (keyof Holdings)[];
