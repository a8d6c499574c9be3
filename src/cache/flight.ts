import type { Entry } from './entry.ts';
import { checkTag, maxTags } from './keys-and-tags.ts';
import type { Ledger, Tag } from './ledger.ts';
import { checkMoment } from './policy.ts';
import type { MissDetails } from './removal-history.ts';
import type { LoadContext } from './request.ts';
import type { FieldCounters } from './statistics.ts';
import type { Store } from './store.ts';

/** What a flight is started with. */
export interface LoadStart {
  readonly store: Store;
  readonly key: string;
  readonly namespace: string | undefined;
  readonly field: FieldCounters;
  readonly ttlMs: number | undefined;
  readonly startedAt: number;
  /** The logical time of the value; now, unless it was read before. */
  readonly stamp: number;
  /** Why the key had no answer; of a refresh, that it expires. */
  readonly miss: MissDetails;
  /** The entry that there was, in case the load fails. */
  readonly older: Entry | undefined;
  /** Runs in the background and replaces `older` or nothing. */
  readonly isRefresh: boolean;
}

interface Deferred {
  readonly resolve: (entry: Entry) => void;
  readonly reject: (error: unknown) => void;
}

/** One running load of a key, which all who miss it share. */
export class Flight implements LoadContext {
  readonly loadStart: LoadStart;
  readonly stamp: number;
  readonly #ledger: Ledger;
  readonly #tags = new Set<Tag>();
  #abort: AbortController | undefined;
  #ended = false;
  validUntilMs = Number.POSITIVE_INFINITY;
  /** The time limit has passed: nobody waits for it any more. */
  isTimedOut = false;
  /** Set when it lands: no tag, declared or found, was invalidated since it started. */
  wasValid = false;
  #result: Promise<Entry> | undefined;
  #settle: Deferred | undefined;

  constructor(loadStart: LoadStart, ledger: Ledger) {
    this.loadStart = loadStart;
    this.stamp = loadStart.stamp;
    this.#ledger = ledger;
  }

  /** What the waiters get; ask for it while the load runs. */
  get result(): Promise<Entry> {
    this.#result ??= new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    return this.#result;
  }

  /** Whether somebody waits for it, as nobody does for a refresh that ends in time. */
  get isAwaited(): boolean {
    return this.#result !== undefined;
  }

  get tags(): ReadonlySet<Tag> {
    return this.#tags;
  }

  get hasTooManyTags(): boolean {
    return this.#tags.size > maxTags;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.isTimedOut) this.#abort.abort();
    return this.#abort.signal;
  }

  depend(tags: string | readonly string[]): void {
    const names = typeof tags === 'string' ? [tags] : tags;
    for (const name of names) checkTag(name);
    this.hold(names);
  }

  /** As `depend`, the engine's own tags too. */
  hold(names: readonly string[]): void {
    if (this.#ended) return;
    for (const name of names) {
      if (this.hasTooManyTags) return;
      const tag = this.#ledger.hold(name);
      if (this.#tags.has(tag)) this.#ledger.release([tag]);
      else this.#tags.add(tag);
    }
  }

  validUntil(atMs: number): void {
    checkMoment('validUntil', atMs);
    this.validUntilMs = Math.min(this.validUntilMs, atMs);
  }

  /** Whether a reader who arrived at the logical time `stamp` may wait for it, however long it has been running. */
  isJoinable(stamp: number): boolean {
    return !this.isTimedOut && this.isValidFor(stamp);
  }

  /**
   * Whether a reader who arrived at the logical time `stamp` may have its result, as far as is known. A tag remembers only its last
   * invalidation: one after the arrival may hide one before it. Only a flight that started later is beyond doubt.
   */
  isValidFor(stamp: number): boolean {
    if (this.stamp >= stamp) return true;
    return this.#ended ? this.wasValid : this.#ledger.firstInvalidatedAfter(this.#tags, this.stamp) === undefined;
  }

  resolve(entry: Entry): void {
    this.#settle?.resolve(entry);
  }

  reject(error: unknown): void {
    this.#settle?.reject(error);
  }

  timeOut(): void {
    this.isTimedOut = true;
    this.#abort?.abort();
  }

  /** Call when the load has ended, after its result was kept or not. */
  end(): void {
    this.#ended = true;
    this.#ledger.release(this.#tags);
  }
}
