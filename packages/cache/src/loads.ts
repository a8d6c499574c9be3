import { ENTRY, REFERENCE, textBytes } from './bytes.ts';
import type { MonotonicTime, Timer } from './clock.ts';
import type { Entry } from './entry.ts';
import { CacheClosedError, LoadTimeoutError } from './errors.ts';
import { Flight, type LoadStart } from './flight.ts';
import { freezeDeeply } from './freeze.ts';
import type { HookCalls } from './hooks.ts';
import { engineTags } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';
import { loadedEntry } from './loaded-entry.ts';
import { measureEntry } from './measure-entry.ts';
import type { Prefetch } from './prefetch.ts';
import type { RemoteCalls } from './remote-calls.ts';
import type { RemoteValue } from './remote-tier.ts';
import type { Load, SizeOf } from './request.ts';
import type { Store } from './store.ts';

const [FIRST_RETRY_MS, LAST_RETRY_MS] = [1_000, 30_000];

export interface LoadsOptions {
  readonly ledger: Ledger;
  readonly time: MonotonicTime;
  readonly prefetch: Prefetch;
  readonly timer: Timer;
  readonly timeoutMs: number;
  readonly maxFlights: number;
  readonly isRefusal: (error: unknown) => boolean;
  readonly hookCalls: HookCalls;
  readonly sizeOf: SizeOf | undefined;
  readonly remote: RemoteCalls | undefined;
}

/** Runs loads, each as the flight of its key, and keeps their results if these are still valid. */
export class Loads {
  readonly #options: LoadsOptions;
  #running = 0;
  #closing: Promise<void> | undefined;
  #endClosing: (() => void) | undefined;

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

  /** Whether there is a remote tier for misses to ask. */
  get hasRemote(): boolean {
    return this.#options.remote !== undefined;
  }

  get maxFlights(): number {
    return this.#options.maxFlights;
  }

  /** Lets no further load start. Resolves when the running ones have ended, or have had the time of one load for it. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      if (this.#running === 0) return resolve();
      const cancelTimer = this.#options.timer.after(this.#options.timeoutMs, resolve);
      this.#endClosing = () => {
        cancelTimer();
        resolve();
      };
    });
    return this.#closing;
  }

  /**
   * Starts a load. Returns its flight, or the entry if the load is synchronous; throws the error of a synchronous load unless an
   * older entry may be served. The caller has checked `tags`.
   */
  start(loadStart: LoadStart<Store>, tags: readonly string[], load: Load<unknown>): Entry | Flight<Store> {
    const { store, key } = loadStart;
    if (this.#closing !== undefined) throw new CacheClosedError(key);
    const flight = new Flight(loadStart, this.#options.ledger); // its stamp was read before the load runs
    flight.hold(engineTags(store.category, key, loadStart.namespace));
    flight.hold(tags);
    store.flights.set(key, flight); // an older flight of the key is no longer its owner, and may not fill the cache
    this.#running++;
    if (loadStart.asksRemote && this.#ask(flight, load)) return flight;
    if (!loadStart.isGiven) this.#options.remote?.begin(flight);
    return this.#load(flight, load);
  }

  /** Asks the remote tier, and loads if it has no value. Returns false if it is not asked. */
  #ask(flight: Flight<Store>, load: Load<unknown>): boolean {
    const { remote, timer, timeoutMs, time } = this.#options;
    let cancelTimer = () => {};
    const isAsked = remote?.ask(flight, (found) => {
      cancelTimer();
      flight.startedAt = time.precise();
      try {
        if (found === undefined) remote?.begin(flight); // also if nobody waits any more, as others may wait for this load
        if (found !== undefined) this.#complete(flight, found.value, found);
        else if (flight.isAbandoned) this.#end(flight);
        else this.#load(flight, load);
      } catch {} // the flight's waiters receive the error
    });
    if (isAsked) cancelTimer = timer.after(timeoutMs, () => this.#timeOut(flight));
    return isAsked ?? false;
  }

  #load(flight: Flight<Store>, load: Load<unknown>): Entry | Flight<Store> {
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

  #await(flight: Flight<Store>, result: PromiseLike<unknown>): void {
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

  #complete(flight: Flight<Store>, value: unknown, remote?: RemoteValue): Entry {
    const { ledger, time, prefetch } = this.#options;
    const now = time.precise();
    if (remote !== undefined) {
      flight.isRemote = true;
      flight.hold(remote.tags); // those that were invalidated since the flight's stamp make it invalid
      if (remote.validForMs < Number.POSITIVE_INFINITY) flight.validUntil(now + remote.validForMs);
    }
    flight.wasValid = ledger.firstInvalidatedAfter(flight.tags, flight.stamp) === undefined;
    const entry = loadedEntry(flight, value, { now, prefetch, remote });
    if (!flight.wasValid) flight.loadStart.field.overtaken++;
    else if (this.#mayFill(flight)) this.#fill(flight, entry, Math.floor(now));
    if (!entry.isKept) freezeDeeply(value); // all waiters share the object
    this.#reportLoad(flight, entry);
    if (entry.isKept) this.#options.remote?.offer(flight, entry, now);
    this.#end(flight);
    flight.resolve(entry);
    return entry;
  }

  /**
   * Returns whether a flight may fill its key. A flight that lost its key to another must not; a refresh without waiters must not
   * restore a key whose entry was removed meanwhile. A flight over its time limit may fill a key that the next flight has not
   * filled yet; otherwise loads that always exceed the limit would never fill the cache.
   */
  #mayFill(flight: Flight<Store>): boolean {
    const { store, key, isRefresh, older } = flight.loadStart;
    const isOwner = store.flights.get(key) === flight;
    if (!isOwner && !flight.isAbandoned) return false;
    return (isOwner && (!isRefresh || flight.isAwaited)) || store.get(key) === older;
  }

  #fill(flight: Flight<Store>, entry: Entry, now: number): void {
    const { store, key, field, miss } = flight.loadStart;
    const ownBytes = ENTRY + textBytes(key) + REFERENCE * entry.tags.length;
    const valueMeasure = measureEntry(entry, { ...this.#options, maxBytes: store.maxEntryBytes - ownBytes });
    entry.bytes = flight.hasTooManyTags ? Number.POSITIVE_INFINITY : ownBytes + valueMeasure.bytes;
    entry.digest = valueMeasure.digest;
    if (miss.digest !== undefined)
      store.statistics.countReload(field, { isUnchanged: miss.digest === entry.digest, now });
    if (entry.expiresAt > entry.createdAt && now < entry.errorUntil) {
      store.keep(entry, now);
    } else {
      const older = store.get(key);
      if (older !== undefined) store.replace(older);
    }
  }

  #reportLoad({ loadStart, isRemote }: Flight<Store>, { category, key, coordinate, loadMs }: Entry): void {
    const { hookCalls } = this.#options;
    const { isGiven, isRefresh } = loadStart;
    if (hookCalls.hooks.load !== undefined && !isGiven && !isRemote)
      hookCalls.call('load', { category, key, coordinate, loadMs, isRefresh });
  }

  #timeOut(flight: Flight<Store>): void {
    if (flight.isAbandoned) return; // its last waiter aborted
    flight.loadStart.field.timeouts++;
    try {
      this.#settleFailure(flight, new LoadTimeoutError(flight.loadStart.key, this.#options.timeoutMs));
    } catch {} // the flight's waiters receive the error
    flight.abandon();
  }

  #fail(flight: Flight<Store>, error: unknown): Entry {
    this.#end(flight);
    if (flight.isAbandoned) throw error; // nobody waits, and `#timeOut` has counted it
    return this.#settleFailure(flight, error);
  }

  /** Settles all waiters with the older entry if stale-if-error allows it, otherwise with the error. */
  #settleFailure(flight: Flight<Store>, error: unknown): Entry {
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

  #reportFailure({ loadStart }: Flight<Store>, { error, isRescued }: { error: unknown; isRescued: boolean }): void {
    if (this.#options.isRefusal(error)) return;
    const { store, field, isRefresh } = loadStart;
    field.failures++;
    const { category } = store;
    const failure = { category, coordinate: field.coordinate, error, isHidden: isRescued || isRefresh };
    this.#options.hookCalls.call('error', failure);
  }

  #end(flight: Flight<Store>): void {
    const { store, key } = flight.loadStart;
    if (store.flights.get(key) === flight) store.flights.delete(key);
    this.#running--;
    this.#options.remote?.offer(flight);
    flight.end();
    if (this.#running === 0) this.#endClosing?.();
  }
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  return typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';
}
