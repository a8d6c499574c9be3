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

/** A lookup that took part in an answer. */
export interface TracedLookup {
  readonly path: readonly (string | number)[];
  readonly entry: Entry;
  /** Why it had to wait for a load; undefined for a hit. */
  readonly missCause: MissCause | undefined;
}

/** What one root field of an execution came to depend on. */
export interface Trace {
  /** Of the nodes that its selection touched beneath the entry, and perhaps of something else. */
  readonly ids: Set<string>;
  /** What else that depends on, without its namespace. */
  readonly tags: Set<string>;
  /** Values whose ids are among those. */
  readonly visited: Set<object>;
  /** Lookups beneath the root field, in the order in which they were made. */
  readonly lookups: TracedLookup[];
  /** The root field's own. */
  root: TracedLookup | undefined;
  /**
   * Paths of the resolvers beneath the root field that read more than their parents, cached fields among them. What fails at such
   * a path, or beneath it, is not the fault of an entry above; and if there is one, the answer may differ between workspaces.
   */
  readonly readPaths: GraphQLResolveInfo['path'][];
  /** Whether something was touched of which nothing can be remembered. */
  isUncacheable: boolean;
}

/** What the cache did for one response, for `Cache-Status`. */
export interface CacheUsage {
  hits: number;
  stale: number;
  misses: number;
  bypasses: number;
  /** Of the hits, the moment at which the first one's lifetime ends, on the cache's clock. */
  freshUntil: number;
}

/** The meeting place's side of one request, beside what resolvers see of it. */
export interface RequestState {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Explanations, when they were asked for and may be given. */
  readonly explanations: Explanation[] | undefined;
  readonly cacheUsage: CacheUsage;
  /** Whether the cache may be used: one answer for the whole request. */
  isCaching: boolean;
  /** The one reading of the cache's clock. */
  now: number;
  /** By response key of the root field; undefined when nothing is to be remembered. */
  traces: Map<string, Trace> | undefined;
  /** Whether loaders may leave to other requests what these are loading: a query does not mind, a mutation reads what it wrote. */
  mayShareLoads: boolean;
  /** Makes the next use of `loaders` start with fresh ones. */
  refreshLoaders(): void;
  /** Of root fields whose fragments were looked for, by response key. */
  readonly lookups: Map<string, FieldLookup>;
  /** Readings and loaders of the next event of a subscription. */
  renew(): void;
}

/** The context of one request: `Context` for resolvers, the rest for this floor. */
export interface RequestContext extends Context {
  readonly state: RequestState;
  /** For fields shared by a workspace: reading what is personal of the viewer throws. */
  readonly shared: RequestContext;
  /** For fields shared by everybody: reading the viewer throws. */
  readonly unscoped: RequestContext;
  /** The same for one mutation, which reports to `changes`. */
  withChanges(changes: Changes): RequestContext;
}
