import type { NewAttachment } from './attachments.ts';
import { type CacheOptions, createParts, type EngineParts } from './engine-parts.ts';
import type { Attachment, Entry } from './entry.ts';
import { Experiment, type ExperimentOptions, type Trial } from './experiment.ts';
import { Intervals } from './intervals.ts';
import type { InvalidationListener } from './invalidations.ts';
import { checkKey, clearedTags, keyTag } from './keys-and-tags.ts';
import { Lookups } from './lookups.ts';
import { isShorter, type Policy, validatePolicies } from './policy.ts';
import type { Load, MissCause, ReadRequest } from './request.ts';
import { checkSet, type SetRequest, setValue } from './set-value.ts';
import { type RecentSnapshot, recentSnapshotsOf, type Snapshot, snapshotOf } from './snapshot.ts';
import type { Sizing } from './stack-distances.ts';
import { type Counts, countsOf } from './statistics.ts';
import { type TableSizes, tableSizesOf } from './table-sizes.ts';
import { type CategoryTotals, collect, noHoldings } from './totals.ts';

/**
 * The cache: a store of entries for each category. It serves an entry while the entry is *valid* (none of its tags was invalidated
 * since its load began) and *fresh* (younger than its time to live), or stale within the limits of its category's policy.
 */
export class EntryCache<Category extends string> {
  readonly #parts: EngineParts<Category>;
  readonly #lookups: Lookups;

  constructor(options: CacheOptions<Category>) {
    this.#parts = createParts(options);
    this.#lookups = new Lookups(this.#parts);
  }

  /** The logical clock. */
  get stamp(): number {
    return this.#parts.ledger.stamp;
  }

  /** Reads the clock, in whole milliseconds, for `ReadRequest.now`. Call it once for each request. */
  now(): number {
    return this.#parts.time.now();
  }

  /**
   * Returns a valid, fresh entry synchronously. Otherwise loads, with one load at a time for each key. The entry may be detached
   * (too large to be kept, or invalidated during its load), or expired (see `expiresAt`) because its load failed.
   */
  read<T>(request: ReadRequest<Category>, load: Load<T>): Entry<T> | Promise<Entry<T>> {
    const entry = this.#lookups.read(request, load);
    return entry as Entry<T> | Promise<Entry<T>>; // the caller knows the type of the value under its key
  }

  /** As `read`, but returns the value. For use by hand. */
  fetch<T>(request: ReadRequest<Category>, load: Load<T>): T | Promise<T> {
    const entry = this.read(request, load);
    return entry instanceof Promise ? entry.then(({ value }) => value) : entry.value;
  }

  /** Loads, also if there is a fresh entry, and joins no running load. On an error the kept entry stays. See `Cache.refresh`. */
  refresh<T>(request: ReadRequest<Category>, load: Load<T>): Entry<T> | Promise<Entry<T>> {
    return this.#lookups.reload(request, load) as Entry<T> | Promise<Entry<T>>;
  }

  /** Keeps a value that the caller has. A running load of the key does not replace it. */
  set<T>(request: SetRequest<Category>, value: T): Entry<T> {
    this.checkSet(request, value);
    return setValue({ request, value, store: this.#parts.stores.of(request.category) }, this.#parts) as Entry<T>;
  }

  /** Throws the error that `set` would throw. */
  checkSet(request: SetRequest<Category>, value: unknown): void {
    checkSet(request, value, this.#parts.ledger.stamp);
  }

  /** Returns the key's entry if it is valid and fresh. Counts a hit or, since no load follows, a bypass. */
  find(category: Category, key: string): Entry | undefined {
    return this.#lookups.find(category, key);
  }

  /** Returns whether the key has a valid and fresh entry. Counts nothing. */
  has(category: Category, key: string): boolean {
    return this.#lookups.fresh(category, key) !== undefined;
  }

  /** Keys of the valid and fresh entries, in no particular order. */
  keys(category: Category): string[] {
    return this.#lookups.freshKeys(category);
  }

  /** Returns the entry if it is valid, fresh and not due for a refresh. Counts nothing; see `countHit`. */
  peek(category: Category, key: string, now: number): Entry | undefined {
    return this.#lookups.peek(category, key, now);
  }

  /** Call it before `peek` or `revalidate`. Returns what `countHit` needs to time the hit: undefined but for one in 127. */
  beginHit(): number | undefined {
    return this.#lookups.beginHit();
  }

  /** Counts a hit as `read` does, for an entry that `peek` returned. `startedAt` is what `beginHit` returned. */
  countHit(entry: Entry, coordinate = entry.coordinate, startedAt?: number): void {
    this.#lookups.countHit(entry, coordinate, startedAt);
  }

  /** Counts a coalesced miss as `read` does: one that waited `waitedMs` for another's load and received its entry. */
  countCoalesced(entry: Entry, { cause, waitedMs }: { cause: MissCause; waitedMs: number }): void {
    this.#parts.stores.of(entry.category).statistics.countMiss(entry.field, { keyHash: entry.keyHash, cause });
    entry.field.missLatency.record(waitedMs);
  }

  /** Counts a lookup in which the cache took no part. */
  countBypass(category: Category, coordinate?: string): void {
    this.#parts.stores.of(category).statistics.field(coordinate).bypasses++;
  }

  /** Returns whether none of the entry's tags was invalidated since its load began. Ignores its age. */
  isValid(entry: Entry): boolean {
    return this.#parts.ledger.isValid(entry);
  }

  /** Invalidates the entries and running loads that depend on one of the tags. Scans nothing. `cause` names the mutation. */
  invalidate(tags: readonly string[], cause?: string): void {
    this.#parts.invalidations.invalidate(tags, cause);
  }

  /** Applies an invalidation that another process's listener reported. As `invalidate`, but accepts engine tags too. */
  apply(tags: readonly string[], cause?: string): void {
    this.#parts.invalidations.apply(tags, cause);
  }

  /** Invalidates what is kept, and what is being loaded, under a key. */
  delete(category: Category, key: string, cause?: string): void {
    this.apply([keyTag(category, key)], cause);
  }

  /** Ends the freshness of a key's entry as its TTL would, and lets a running load of the key not fill it. See `Store.expire`. */
  expire(category: Category, key: string): boolean {
    checkKey(key);
    return this.#parts.stores.of(category).expire(key, this.#parts.time.now());
  }

  /** Removes this entry, if kept, as its value proved unusable. Other entries and all loads stay. `cause` is for explanations. */
  drop(entry: Entry, cause: string): void {
    this.#parts.stores.of(entry.category).drop(entry, cause);
  }

  /** Invalidates everything, or the given categories and namespace only, and frees the space. */
  clear(only: { categories?: readonly Category[]; namespace?: string } = {}, cause?: string): void {
    const stores = this.#parts.stores.only(only.categories);
    this.apply(clearedTags([...stores.keys()], only), cause);
    for (const store of stores.values()) store.sweep(this.#parts.time.now());
  }

  /** Changes a policy; limits are met at once. Clears the category if entries would outlive it. Throws a `RangeError` if not valid. */
  setPolicy(category: Category, policy: Policy, cause?: string): void {
    validatePolicies({ [category]: policy });
    const store = this.#parts.stores.of(category);
    const before = store.policy;
    const now = this.#parts.time.now();
    store.setPolicy(policy, now);
    if (policy.staleMs !== before.staleMs) store.experiment?.restart({ staleMs: policy.staleMs, startedAt: now });
    if (isShorter(before, policy)) this.clear({ categories: [category] }, cause);
  }

  /**
   * Begins an experiment in a category, and ends the one that runs there. Clears the category, so that all arms begin alike. Values
   * that `set` is given, and lookups with a TTL or stale window of their own, take no part. `setPolicy` with another stale window
   * gives up the open rounds. Throws a `RangeError` for lifetimes that make no sense.
   */
  startExperiment(category: Category, options: ExperimentOptions, cause?: string): void {
    const store = this.#parts.stores.of(category);
    store.experiment = new Experiment(options, { staleMs: store.policy.staleMs, startedAt: this.#parts.time.now() });
    this.clear({ categories: [category] }, cause);
  }

  /** Ends the experiment of a category: lifetimes are the policy's again. Clears the category, since entries may outlive it. */
  endExperiment(category: Category, cause?: string): void {
    this.#parts.stores.of(category).experiment = undefined;
    this.clear({ categories: [category] }, cause);
  }

  /** The trials of the rounds of a category's experiment that ended since the last call: for each group of keys those of all arms. */
  endedRounds(category: Category): (readonly Trial[])[] {
    const store = this.#parts.stores.of(category);
    return store.experiment?.endRounds(store.entries(), this.#parts.time.now()) ?? [];
  }

  /** Adds a listener, called after each invalidation and before `invalidate` returns. Returns a function that removes it. */
  onInvalidate(listener: InvalidationListener): () => void {
    return this.#parts.invalidations.listen(listener);
  }

  /** Returns undefined if the attachment is not kept: it or its entry is invalid, its entry is detached, or something is too large. */
  attach(entry: Entry, id: string, added: NewAttachment): Attachment | undefined {
    return this.#parts.attachments.attach({ store: this.#parts.stores.of(entry.category), entry, id }, added);
  }

  /** Returns the attachment of an entry that `peek` returned, if it is valid and its `validUntil` has not passed. */
  attachment(entry: Entry, id: string, now = this.#parts.time.now()): Attachment | undefined {
    return this.#parts.attachments.find({ store: this.#parts.stores.of(entry.category), entry, id }, now);
  }

  /** Returns whether `peek` and `attachment` would return this attachment again. If so, counts a use. */
  revalidate(attachment: Attachment, now: number): boolean {
    return this.#parts.attachments.revalidate(attachment, now);
  }

  /** Live entries, those with the most hits first. */
  hottest(category: Category, limit: number, include: (entry: Entry) => boolean = () => true): Entry[] {
    return this.#lookups.hottest(category, limit, include);
  }

  /** The sizes of all internal tables. */
  indexes(): TableSizes {
    return tableSizesOf(this.#parts);
  }

  /** Hit ratios that a plain LRU cache of ¼, ½, 1, 2 and 4 times `maxEntries` would have had, up to 20,000. */
  sizing(category: Category): Sizing[] {
    return this.#parts.stores.of(category).statistics.sizing();
  }

  /** Counts of a category since its policy changed last, by which that can be judged. Nothing of what is held is in them. */
  underPolicy(category: Category): Counts {
    return countsOf(this.#parts.stores.of(category).statistics.underPolicy(), noHoldings());
  }

  /** Lets no further load start. Resolves when the running ones have ended, at the latest after `loadTimeoutMs`. */
  close(): Promise<void> {
    return this.#parts.loads.close();
  }

  /** Statistics of all categories, or of the given ones, as plain numbers; with `others`, of all together. */
  snapshot<Only extends Category>(only?: readonly Only[], others?: readonly CategoryTotals[]): Snapshot<Only> {
    return snapshotOf(this.#parts.stores.only(only), this.#parts, others);
  }

  /** What snapshots are made from, for those of other processes: pass it to `reportOf` at once. */
  totals(only?: readonly Category[]): CategoryTotals[] {
    return collect(this.#parts.stores.only(only), this.#parts);
  }

  /** Counts of the last five minutes for each category, or the given ones; see `recentSnapshotsOf`. */
  recent<Only extends Category = Category>(only?: readonly Only[]): RecentSnapshot<Only>[] {
    return recentSnapshotsOf(this.#parts.stores.only(only), this.#parts.time.now());
  }

  /** Begins an interval of all categories, or the given ones; each call of `next` ends it and begins another. */
  intervals<Only extends Category = Category>(only?: readonly Only[]): Intervals<Only> {
    return new Intervals(this.#parts.stores.only(only), this.#parts);
  }
}
