import type { Entry } from './entry.ts';
import { checkTag, maxTags } from './keys-and-tags.ts';
import type { Ledger, Tag } from './ledger.ts';
import { checkMoment } from './policy.ts';
import type { RemoteOffer } from './remote-tier.ts';
import type { MissDetails } from './removal-history.ts';
import type { LoadContext } from './request.ts';
import type { FieldCounters } from './statistics.ts';

/** The parameters with which a load starts. `Store` is a parameter, as a store holds the flights of its keys. */
export interface LoadStart<Store = unknown> {
  readonly store: Store;
  readonly key: string;
  readonly namespace: string | undefined;
  readonly field: FieldCounters;
  readonly ttlMs: number | undefined;
  readonly staleMs: number | undefined;
  readonly startedAt: number;
  /** The logical clock when the value is read. For a value that `set` is given, the caller's stamp. */
  readonly stamp: number;
  /** Cause of the miss. A refresh has the cause *expired*. */
  readonly miss: MissDetails;
  /** The previous entry of the key, served if the load fails. */
  readonly older: Entry | undefined;
  /** A refresh runs in the background and may replace `older` only. */
  readonly isRefresh: boolean;
  /** The value was given to `set`; nothing is loaded. */
  readonly isGiven: boolean;
  /** Whether the remote tier is asked before the value is loaded. */
  readonly asksRemote: boolean;
}

interface Deferred {
  readonly resolve: (entry: Entry) => void;
  readonly reject: (error: unknown) => void;
}

/** A running load of a key, shared by all lookups that miss the key. */
export class Flight<Store = unknown> implements LoadContext {
  readonly loadStart: LoadStart<Store>;
  readonly stamp: number;
  readonly #ledger: Ledger;
  readonly #tags = new Set<Tag>();
  #abort: AbortController | undefined;
  #ended = false;
  validUntilMs = Number.POSITIVE_INFINITY;
  /** Number of lookups that wait for it and have not aborted. */
  waiters = 0;
  /**
   * Nobody waits any more: its time limit has passed, and its waiters received a `LoadTimeoutError` or the older entry, or all of
   * them aborted.
   */
  isAbandoned = false;
  /** Set when the load ends: whether no tag, declared or discovered, was invalidated since it started. */
  wasValid = false;
  /** When the load began: later than its stamp if the remote tier was asked before. */
  startedAt: number;
  /** Whether the remote tier brought the value, so that nothing was loaded. */
  isRemote = false;
  /** Receives the result, for the remote tier. */
  offer: ((offer: RemoteOffer | undefined) => void) | undefined;
  #result: Promise<Entry> | undefined;
  #settle: Deferred | undefined;

  constructor(loadStart: LoadStart<Store>, ledger: Ledger) {
    this.loadStart = loadStart;
    this.stamp = loadStart.stamp;
    this.startedAt = loadStart.startedAt;
    this.#ledger = ledger;
  }

  /** The promise of the waiters. Read it while the load runs. */
  get result(): Promise<Entry> {
    this.#result ??= new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    return this.#result;
  }

  /** Whether a lookup waits for the load. None waits for a refresh that ends within the stale window. */
  get isAwaited(): boolean {
    return this.#result !== undefined;
  }

  get reason(): 'miss' | 'refresh' {
    return this.loadStart.isRefresh ? 'refresh' : 'miss';
  }

  get tags(): ReadonlySet<Tag> {
    return this.#tags;
  }

  get hasTooManyTags(): boolean {
    return this.#tags.size > maxTags;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.isAbandoned) this.#abort.abort();
    return this.#abort.signal;
  }

  depend(tags: string | readonly string[]): void {
    const names = typeof tags === 'string' ? [tags] : tags;
    for (const name of names) checkTag(name);
    this.hold(names);
  }

  /** As `depend`, but accepts engine tags too. */
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

  /** Returns whether a lookup that began at `stamp` may wait for the load. */
  isJoinable(stamp: number): boolean {
    return !this.isAbandoned && this.isValidFor(stamp);
  }

  /**
   * Returns whether a lookup that began at `stamp` may use the result, as far as is known. Conservative: a tag record has only the
   * last invalidation, and one after the lookup began may hide one before it. Certain only if the flight started later.
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

  abandon(): void {
    this.isAbandoned = true;
    this.#abort?.abort();
  }

  /** Releases the tags. Call it when the load has ended and its entry was kept or not. */
  end(): void {
    this.#ended = true;
    this.#ledger.release(this.#tags);
  }
}
