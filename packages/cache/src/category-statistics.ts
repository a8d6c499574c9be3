import type { Entry } from './entry.ts';
import type { Policy } from './policy.ts';
import { RecentCounters } from './recent-counters.ts';
import type { MissCause } from './request.ts';
import { SlidingMinute } from './sliding-minute.ts';
import { type Sizing, StackDistances } from './stack-distances.ts';
import { StaleIfErrorPeriod } from './stale-if-error-period.ts';
import { FieldCounters } from './statistics.ts';

const MAX_FIELDS = 1_000;
const SIZINGS = [0.25, 0.5, 1, 2, 4];
const LARGEST_SIZING = 4;
/** Larger sizes are not estimated: 2 MB for a category. */
const MAX_SIZING = 20_000;

/** What is counted of one category: by field, of the last minutes, and for estimates of other sizes. */
export class CategoryStatistics {
  readonly evictionsOfMinute = new SlidingMinute();
  readonly staleIfErrorPeriod = new StaleIfErrorPeriod();
  readonly #recent: RecentCounters;
  readonly #fields = new Map<string, FieldCounters>();
  #maxEntries: number;
  /** Records every lookup, for `sizing`. */
  #stackDistances: StackDistances;
  #isDraining = false;
  /** The counters when the policy changed last. */
  #earlier = new FieldCounters('');
  /** From this time on what expires was loaded under the present policy. */
  #settledAt = 0;
  /** Of its reloads, and those that found nothing new. */
  #reloads = { expired: 0, unchanged: 0 };

  constructor(policy: Policy, now: number) {
    this.#maxEntries = policy.maxEntries;
    this.#stackDistances = stackDistancesOf(policy);
    this.#recent = new RecentCounters(now);
  }

  /** Begins to count anew for `underPolicy`. Entries that an earlier policy gave their lifetime are gone in so many milliseconds. */
  beginPolicy(now: number, earlierLifetimeMs: number): void {
    this.#earlier = this.total();
    this.#settledAt = Math.max(this.#settledAt, now + earlierLifetimeMs);
    this.#reloads = { expired: 0, unchanged: 0 };
  }

  /** The counts since the policy changed last, by which it can be judged. Reloads are those of entries that it gave their lifetime. */
  underPolicy(): FieldCounters {
    const counters = this.total().since(this.#earlier);
    counters.expiredReloads = this.#reloads.expired;
    counters.unchangedReloads = this.#reloads.unchanged;
    return counters;
  }

  /** Counts the result of a key whose previous entry expired. */
  countReload(field: FieldCounters, { isUnchanged, now }: { isUnchanged: boolean; now: number }): void {
    const isOfPolicy = now >= this.#settledAt;
    field.expiredReloads++;
    if (isOfPolicy) this.#reloads.expired++;
    if (!isUnchanged) return;
    field.unchangedReloads++;
    if (isOfPolicy) this.#reloads.unchanged++;
  }

  /** Begins new estimates, for another size. */
  setPolicy(policy: Policy): void {
    this.#maxEntries = policy.maxEntries;
    this.#stackDistances = stackDistancesOf(policy);
  }

  fields(): Iterable<FieldCounters> {
    return this.#fields.values();
  }

  /** Returns the counters of a coordinate. Coordinates beyond the limit share those of `''`. */
  field(coordinate = ''): FieldCounters {
    const field = this.#fields.get(coordinate);
    if (field !== undefined) return field;
    if (this.#fields.size >= MAX_FIELDS && coordinate !== '') return this.field();
    const added = new FieldCounters(coordinate);
    this.#fields.set(coordinate, added);
    return added;
  }

  /** All fields together. */
  total(): FieldCounters {
    const total = new FieldCounters('');
    for (const field of this.fields()) total.add(field);
    return total;
  }

  /** Counts of the last five minutes, all fields together. */
  recent(now: number): FieldCounters {
    return this.#recent.sample(now, this.total());
  }

  countHit(entry: Entry, field: FieldCounters, isStale: boolean): void {
    if (isStale) field.staleHits++;
    else field.memoryHits++;
    this.#stackDistances.record(entry.keyHash);
  }

  countRemoteHit(field: FieldCounters, keyHash: number): void {
    field.remoteHits++;
    this.#stackDistances.record(keyHash);
    this.drainSoon();
  }

  countMiss(field: FieldCounters, { keyHash, cause }: { keyHash: number; cause: MissCause }): void {
    field.countMiss(cause);
    this.#stackDistances.record(keyHash, cause === 'expired' || cause === 'invalidated');
    this.drainSoon();
  }

  /** Counts recorded lookups outside of lookups, before their buffer is full. Call it often; it costs nothing until then. */
  drainSoon(): void {
    if (!this.#stackDistances.isNearlyFull || this.#isDraining) return;
    this.#isDraining = true;
    setImmediate(() => {
      this.#isDraining = false;
      this.#stackDistances.drain();
    });
  }

  /** Hit ratios of ¼ to 4 times `maxEntries`, of sizes up to 20,000. */
  sizing(): Sizing[] {
    this.#stackDistances.drain();
    const sizes = SIZINGS.map((factor) => Math.ceil(factor * this.#maxEntries));
    return this.#stackDistances.hitRatios(sizes.filter((size) => size <= MAX_SIZING));
  }
}

function stackDistancesOf({ maxEntries }: Policy): StackDistances {
  return new StackDistances(Math.min(LARGEST_SIZING * maxEntries, MAX_SIZING));
}
