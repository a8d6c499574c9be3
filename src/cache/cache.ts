import { Attachments, type NewAttachment } from './attachments.ts';
import { type CachedOptions, cachedFunction } from './by-hand.ts';
import { type Clock, MonotonicTime, systemClock, systemTimer, type Timer } from './clock.ts';
import type { Attachment, Entry } from './entry.ts';
import type { LoadFailure } from './errors.ts';
import type { LoadStart } from './flight.ts';
import { type InvalidationListener, Invalidations } from './invalidations.ts';
import { categoryTag, checkRequest, keyTag, namespaceCategoryTag, namespaceTag } from './keys-and-tags.ts';
import { Ledger } from './ledger.ts';
import { Loads } from './loads.ts';
import { checkCount, checkMoment, type Policy, validateLimits, validatePolicies } from './policy.ts';
import { type EngineParts, lookupOf, ReadThrough } from './read-through.ts';
import type { Load, MissCause, ReadRequest } from './request.ts';
import { type RecentSnapshot, recentSnapshotsOf, type Snapshot, snapshotOf } from './snapshot.ts';
import type { Sizing } from './stack-distances.ts';
import { Store } from './store.ts';

const SAMPLE_MASK = 127; // one read in 128 is timed, because a clock reading costs as much as a hit

export interface CacheOptions<Category extends string> {
  readonly policies: Readonly<Record<Category, Policy>>;
  readonly clock?: Clock;
  readonly timer?: Timer;
  /** Most tag records; default 100,000. */
  readonly maxTags?: number;
  /** Most bytes of tag records; default 16 MiB. Beyond either limit, entries whose records are dropped become invalid. */
  readonly maxTagBytes?: number;
  /** How long a reader waits for a load; default 30 s. */
  readonly loadTimeoutMs?: number;
  /** Most loads that run at once, hanging ones included; default 10,000. */
  readonly maxFlights?: number;
  /** Returns whether a load's error is a refusal of the request, which is not counted as a failure. Default: no error is. */
  readonly isRefusal?: (error: unknown) => boolean;
  /** Called for each failed load, also when no reader receives the error. Must not throw. */
  readonly onFailure?: (failure: LoadFailure) => void;
}

export interface SetRequest<Category extends string> extends Omit<ReadRequest<Category>, 'now' | 'observe'> {
  /** `cache.stamp` as it was before the value was read. The default, the present stamp, is safe only if nothing changed the value since. */
  readonly stamp?: number;
  readonly validUntil?: number;
}

/**
 * The cache: a store of entries for each category. It serves an entry while the entry is *valid* (none of its tags was invalidated
 * since its load began) and *fresh* (younger than its time to live), or stale within the limits of its category's policy.
 */
export class Cache<Category extends string> {
  readonly #ledger: Ledger;
  readonly #stores: ReadonlyMap<string, Store>;
  #recent: Store;
  readonly #loads: Loads;
  readonly #time: MonotonicTime;
  readonly #parts: EngineParts;
  readonly #invalidations: Invalidations;
  readonly #attachments: Attachments;
  readonly #wrapped = new Map<string, unknown>();

  constructor(options: CacheOptions<Category>) {
    validatePolicies(options.policies);
    const { maxTags = 100_000, maxTagBytes = 16 * 2 ** 20, loadTimeoutMs = 30_000, maxFlights = 10_000 } = options;
    validateLimits({ maxTags, maxTagBytes, loadTimeoutMs, maxFlights });
    this.#ledger = new Ledger({ maxTags, maxTagBytes });
    this.#time = new MonotonicTime(options.clock ?? systemClock);
    this.#loads = new Loads({
      ledger: this.#ledger,
      time: this.#time,
      timer: options.timer ?? systemTimer,
      timeoutMs: loadTimeoutMs,
      maxFlights,
      isRefusal: options.isRefusal ?? (() => false),
      onFailure: options.onFailure ?? (() => {}),
    });
    this.#invalidations = new Invalidations(this.#ledger);
    this.#attachments = new Attachments(this.#ledger, this.#time);
    this.#parts = { ledger: this.#ledger, loads: this.#loads, time: this.#time };
    const policies = Object.entries<Policy>(options.policies);
    const now = this.#time.now();
    this.#stores = new Map(
      policies.map(([name, policy]) => [name, new Store(name, policy, { ledger: this.#ledger, now })]),
    );
    const [first] = this.#stores.values();
    if (first === undefined) throw new TypeError('Expected the policy of at least one category but got none');
    this.#recent = first;
  }

  /** The logical clock. */
  get stamp(): number {
    return this.#ledger.stamp;
  }

  /** Reads the clock, in whole milliseconds, for `ReadRequest.now`. Call it once for each request. */
  now(): number {
    return this.#time.now();
  }

  /**
   * Returns a valid, fresh entry synchronously. Otherwise loads, with one load at a time for each key. The entry may be detached (too
   * large to be kept, or invalidated during its load), or expired (see `expiresAt`) because its load failed.
   */
  read<T>(request: ReadRequest<Category>, load: Load<T>): Entry<T> | Promise<Entry<T>> {
    const store = this.#store(request.category);
    const isSampled = (store.reads++ & SAMPLE_MASK) === 0;
    const entry = isSampled ? this.#sample(store, request, load) : this.#lookUp(store, request, load);
    return entry as Entry<T> | Promise<Entry<T>>; // the caller knows the type of the value under its key
  }

  /** As `read`, but returns the value. For use by hand. */
  fetch<T>(request: ReadRequest<Category>, load: Load<T>): T | Promise<T> {
    const entry = this.read(request, load);
    return entry instanceof Promise ? entry.then(({ value }) => value) : entry.value;
  }

  /** Keeps a value that the caller has. A running load of the key does not replace it. */
  set<T>(request: SetRequest<Category>, value: T): Entry<T> {
    const { category, key, namespace, coordinate, ttlMs, tags = [] } = request;
    if (value instanceof Promise) throw new TypeError(`Expected the value of "${key}" but got a promise of it`);
    checkRequest(request);
    if (request.stamp !== undefined) checkCount('stamp', request.stamp, this.#ledger.stamp);
    if (request.validUntil !== undefined) checkMoment('validUntil', request.validUntil);
    const store = this.#store(category);
    const loadStart: LoadStart = {
      store,
      key,
      namespace,
      ttlMs,
      field: store.field(coordinate),
      startedAt: this.#time.precise(),
      stamp: request.stamp ?? this.#ledger.stamp,
      miss: { cause: 'cold' },
      older: undefined,
      isRefresh: false,
    };
    return this.#loads.start(loadStart, tags, (loadContext) => {
      if (request.validUntil !== undefined) loadContext.validUntil(request.validUntil);
      return value;
    }) as Entry<T>;
  }

  /** Wraps a function; see `CachedOptions`. Call it once, not for each use. Throws if the category has another function of that name. */
  cached<Arguments extends readonly unknown[], T>(
    category: Category,
    fn: (...args: Arguments) => T | Promise<T>,
    options: CachedOptions<Arguments> = {},
  ): (...args: Arguments) => T | Promise<T> {
    const wrapped = cachedFunction(this, { category, fn, options });
    const name = JSON.stringify([category, options.name ?? fn.name]);
    const other = this.#wrapped.get(name) ?? fn;
    if (other !== fn)
      throw new TypeError(`Expected a name of its own for each function of a category but got ${name} again`);
    this.#wrapped.set(name, fn);
    return wrapped;
  }

  /** Returns the entry if it is valid, fresh and not due for a refresh. Counts nothing; see `countHit`. */
  peek(category: Category, key: string, now: number): Entry | undefined {
    const entry = this.#store(category).get(key);
    if (entry === undefined || this.#time.notBefore(now) >= entry.refreshAt) return undefined;
    return this.#ledger.isValid(entry) ? entry : undefined;
  }

  /** Counts a hit as `read` does, for an entry that `peek` returned. */
  countHit(entry: Entry, coordinate = entry.coordinate): void {
    const store = this.#store(entry.category);
    store.countHit(entry, coordinate);
    store.drainSoon();
  }

  /** Counts a coalesced miss as `read` does: one that waited `waitedMs` for another's load and received its entry, kept or detached. */
  countCoalesced(entry: Entry, { cause, waitedMs }: { cause: MissCause; waitedMs: number }): void {
    this.#store(entry.category).countMiss(entry.field, { keyHash: entry.keyHash, cause });
    entry.field.missLatency.record(waitedMs);
  }

  /** Counts a lookup in which the cache took no part. */
  countBypass(category: Category, coordinate?: string): void {
    this.#store(category).field(coordinate).bypasses++;
  }

  /** Returns whether none of the entry's tags was invalidated since its load began. Ignores its age. */
  isValid(entry: Entry): boolean {
    return this.#ledger.isValid(entry);
  }

  /**
   * Invalidates every entry and every running load that depends on one of the tags. Advances the logical clock and scans nothing.
   * `cause` is the name of the mutation, for explanations.
   */
  invalidate(tags: readonly string[], cause?: string): void {
    this.#invalidations.invalidate(tags, cause);
  }

  /** Applies an invalidation that another process's listener reported. As `invalidate`, but accepts engine tags too. */
  apply(tags: readonly string[], cause?: string): void {
    this.#invalidations.apply(tags, cause);
  }

  delete(category: Category, key: string, cause?: string): void {
    this.apply([keyTag(category, key)], cause);
  }

  /**
   * Removes this entry, if it is kept, because its value proved unusable. Invalidates nothing: other entries and running loads stay,
   * also those of the same key. `cause` is for explanations.
   */
  drop(entry: Entry, cause: string): void {
    this.#store(entry.category).drop(entry, cause);
  }

  /** Invalidates everything, or the given categories and namespace only, and frees the space. */
  clear(only: { categories?: readonly Category[]; namespace?: string } = {}, cause?: string): void {
    const { namespace } = only;
    const categories = only.categories ?? [...this.#stores.keys()];
    if (namespace === undefined) this.apply(categories.map(categoryTag), cause);
    else if (only.categories === undefined) this.apply([namespaceTag(namespace)], cause);
    else
      this.apply(
        only.categories.map((category) => namespaceCategoryTag(namespace, category)),
        cause,
      );
    for (const category of categories) this.#store(category).sweep(this.#time.now());
  }

  /** Adds a listener, called after each invalidation and before `invalidate` returns. Returns a function that removes it. */
  onInvalidate(listener: InvalidationListener): () => void {
    return this.#invalidations.listen(listener);
  }

  /** Returns undefined if the attachment is not kept: it or its entry is invalid, its entry is detached, or it or a tag is too large. */
  attach(entry: Entry, id: string, added: NewAttachment): Attachment | undefined {
    return this.#attachments.attach({ store: this.#store(entry.category), entry, id }, added);
  }

  /** Returns the attachment of an entry that `peek` returned, if it is valid and its `validUntil` has not passed. */
  attachment(entry: Entry, id: string, now = this.#time.now()): Attachment | undefined {
    return this.#attachments.find({ store: this.#store(entry.category), entry, id }, now);
  }

  /** Returns whether `peek` and `attachment` would return this attachment again. If so, counts a use. */
  revalidate(attachment: Attachment, now: number): boolean {
    return this.#attachments.revalidate(attachment, now);
  }

  /** Live entries, those with the most hits first. */
  hottest(category: Category, limit: number, include: (entry: Entry) => boolean = () => true): Entry[] {
    const store = this.#store(category);
    const now = this.#time.now();
    const live = [...store.entries()].filter((entry) => store.isAlive(entry, now) && include(entry));
    return live.sort((one, other) => other.hits - one.hits).slice(0, limit);
  }

  /**
   * The sizes of all internal tables. Dead entries count until their space is needed. `remembered` counts keys of removed entries; all
   * other numbers are 0 in an empty cache.
   */
  indexes(): { entries: number; bytes: number; tags: number; tagBytes: number; flights: number; remembered: number } {
    const { size: tags, bytes: tagBytes } = this.#ledger;
    const sum = { entries: 0, bytes: 0, tags, tagBytes, flights: this.#loads.running, remembered: 0 };
    for (const store of this.#stores.values()) {
      sum.entries += store.size;
      sum.bytes += store.bytes;
      sum.remembered += store.removedKeys;
    }
    return sum;
  }

  /** Hit ratios that a plain LRU cache of ¼, ½, 1, 2 and 4 times `maxEntries` would have had. */
  sizing(category: Category): Sizing[] {
    return this.#store(category).sizing();
  }

  /** Statistics as plain numbers. Has no side effects. */
  snapshot(): Snapshot<Category> {
    const stores = this.#stores as ReadonlyMap<Category, Store>;
    return snapshotOf(stores, { ledger: this.#ledger, flights: this.#loads.running, now: this.#time.now() });
  }

  /**
   * Counts of the last five minutes for each category. Each call takes a sample, and the result is the difference to an earlier one;
   * so call it about every 30 s. After five minutes without a call the window starts again.
   */
  recent(): RecentSnapshot<Category>[] {
    return recentSnapshotsOf(this.#stores as ReadonlyMap<Category, Store>, this.#time.now());
  }

  /** Tries the category of the last call first, because the fields of a list use one category. */
  #store(category: string): Store {
    if (this.#recent.category === category) return this.#recent;
    const store = this.#stores.get(category);
    if (store !== undefined) {
      this.#recent = store;
      return store;
    }
    throw new TypeError(`Expected one of the categories ${[...this.#stores.keys()].join(', ')} but got "${category}"`);
  }

  #lookUp(store: Store, request: ReadRequest<Category>, load: Load<unknown>): Entry | Promise<Entry> {
    const now = request.now === undefined ? this.#time.now() : this.#time.notBefore(request.now);
    const entry = store.get(request.key);
    if (entry === undefined || now >= entry.refreshAt || !this.#ledger.isValid(entry)) {
      return new ReadThrough({ request, load, store }, this.#parts).read(entry);
    }
    store.countHit(entry, request.coordinate);
    if (request.observe !== undefined) request.observe(lookupOf('HIT', entry, now));
    return entry;
  }

  /** Measures the time of a hit, and by how much the entry was past its expiry because the request's clock reading was old. */
  #sample(store: Store, request: ReadRequest<Category>, load: Load<unknown>): Entry | Promise<Entry> {
    const kept = store.get(request.key);
    const hits = kept?.hits;
    const now = request.now === undefined ? this.#time.now() : this.#time.notBefore(request.now);
    const startedAt = this.#time.peekPrecise();
    const entry = this.#lookUp(store, request, load);
    if (kept !== undefined && entry === kept && kept.hits !== hits) {
      const endedAt = this.#time.precise();
      kept.field.hitLatency.record(endedAt - startedAt);
      if (now < kept.expiresAt) kept.field.overshootMs = Math.max(kept.field.overshootMs, endedAt - kept.expiresAt);
    }
    store.drainSoon();
    return entry;
  }
}
