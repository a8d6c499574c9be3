import { type Counts, countsOf, FieldCounters, type Holdings } from './statistics.ts';
import type { Store } from './store.ts';
import { addHoldings, type CountedParts, noHoldings, type Totals, totalsOf } from './totals.ts';

/** Counts, with the limits of what may be held. */
export interface HeldCounts extends Counts {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What happened in an interval. `entries`, `bytes`, their limits and `hitsPerEntry` are those at its end. */
export interface Interval<Category extends string = string> {
  /** Length in milliseconds of the cache's clock. */
  readonly ms: number;
  readonly total: HeldCounts;
  readonly categories: readonly { readonly category: Category; readonly counts: HeldCounts }[];
}

/**
 * Cuts time into intervals: each call of `next` returns the difference of the counters to the previous call. Counting itself costs
 * nothing more; a call scans all entries.
 */
export class Intervals<Category extends string> {
  readonly categories: readonly Category[];
  readonly #stores: ReadonlyMap<Category, Store>;
  readonly #parts: CountedParts;
  #earlier: Totals[];
  #sinceMs: number;

  constructor(stores: ReadonlyMap<Category, Store>, parts: CountedParts) {
    this.categories = [...stores.keys()];
    this.#stores = stores;
    this.#parts = parts;
    this.#sinceMs = parts.time.now();
    this.#earlier = this.#totals(this.#sinceMs);
  }

  next(): Interval<Category> {
    const now = this.#parts.time.now();
    const sum = { counters: new FieldCounters(''), holdings: noHoldings() };
    const limits = { maxEntries: 0, maxBytes: 0 };
    const later = this.#totals(now);
    const categories = this.categories.map((category, place) => {
      const difference = differenceOf(later[place]!, this.#earlier[place]!);
      sum.counters.add(difference.counters);
      addHoldings(sum.holdings, difference.holdings);
      const { maxEntries, maxBytes } = this.#stores.get(category)!.policy;
      limits.maxEntries += maxEntries;
      limits.maxBytes += maxBytes;
      return { category, counts: { maxEntries, maxBytes, ...countsOf(difference.counters, difference.holdings) } };
    });
    const ms = now - this.#sinceMs;
    this.#earlier = later;
    this.#sinceMs = now;
    return { ms, total: { ...limits, ...countsOf(sum.counters, sum.holdings) }, categories };
  }

  #totals(now: number): Totals[] {
    const { ledger } = this.#parts;
    return [...this.#stores.values()].map((store) => totalsOf(store, { ledger, now }));
  }
}

function differenceOf(later: Totals, earlier: Totals): Totals {
  const [now, before] = [later.holdings, earlier.holdings];
  const holdings: Holdings = { ...now, savedMs: now.savedMs - before.savedMs };
  return { counters: later.counters.since(earlier.counters), holdings };
}
