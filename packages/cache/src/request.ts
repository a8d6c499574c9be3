/** A lookup of one key. */
export interface ReadRequest<Category extends string> {
  readonly category: Category;
  /** Unique within the category. Must contain everything that selects the value: namespace, viewer and arguments. */
  readonly key: string;
  /** The owner of the entry, such as a workspace. A namespace can be cleared as a whole or by category. */
  readonly namespace?: string;
  /** Tags that are known before the load. */
  readonly tags?: readonly string[];
  /** `Type.field`, for the statistics. */
  readonly coordinate?: string;
  /** Overrides the category's `ttlMs`. */
  readonly ttlMs?: number;
  /** Overrides the category's `staleMs`. */
  readonly staleMs?: number;
  /**
   * How long this lookup waits for a load, which goes on after that. Then an expired entry is served if stale-if-error allows it;
   * otherwise the lookup fails with a `LoadTimeoutError`. Default: as long as the load has, `loadTimeoutMs` of the cache.
   */
  readonly timeoutMs?: number;
  /** Ends this lookup's wait for a load, with the signal's reason. Aborts the load if no other lookup waits for it. */
  readonly signal?: AbortSignal;
  /** A reading of `cache.now()`, taken once for each request. Default: the clock is read. */
  readonly now?: number;
  /** Called once with the outcome, when it is known. Allocates an object, so pass it only if the outcome is needed. */
  readonly observe?: (lookup: Lookup) => void;
}

/** Runs on a miss. Returns plain data, which the cache freezes. */
export type Load<T> = (loadContext: LoadContext) => T | Promise<T>;

/** Returns the size of a value in bytes. Those of key and tags are added. */
export type SizeOf = (value: unknown, address: { readonly category: string; readonly key: string }) => number;

export interface LoadContext {
  /** Why the load runs. Nobody waits for a refresh that ends in time, nor for an audit, whose value is only compared. */
  readonly reason: 'miss' | 'refresh' | 'audit';
  /** The logical clock when the load began. */
  readonly stamp: number;
  /** Aborts when nobody waits any more: the load exceeds its time limit, or the signals of all waiting lookups aborted. */
  readonly signal: AbortSignal;
  /** Adds tags that are discovered during the load, such as the nodes of a list. */
  depend(tags: string | readonly string[]): void;
  /** Ends the value's validity at a time of the cache's clock, stale windows included. The earliest call counts. */
  validUntil(atMs: number): void;
}

export type MissCause = 'cold' | 'expired' | 'evicted' | 'invalidated';

export interface Lookup {
  readonly status: 'HIT' | 'STALE' | 'MISS' | 'COALESCED' | 'BYPASS';
  /** Why the lookup missed. */
  readonly cause?: MissCause;
  readonly invalidatedBy?: { readonly tag: string; readonly cause: string | undefined };
  readonly ageMs: number;
  /** Negative for a stale entry. */
  readonly expiresInMs: number;
  readonly tier: 'memory' | 'remote' | undefined;
}
