import { type Sharing as CacheSharing, unusedCache } from '@magpie/graphql-cache/parts';
import { GraphQLError } from 'graphql';
import { inLane, type Queries } from '../database/database.ts';
import { Changes } from '../domains/changes.ts';
import type { Ports } from '../domains/context.ts';
import { createLoaders } from '../domains/create-loaders.ts';
import type { Loaders } from '../domains/loaders.ts';
import type { ProductLimits } from '../domains/product-limits.ts';
import type { Scope, Viewer } from '../domains/scope.ts';
import type { RequestContext, RequestState } from './request.ts';
import { sharingWith } from './viewer-scope.ts';

export interface ContextSources {
  readonly queries: Queries;
  readonly ports: Ports;
  readonly limits: ProductLimits;
  /** The stamp of a workspace; without an id, that of the whole cache. Loaders are bound to it. */
  readonly stampOf: (workspaceId?: string) => number;
  readonly cacheNow: () => number;
  readonly wallNow: () => Date;
  /** Whether the cache may be used now. Default: always. */
  readonly isCaching?: () => boolean;
  /** Whether it is used while the database cannot be reached. Default: never. */
  readonly isCutOff?: () => boolean;
}

/**
 * Creates the context of one request. Its getters belong to classes, because V8 keeps the getters of an object literal, with all
 * that they close over, until a full garbage collection.
 */
export function createContext(sources: ContextSources, request: RequestOptions): RequestContext {
  return new ResolverContext(new ActiveRequest(sources, request), 'everything');
}

interface RequestOptions {
  viewer: Viewer | null;
  requestId: string;
  isDebugging: boolean;
  /** Network address. Absent for background work, and for requests without a network. */
  client?: string;
  /** Whose share of the database's connections is used; the workspace's when absent. */
  lane?: string;
}

class ActiveRequest implements RequestState {
  readonly sources: ContextSources;
  readonly viewer: Viewer | null;
  readonly sharing: CacheSharing;
  readonly client: string;
  readonly requestId: string;
  readonly explanations: RequestState['explanations'];
  readonly cacheUsage = unusedCache();
  readonly lookups: RequestState['lookups'] = new Map();
  traces: RequestState['traces'];
  isCaching: boolean;
  isCutOff: boolean;
  now: number;
  wallNow: Date;
  readonly #lane: string;
  #queries: Queries | undefined;
  #loaders: Loaders | undefined;
  #loadersStamp = -1;

  constructor(sources: ContextSources, { viewer, requestId, isDebugging, client = 'unknown', lane }: RequestOptions) {
    this.sources = sources;
    this.viewer = viewer;
    this.sharing = sharingWith(viewer);
    this.client = client;
    this.#lane = lane ?? viewer?.workspaceId ?? 'anonymous';
    this.requestId = requestId;
    this.explanations = isDebugging ? [] : undefined;
    this.isCaching = sources.isCaching?.() ?? true;
    this.isCutOff = sources.isCutOff?.() ?? false;
    this.now = sources.cacheNow();
    this.wallNow = sources.wallNow();
  }

  /** Queries in the workspace's lane, so that slow ones do not delay other workspaces. */
  get queries() {
    this.#queries ??= inLane(this.sources.queries, this.#lane);
    return this.#queries;
  }

  /** The viewer. Throws `UNAUTHENTICATED` for an anonymous request. */
  get scope(): Viewer {
    return this.viewer ?? unauthenticated();
  }

  /** Loaders of the present stamp. New ones are created once the stamp has advanced. */
  get loaders(): Loaders {
    const stamp = this.sources.stampOf(this.viewer?.workspaceId);
    if (!this.#loaders || this.#loadersStamp !== stamp) {
      this.#loadersStamp = stamp;
      this.#loaders = createLoaders(this);
    }
    return this.#loaders;
  }

  wideStamp(): number {
    return this.sources.stampOf();
  }

  refreshLoaders(): void {
    this.#loaders = undefined;
  }

  renew(): void {
    this.#loaders = undefined;
    this.wallNow = this.sources.wallNow();
    this.isCaching = this.sources.isCaching?.() ?? true;
    this.isCutOff = this.sources.isCutOff?.() ?? false;
    this.now = this.sources.cacheNow();
  }
}

/** Which properties of the viewer a resolver may read. */
type ContextAccess = 'everything' | 'scope' | 'nothing';

/** Has no `#private` members, because servers may copy a context, as Apollo Server does. */
class ResolverContext implements RequestContext {
  readonly state: ActiveRequest;
  readonly changes: Changes;
  private readonly access: ContextAccess;
  private readonly derived: { viewer?: Viewer; shared?: RequestContext; unscoped?: RequestContext } = {};

  constructor(state: ActiveRequest, contextAccess: ContextAccess, changes = new Changes()) {
    this.state = state;
    this.changes = changes;
    this.access = contextAccess;
  }

  get queries() {
    return this.state.queries;
  }

  get ports() {
    return this.state.sources.ports;
  }

  get limits() {
    return this.state.sources.limits;
  }

  get client() {
    return this.access === 'everything' ? this.state.client : refusePersonalRead();
  }

  get now() {
    return this.state.wallNow;
  }

  get viewer(): Viewer {
    if (this.access === 'nothing') return refuseViewerRead();
    this.derived.viewer ??= this.access === 'scope' ? new ScopedViewer(this.state.scope) : this.state.scope;
    return this.derived.viewer;
  }

  get loaders(): Loaders {
    return this.access === 'nothing' ? refuseViewerRead() : this.state.loaders;
  }

  get shared(): RequestContext {
    this.derived.shared ??= new ResolverContext(this.state, 'scope', this.changes);
    return this.derived.shared;
  }

  get background(): RequestContext {
    const { sources, viewer } = this.state;
    const request = { viewer, requestId: 'background', isDebugging: false, lane: 'background' };
    return new ResolverContext(new ActiveRequest(sources, request), 'everything');
  }

  get unscoped(): RequestContext {
    this.derived.unscoped ??= new ResolverContext(this.state, 'nothing', this.changes);
    return this.derived.unscoped;
  }

  withChanges(changes: Changes): RequestContext {
    return new ResolverContext(this.state, this.access, changes);
  }
}

export function unauthenticated(): never {
  throw new GraphQLError('Sign in first: send `Authorization: Bearer <token>`.', {
    extensions: { code: 'UNAUTHENTICATED' },
  });
}

/** A viewer whose personal properties throw when they are read. */
class ScopedViewer implements Viewer {
  readonly workspaceId: string;
  readonly accountIds: Viewer['accountIds'];
  readonly timeZone: string;
  readonly weekStartsOn: Viewer['weekStartsOn'];

  constructor({ workspaceId, accountIds, timeZone, weekStartsOn }: Scope) {
    this.workspaceId = workspaceId;
    this.accountIds = accountIds;
    this.timeZone = timeZone;
    this.weekStartsOn = weekStartsOn;
  }

  get kind() {
    return refusePersonalRead();
  }

  get tokenId() {
    return refusePersonalRead();
  }

  get userId() {
    return refusePersonalRead();
  }

  get makerId() {
    return refusePersonalRead();
  }

  get role() {
    return refusePersonalRead();
  }
}

function refusePersonalRead(): never {
  throw new TypeError(
    'a field that a workspace shares: expected it to read the scope only, but got a read of a personal property of the viewer',
  );
}

function refuseViewerRead(): never {
  throw new TypeError('a PUBLIC field: expected the same value for every viewer, but got a read of the viewer');
}
