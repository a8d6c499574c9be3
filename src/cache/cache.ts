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

const SAMPLE_MASK = 127; // one read in 128 is measured: a reading of the clock costs as much as a hit

export interface CacheOptions<Category extends string> {
  readonly policies: Readonly<Record<Category, Policy>>;
  readonly clock?: Clock;
  readonly timer?: Timer;
  /** Records of tags that are kept; 100,000 by default. */
  readonly maxTags?: number;
  /** What they may take; 16 MiB by default. Beyond it the cache forgets entries, and never mistakes one for valid. */
  readonly maxTagBytes?: number;
  /** How long anybody waits for a load; 30 s by default. */
  readonly loadTimeoutMs?: number;
  /** Loads that may run at once, those that hang included; 10,000 by default. */
  readonly maxFlights?: number;
  /** Errors by which a load says that what is asked for is refused: nothing has failed then. None by default. */
  readonly isRefusal?: (error: unknown) => boolean;
  /** Hears of each load that failed, those that nobody is given the error of included; it should not throw. */
  readonly onFailure?: (failure: LoadFailure) => void;
}

export interface SetRequest<Category extends string> extends Omit<ReadRequest<Category>, 'now' | 'observe'> {
  /** `cache.stamp` from before the value was read; the present one by default, right only if nothing can have changed it since. */
  readonly stamp?: number;
  readonly validUntil?: number;
}

/**
 * Keeps what loads bring, by category, and answers from it for as long as it is *valid* (none of its tags was invalidated since
 * its load began) and *fresh* (younger than its time to live), or stale within the bounds of its category.
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

  /** A reading for `ReadRequest.now`, in whole milliseconds: one for each request. */
  now(): number {
    return this.#time.now();
  }

  /**
   * Answers from a valid, fresh entry at once; otherwise loads, once for all who ask meanwhile. The entry may be detached: too
   * large to be kept, invalidated during its load, or expired (`expiresAt`) because it stands in for failed loads.
   */
  read<T>(request: ReadRequest<Category>, load: Load<T>): Entry<T> | Promise<Entry<T>> {
    const store = this.#store(request.category);
    const isSampled = (store.reads++ & SAMPLE_MASK) === 0;
    const answer = isSampled ? this.#sample(store, request, load) : this.#lookUp(store, request, load);
    return answer as Entry<T> | Promise<Entry<T>>; // who reads a key knows the type of its value
  }

  /** By hand: the value of `read`. */
  fetch<T>(request: ReadRequest<Category>, load: Load<T>): T | Promise<T> {
    const answer = this.read(request, load);
    return answer instanceof Promise ? answer.then((entry) => entry.value) : answer.value;
  }

  /** Keeps a value that was not loaded here; a running load of the key will not replace it. */
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

  /** Wraps a function, once and for all: see `CachedOptions`. Throws if its category has another function of that name. */
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

  /** The entry if it is valid, fresh and not due for a refresh. Counts nothing: see `countHit`. */
  peek(category: Category, key: string, now: number): Entry | undefined {
    const entry = this.#store(category).get(key);
    if (entry === undefined || this.#time.notBefore(now) >= entry.refreshAt) return undefined;
    return this.#ledger.isValid(entry) ? entry : undefined;
  }

  /** Counts exactly as a hit of `read`, for an entry that `peek` gave. */
  countHit(entry: Entry, coordinate = entry.coordinate): void {
    const store = this.#store(entry.category);
    store.countHit(entry, coordinate);
    store.drainSoon();
  }

  /** Counts as a `read` that waited so long for the load of another and was given its entry, kept or not. */
  countCoalesced(entry: Entry, { cause, waitedMs }: { cause: MissCause; waitedMs: number }): void {
    this.#store(entry.category).countMiss(entry.field, { keyHash: entry.keyHash, cause });
    entry.field.missLatency.record(waitedMs);
  }

  /** A lookup in which the cache took no part. */
  countBypass(category: Category, coordinate?: string): void {
    this.#store(category).field(coordinate).bypasses++;
  }

  /** Whether none of its tags was invalidated since its load began. Says nothing of its age. */
  isValid(entry: Entry): boolean {
    return this.#ledger.isValid(entry);
  }

  /**
   * From now on nobody is served what depends on one of the tags and was loaded before. Advances the logical clock, scans nothing.
   * `cause` is the name of the mutation, for explanations.
   */
  invalidate(tags: readonly string[], cause?: string): void {
    this.#invalidations.invalidate(tags, cause);
  }

  /** An invalidation that a listener of another process's cache was told: as `invalidate`, of the engine's own tags too. */
  apply(tags: readonly string[], cause?: string): void {
    this.#invalidations.apply(tags, cause);
  }

  delete(category: Category, key: string, cause?: string): void {
    this.apply([keyTag(category, key)], cause);
  }

  /**
   * Removes this very entry, if it is kept, because its value turned out to be no good. Invalidates nothing: other entries and
   * running loads, of its key too, are as they were. `cause` is for explanations.
   */
  drop(entry: Entry, cause: string): void {
    this.#store(entry.category).drop(entry, cause);
  }

  /** Forgets everything, or what is of the categories and the namespace that are given, and frees its room. */
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

  /** Called after each invalidation, before `invalidate` returns. Returns a function that ends that. */
  onInvalidate(listener: InvalidationListener): () => void {
    return this.#invalidations.listen(listener);
  }

  /** Undefined if it is not kept: it or its entry is not valid any more, not kept itself, or too large, or a tag too long. */
  attach(entry: Entry, id: string, made: NewAttachment): Attachment | undefined {
    return this.#attachments.attach({ store: this.#store(entry.category), entry, id }, made);
  }

  /** What hangs on an entry that `peek` gave, if itself is valid and its time is not over. */
  attachment(entry: Entry, id: string, now = this.#time.now()): Attachment | undefined {
    return this.#attachments.find({ store: this.#store(entry.category), entry, id }, now);
  }

  /** Whether `peek` and `attachment` would find this one again. */
  revalidate(attachment: Attachment, now: number): boolean {
    return this.#attachments.revalidate(attachment, now);
  }

  /** Live entries with the most hits first. */
  hottest(category: Category, limit: number, include: (entry: Entry) => boolean = () => true): Entry[] {
    const store = this.#store(category);
    const now = this.#time.now();
    const live = [...store.entries()].filter((entry) => store.isAlive(entry, now) && include(entry));
    return live.sort((one, other) => other.hits - one.hits).slice(0, limit);
  }

  /** What is held in all, the dead included until their room is needed; all but `remembered` is 0 when everything has gone. */
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

  /** The hit ratio that a quarter to four times the entries would have had, the present number among them. */
  sizing(category: Category): Sizing[] {
    return this.#store(category).sizing();
  }

  /** Plain numbers; reading them changes nothing. */
  snapshot(): Snapshot<Category> {
    const stores = this.#stores as ReadonlyMap<Category, Store>;
    return snapshotOf(stores, { ledger: this.#ledger, flights: this.#loads.running, now: this.#time.now() });
  }

  /**
   * What was counted within the last five minutes, of each category. Call it every half minute or so, however seldom anybody asks:
   * it is the difference to what it found then, and after a longer pause begins anew.
   */
  recent(): RecentSnapshot<Category>[] {
    return recentSnapshotsOf(this.#stores as ReadonlyMap<Category, Store>, this.#time.now());
  }

  /** The fields of a list ask for one category again and again. */
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

  /** Measures what a hit takes, and by how much it is served as fresh for too long because the request's reading is old. */
  #sample(store: Store, request: ReadRequest<Category>, load: Load<unknown>): Entry | Promise<Entry> {
    const entry = store.get(request.key);
    const hits = entry?.hits;
    const now = request.now === undefined ? this.#time.now() : this.#time.notBefore(request.now);
    const startedAt = this.#time.peekPrecise();
    const answer = this.#lookUp(store, request, load);
    if (entry !== undefined && answer === entry && entry.hits !== hits) {
      const endedAt = this.#time.precise();
      entry.field.hitLatency.record(endedAt - startedAt);
      if (now < entry.expiresAt) entry.field.overshootMs = Math.max(entry.field.overshootMs, endedAt - entry.expiresAt);
    }
    store.drainSoon();
    return answer;
  }
}
