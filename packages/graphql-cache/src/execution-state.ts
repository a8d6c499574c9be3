import type { Lookup, MissCause } from '@magpie/cache';
import type { Entry } from '@magpie/cache/entries';
import type { GraphQLResolveInfo } from 'graphql';
import type { Sharing } from './scope.ts';

/** The parameters of a cache lookup for a field. Independent of an execution, so that fragments can use it. */
export interface FieldLookup {
  readonly category: string;
  readonly coordinate: string;
  readonly key: string;
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly ttlMs: number | undefined;
}

/** One lookup of a cached field, as `extensions.cache` explains it. */
export interface Explanation {
  readonly path: readonly (string | number)[];
  readonly coordinate: string;
  readonly category: string;
  readonly lookup: Lookup;
}

/** A lookup of an execution. */
export interface TracedLookup {
  readonly path: readonly (string | number)[];
  readonly entry: Entry;
  /** Cause of the miss; undefined for a hit. */
  readonly missCause: MissCause | undefined;
}

/** What one root field of an execution depends on. */
export interface Trace {
  /** References of the nodes that its selection read beneath the entry; some may not be nodes. */
  readonly nodes: Set<string>;
  /** Further tags that it depends on, without a namespace. */
  readonly tags: Set<string>;
  /** Values whose nodes were collected already. */
  readonly visited: Set<object>;
  /** Lookups beneath the root field, in order. */
  readonly lookups: TracedLookup[];
  /** The root field's own lookup. */
  root: TracedLookup | undefined;
  /**
   * Paths of the resolvers beneath the root field that read more than their parents, cached fields included. An error at or beneath
   * such a path is not caused by an entry above it. If there is any, the result may differ between namespaces.
   */
  readonly readPaths: GraphQLResolveInfo['path'][];
  /** Whether the selection read a value that cannot be kept in a fragment. */
  isUncacheable: boolean;
}

/** What the cache did for one response, for `Cache-Status`. */
export interface CacheUsage {
  hits: number;
  stale: number;
  misses: number;
  bypasses: number;
  /** The earliest expiry of the entries, on the cache's clock. */
  freshUntil: number;
}

/** The state of one execution. */
export interface ExecutionState {
  /** The prefixes of keys and tags for each scope. */
  readonly sharing: Sharing;
  /** Explanations; undefined unless they were requested and allowed. */
  readonly explanations: Explanation[] | undefined;
  readonly cacheUsage: CacheUsage;
  /** Whether the cache may be used; read once for the whole execution. */
  readonly isCaching: boolean;
  /** The execution's reading of the cache's clock. */
  readonly now: number;
  /** By response key of the root field; undefined if no fragments are kept. */
  traces: Map<string, Trace> | undefined;
  /** Lookups of root fields whose fragments were looked up, by response key. */
  readonly lookups: Map<string, FieldLookup>;
}

export function unusedCache(): CacheUsage {
  return { hits: 0, stale: 0, misses: 0, bypasses: 0, freshUntil: Number.POSITIVE_INFINITY };
}
