/// <reference lib="esnext.disposable" preserve="true" />
import { type CachedOptions, cachedFunction } from './by-hand.ts';
import type { CacheOptions as EntryCacheOptions } from './engine-parts.ts';
import { EntryCache } from './entry-cache.ts';
import type { InvalidationListener } from './invalidations.ts';
import { type Policy, type PolicyOptions, policyOf } from './policy.ts';
import type { Load, ReadRequest } from './request.ts';
import type { SetRequest } from './set-value.ts';
import type { RecentSnapshot, Snapshot } from './snapshot.ts';
import type { Sizing } from './stack-distances.ts';

/** Most keys of one `getMany`, and most values of one `setMany`. */
const MAX_MANY = 10_000;

export interface CacheOptions<Category extends string> extends Omit<EntryCacheOptions<Category>, 'policies'> {
  /** For each category, its policy; see `PolicyOptions` for the defaults. */
  readonly policies: Readonly<Record<Category, PolicyOptions>>;
}

/** A lookup of one key by hand. */
export type FetchRequest<Category extends string> = Omit<ReadRequest<Category>, 'now'>;

let entriesOfCache: <Category extends string>(cache: Cache<Category>) => EntryCache<Category>;

/**
 * A cache of values by category and key. It serves a value while it is *valid* (none of its tags was invalidated since its load
 * began) and *fresh* (younger than its time to live), or stale within the limits of its category's policy.
 */
export class Cache<Category extends string> implements AsyncDisposable {
  readonly #entries: EntryCache<Category>;
  readonly #functions = new Map<string, unknown>();

  /** Throws a `RangeError` for a policy or limit that makes no sense. */
  constructor(options: CacheOptions<Category>) {
    const policies = Object.entries<PolicyOptions>(options.policies).map(([name, policy]) => [name, policyOf(policy)]);
    this.#entries = new EntryCache({ ...options, policies: Object.fromEntries(policies) as Record<Category, Policy> });
  }

  static {
    entriesOfCache = (cache) => cache.#entries;
  }

  /** The logical clock, which every invalidation advances. Read it before you read a value that you `set`. */
  get stamp(): number {
    return this.#entries.stamp;
  }

  /** The cache's time in whole milliseconds, for `LoadContext.validUntil`. */
  now(): number {
    return this.#entries.now();
  }

  /**
   * Returns the value of a key, at once if it is kept. Otherwise loads it, with one load at a time for each key, whose value or
   * error all receive. Throws a `KeyError` for a key or tag that is not accepted, a `LoadTimeoutError` or a `LoadLimitError`.
   */
  fetch<T>(request: FetchRequest<Category>, load: Load<T>): T | Promise<T> {
    return this.#entries.fetch(request, load);
  }

  /**
   * Loads a value anew, although a fresh one may be kept. Joins no load that began before, so that the value is at least as new as
   * this call. Other lookups receive the kept value meanwhile. When the load fails, so does this, and the kept value stays.
   */
  refresh<T>(request: FetchRequest<Category>, load: Load<T>): T | Promise<T> {
    const entry = this.#entries.refresh(request, load);
    return entry instanceof Promise ? entry.then(({ value }) => value) : entry.value;
  }

  /** Returns the valid and fresh value of a key; undefined if there is none. Loads nothing. */
  get(category: Category, key: string): unknown {
    return this.#entries.find(category, key)?.value;
  }

  /** As `get`, for at most 10,000 keys. Those without a value are left out. */
  getMany(category: Category, keys: Iterable<string>): Map<string, unknown> {
    const found = new Map<string, unknown>();
    for (const key of limited('keys', keys)) {
      const entry = this.#entries.find(category, key);
      if (entry !== undefined) found.set(key, entry.value);
    }
    return found;
  }

  /** Returns whether `get` would find a value, `undefined` included. Counts nothing. */
  has(category: Category, key: string): boolean {
    return this.#entries.has(category, key);
  }

  /** Keys for which `has` is true, in no particular order. */
  keys(category: Category): string[] {
    return this.#entries.keys(category);
  }

  /** Keeps a value that the caller has. Returns whether it is kept: it is valid, alive and not too large. */
  set(request: SetRequest<Category>, value: unknown): boolean {
    return this.#entries.set(request, value).isKept;
  }

  /**
   * As `set`, for at most 10,000 pairs of key and value with the same options. All are checked before one is kept. Returns how many
   * are kept in the end.
   */
  setMany(
    request: Omit<SetRequest<Category>, 'key'>,
    values: Iterable<readonly [key: string, value: unknown]>,
  ): number {
    const pairs = limited('values', values);
    for (const [key, value] of pairs) this.#entries.checkSet({ ...request, key }, value);
    const entries = pairs.map(([key, value]) => this.#entries.set({ ...request, key }, value));
    return entries.filter((entry) => entry.isKept).length;
  }

  /**
   * Wraps a function; see `CachedOptions`. Call it once, not for each use. Throws if the category has another function of that
   * name.
   */
  cached<Arguments extends readonly unknown[], T>(
    category: Category,
    fn: (...args: Arguments) => T | Promise<T>,
    options: CachedOptions<Arguments> = {},
  ): (...args: Arguments) => T | Promise<T> {
    const wrapped = cachedFunction(this, { category, fn, options });
    const name = JSON.stringify([category, options.name ?? fn.name]);
    const other = this.#functions.get(name) ?? fn;
    if (other !== fn)
      throw new TypeError(`Expected a name of its own for each function of a category but got ${name} again`);
    this.#functions.set(name, fn);
    return wrapped;
  }

  /**
   * Invalidates every value and every running load that depends on one of the tags: what was read before is served to no later
   * lookup, not stale either. Call it after the write is committed. `cause` names the write, for explanations.
   */
  invalidate(tags: readonly string[], cause?: string): void {
    this.#entries.invalidate(tags, cause);
  }

  /** Applies an invalidation that another process's listener was told. As `invalidate`, but accepts the engine's own tags too. */
  apply(tags: readonly string[], cause?: string): void {
    this.#entries.apply(tags, cause);
  }

  /** Invalidates one key. */
  delete(category: Category, key: string, cause?: string): void {
    this.#entries.delete(category, key, cause);
  }

  /**
   * Ends the freshness of one key, as its TTL would: the value may still be served stale within its stale windows, while it is
   * loaded anew. For a value that may be a little old; one that is wrong is invalidated. Returns whether there was a fresh value.
   */
  expire(category: Category, key: string): boolean {
    return this.#entries.expire(category, key);
  }

  /** Invalidates everything, or the given categories and namespace only, and frees the space. */
  clear(only: { categories?: readonly Category[]; namespace?: string } = {}, cause?: string): void {
    this.#entries.clear(only, cause);
  }

  /** Adds a listener, called after each invalidation and before `invalidate` returns. Returns a function that removes it. */
  onInvalidate(listener: InvalidationListener): () => void {
    return this.#entries.onInvalidate(listener);
  }

  /** Statistics as plain numbers. */
  snapshot(): Snapshot<Category> {
    return this.#entries.snapshot();
  }

  /** Counts of the last five minutes. Call it about every 30 s; see `EntryCache.recent`. */
  recent(): RecentSnapshot<Category>[] {
    return this.#entries.recent();
  }

  /** Hit ratios that a plain LRU cache of ¼, ½, 1, 2 and 4 times `maxEntries` would have had, up to 20,000. */
  sizing(category: Category): Sizing[] {
    return this.#entries.sizing(category);
  }

  /**
   * Lets no further load start, and waits until the running ones have ended, at most `loadTimeoutMs`. What is kept is served after
   * that too; a lookup that needs a load fails with a `CacheClosedError`.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#entries.close();
  }
}

/** The entries of a cache, for an adapter. */
export function entriesOf<Category extends string>(cache: Cache<Category>): EntryCache<Category> {
  if (!(cache instanceof Cache)) throw new TypeError(`Expected a Cache but got ${typeof cache}`);
  return entriesOfCache(cache);
}

function limited<T>(name: string, items: Iterable<T>): T[] {
  const list: T[] = [];
  for (const item of items) {
    if (list.length === MAX_MANY) throw new RangeError(`${name}: expected at most ${MAX_MANY} but got more`);
    list.push(item);
  }
  return list;
}
