import { ENTRY, REFERENCE, textBytes } from './bytes.ts';
import type { MonotonicTime, Timer } from './clock.ts';
import { Entry, lifetimeOf } from './entry.ts';
import { type LoadFailure, LoadTimeoutError } from './errors.ts';
import { Flight, type LoadStart } from './flight.ts';
import { freezeDeeply } from './freeze.ts';
import { categoryTag, keyTag, namespaceCategoryTag, namespaceTag } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';
import { hashText, measureAndFreeze } from './measure.ts';
import type { Load } from './request.ts';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export interface LoadsOptions {
  readonly ledger: Ledger;
  readonly time: MonotonicTime;
  readonly timer: Timer;
  readonly timeoutMs: number;
  readonly maxFlights: number;
  readonly isRefusal: (error: unknown) => boolean;
  readonly onFailure: (failure: LoadFailure) => void;
}

/** Runs loads, each as the flight of its key, and keeps their results if these are still valid. */
export class Loads {
  readonly #options: LoadsOptions;
  #running = 0;

  constructor(options: LoadsOptions) {
    this.#options = options;
  }

  /** Number of running loads. A load that exceeded its time limit counts until it ends. */
  get running(): number {
    return this.#running;
  }

  get isFull(): boolean {
    return this.#running >= this.#options.maxFlights;
  }

  get maxFlights(): number {
    return this.#options.maxFlights;
  }

  /**
   * Starts a load. Returns its flight, or the entry if the load is synchronous; throws the error of a synchronous load unless an older
   * entry may be served. The caller has checked `tags`.
   */
  start(loadStart: LoadStart, tags: readonly string[], load: Load<unknown>): Entry | Flight {
    const { store, key } = loadStart;
    const flight = new Flight(loadStart, this.#options.ledger); // its stamp was read before the load runs
    flight.hold(engineTags(loadStart));
    flight.hold(tags);
    store.flights.set(key, flight); // an older flight of the key is no longer its owner, and may not fill the cache
    this.#running++;
    let result: unknown;
    try {
      result = load(flight);
    } catch (error) {
      return this.#fail(flight, error);
    }
    if (!isPromise(result)) return this.#complete(flight, result);
    this.#await(flight, result);
    return flight;
  }

  #await(flight: Flight, result: PromiseLike<unknown>): void {
    const { timer, timeoutMs } = this.#options;
    const cancelTimer = timer.after(timeoutMs, () => this.#timeOut(flight));
    result.then(
      (value) => {
        cancelTimer();
        this.#complete(flight, value);
      },
      (error: unknown) => {
        cancelTimer();
        try {
          this.#fail(flight, error);
        } catch {} // the flight's waiters receive the error
      },
    );
  }

  #complete(flight: Flight, value: unknown): Entry {
    const { ledger, time } = this.#options;
    const now = time.precise();
    flight.wasValid = ledger.firstInvalidatedAfter(flight.tags, flight.stamp) === undefined;
    const entry = this.#entryOf(flight, value, now);
    if (!flight.wasValid) flight.loadStart.field.raced++;
    else if (this.#mayFill(flight)) this.#fill(flight, entry, Math.floor(now));
    if (!entry.isKept) freezeDeeply(value); // all waiters share the object
    this.#end(flight);
    flight.resolve(entry);
    return entry;
  }

  /**
   * Returns whether a flight may fill its key. A flight that lost its key to another must not; a refresh without waiters must not
   * restore a key whose entry was removed meanwhile. A flight over its time limit may fill a key that the next flight has not filled
   * yet; otherwise loads that always exceed the limit would never fill the cache.
   */
  #mayFill(flight: Flight): boolean {
    const { store, key, isRefresh, older } = flight.loadStart;
    const isOwner = store.flights.get(key) === flight;
    if (!isOwner && !flight.isTimedOut) return false;
    return (isOwner && (!isRefresh || flight.isAwaited)) || store.get(key) === older;
  }

  #fill(flight: Flight, entry: Entry, now: number): void {
    const { store, key, field, miss } = flight.loadStart;
    const ownBytes = ENTRY + textBytes(key) + REFERENCE * entry.tags.length;
    const valueMeasure = measureAndFreeze(entry.value, store.maxEntryBytes - ownBytes);
    entry.bytes = flight.hasTooManyTags ? Number.POSITIVE_INFINITY : ownBytes + valueMeasure.bytes;
    entry.digest = valueMeasure.digest;
    if (miss.digest !== undefined) {
      field.expiredReloads++;
      if (miss.digest === entry.digest) field.unchangedReloads++;
    }
    if (entry.expiresAt > entry.createdAt && now < entry.errorUntil) {
      store.keep(entry, now);
    } else {
      const older = store.get(key);
      if (older !== undefined) store.replace(older);
    }
  }

  #entryOf(flight: Flight, value: unknown, now: number): Entry {
    const { store, key, namespace, field, ttlMs = store.policy.ttlMs, startedAt } = flight.loadStart;
    const keyHash = hashText(key);
    const ownTtlMs = value === null || value === undefined ? Math.min(ttlMs, store.policy.nullTtlMs) : ttlMs;
    const isSlow = now - startedAt >= ownTtlMs / 2 && !flight.isTimedOut;
    const lifetime = lifetimeOf(store.policy, {
      atMs: isSlow ? now : startedAt,
      ttlMs: ownTtlMs,
      validUntil: flight.validUntilMs,
      keyHash,
    });
    return new Entry({
      key,
      category: store.category,
      namespace,
      field,
      value,
      tags: [...flight.tags],
      stamp: flight.stamp,
      lifetime,
      keyHash,
      loadMs: now - startedAt,
    });
  }

  #timeOut(flight: Flight): void {
    flight.loadStart.field.timeouts++;
    try {
      this.#settleFailure(flight, new LoadTimeoutError(flight.loadStart.key, this.#options.timeoutMs));
    } catch {} // the flight's waiters receive the error
    flight.timeOut();
  }

  #fail(flight: Flight, error: unknown): Entry {
    this.#end(flight);
    if (flight.isTimedOut) throw error; // `#timeOut` counted the failure and settled the waiters
    return this.#settleFailure(flight, error);
  }

  /** Settles all waiters with the older entry if stale-if-error allows it, otherwise with the error. */
  #settleFailure(flight: Flight, error: unknown): Entry {
    const { older } = flight.loadStart;
    const now = this.#options.time.now();
    if (older !== undefined) {
      if (older.failures === 0) older.failingSince = now;
      older.retryAt = now + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** older.failures++);
    }
    const isRescued = older !== undefined && now < older.errorUntil && this.#options.ledger.isValid(older);
    this.#reportFailure(flight, { error, isRescued });
    if (isRescued) {
      flight.resolve(older);
      return older;
    }
    flight.reject(error);
    throw error;
  }

  #reportFailure({ loadStart }: Flight, { error, isRescued }: { error: unknown; isRescued: boolean }): void {
    if (this.#options.isRefusal(error)) return;
    const { store, field, isRefresh } = loadStart;
    field.failures++;
    const { category } = store;
    this.#options.onFailure({ category, coordinate: field.coordinate, error, isHidden: isRescued || isRefresh });
  }

  #end(flight: Flight): void {
    const { store, key } = flight.loadStart;
    if (store.flights.get(key) === flight) store.flights.delete(key);
    this.#running--;
    flight.end();
  }
}

function engineTags({ store, key, namespace }: LoadStart): string[] {
  const tags = [keyTag(store.category, key), categoryTag(store.category)];
  if (namespace !== undefined) tags.push(namespaceTag(namespace), namespaceCategoryTag(namespace, store.category));
  return tags;
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';
}
