import type { GraphQLResolveInfo } from 'graphql';
import type { Entry } from '../cache/entry.ts';
import type { Lookup, MissCause } from '../cache/request.ts';
import type { Changes } from '../domains/changes.ts';
import type { Context, Viewer } from '../domains/context.ts';
import type { CacheCategory } from '../generated/schema.ts';
import type { FieldLookup } from './cached-field.ts';

/** One lookup of a cached field, as `extensions.cache` explains it. */
export interface Explanation {
  readonly path: readonly (string | number)[];
  readonly coordinate: string;
  readonly category: CacheCategory;
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
  /** Ids of the nodes that its selection read beneath the entry; some may not be node ids. */
  readonly ids: Set<string>;
  /** Further tags that it depends on, without a namespace. */
  readonly tags: Set<string>;
  /** Values whose ids were collected already. */
  readonly visited: Set<object>;
  /** Lookups beneath the root field, in order. */
  readonly lookups: TracedLookup[];
  /** The root field's own lookup. */
  root: TracedLookup | undefined;
  /**
   * Paths of the resolvers beneath the root field that read more than their parents, cached fields included. An error at or beneath such
   * a path is not caused by an entry above it. If there is any, the result may differ between workspaces.
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

/** The engine's state of one request, apart from the context of resolvers. */
export interface RequestState {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Explanations; undefined unless they were requested and allowed. */
  readonly explanations: Explanation[] | undefined;
  readonly cacheUsage: CacheUsage;
  /** Whether the cache may be used; read once for the whole request. */
  isCaching: boolean;
  /** The request's reading of the cache's clock. */
  now: number;
  /** By response key of the root field; undefined if no fragments are kept. */
  traces: Map<string, Trace> | undefined;
  /** Whether loaders may use the batches of other requests. True for queries; a mutation must read what it wrote. */
  mayShareLoads: boolean;
  /** Discards the loaders, so that the next use creates new ones. */
  refreshLoaders(): void;
  /** Lookups of root fields whose fragments were looked up, by response key. */
  readonly lookups: Map<string, FieldLookup>;
  /** Reads the clocks again and discards the loaders, for the next event of a subscription. */
  renew(): void;
}

/** The context of one request: `Context` for resolvers, the other members for this folder. */
export interface RequestContext extends Context {
  readonly state: RequestState;
  /** The context for fields shared by a workspace: reading a personal property of the viewer throws. */
  readonly shared: RequestContext;
  /** The context for `PUBLIC` fields: reading the viewer throws. */
  readonly unscoped: RequestContext;
  /** The same context for one mutation, which reports to `changes`. */
  withChanges(changes: Changes): RequestContext;
}
