/** What is asked of the cache. */
export interface ReadRequest<Category extends string> {
  readonly category: Category;
  /** Unique within the category; carries all that the value depends on, the namespace included. */
  readonly key: string;
  /** Whose entry it is, such as a workspace: it can be cleared as a whole, or one category of it. */
  readonly namespace?: string;
  /** What the value depends on, as far as that is known before it is loaded. */
  readonly tags?: readonly string[];
  /** The field that asks (`Type.field`), for the statistics. */
  readonly coordinate?: string;
  /** Overrides the category's. */
  readonly ttlMs?: number;
  /** The request's one reading of `cache.now()`. */
  readonly now?: number;
  /** Called once with what happened, when it is known. Costs an object; leave it out unless somebody asked. */
  readonly observe?: (lookup: Lookup) => void;
}

/** Runs on a miss. Its result is plain JSON-safe data and is frozen when it is kept. */
export type Load<T> = (loadContext: LoadContext) => T | Promise<T>;

export interface LoadContext {
  /** The logical time at which the load began. */
  readonly stamp: number;
  /** Aborts when the time limit of the load has passed. */
  readonly signal: AbortSignal;
  /** Adds tags that are known only now, such as the nodes of a list. */
  depend(tags: string | readonly string[]): void;
  /** The value is right only until then, on the cache's clock: no stale window outlives it. */
  validUntil(atMs: number): void;
}

export type MissCause = 'cold' | 'expired' | 'evicted' | 'invalidated';

export interface Lookup {
  readonly status: 'HIT' | 'STALE' | 'MISS' | 'COALESCED' | 'BYPASS';
  /** Why it was not there. */
  readonly cause?: MissCause;
  readonly invalidatedBy?: { readonly tag: string; readonly cause: string | undefined };
  readonly ageMs: number;
  /** Negative for what is stale. */
  readonly expiresInMs: number;
  readonly tier: 'memory' | 'remote' | undefined;
}
