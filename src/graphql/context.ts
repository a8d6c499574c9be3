import { GraphQLError } from 'graphql';
import type { Queries } from '../database/database.ts';
import { Changes } from '../domains/changes.ts';
import type { Ports, Scope, Viewer } from '../domains/context.ts';
import { createLoaders, type Loaders } from '../domains/loaders.ts';
import type { SharedLoads } from '../domains/shared-loads.ts';
import { scopePrefix } from './cache-key.ts';
import type { RequestContext, RequestState } from './request.ts';

export interface ContextSources {
  readonly queries: Queries;
  readonly ports: Ports;
  /** The logical clock of the cache: loaders are bound to it. */
  readonly stamp: () => number;
  readonly cacheNow: () => number;
  readonly wallNow: () => Date;
  /** What queries that run with the cache load side by side. */
  readonly sharedLoads?: SharedLoads;
  /** Whether the cache may be used now; always, if absent. */
  readonly isCaching?: () => boolean;
}

/** Makes the context of one request. Loaders read rows as of one stamp: when it has advanced, they are made anew. */
export function createContext(
  sources: ContextSources,
  request: { viewer: Viewer | null; requestId: string; isDebugging: boolean },
): RequestContext {
  const { queries, ports, stamp, cacheNow, wallNow, sharedLoads, isCaching = () => true } = sources;
  const { viewer, requestId } = request;
  let loaders: Loaders | undefined;
  let loadersStamp = -1;
  let now = wallNow();

  const state: RequestState = {
    viewer,
    requestId,
    explanations: request.isDebugging ? [] : undefined,
    outcome: { hits: 0, stale: 0, misses: 0, bypasses: 0, freshUntil: Number.POSITIVE_INFINITY },
    isCaching: isCaching(),
    now: cacheNow(),
    traces: undefined,
    lookups: new Map(),
    mayShareLoads: false,
    refreshLoaders() {
      loaders = undefined;
    },
    renew() {
      loaders = undefined;
      now = wallNow();
      state.isCaching = isCaching();
      state.now = cacheNow();
    },
  };

  return {
    state,
    queries,
    ports,
    changes: new Changes(),
    get now() {
      return now;
    },
    get viewer() {
      return viewer ?? unauthenticated();
    },
    get loaders() {
      if (!loaders || loadersStamp !== stamp()) {
        loadersStamp = stamp();
        // Who has just signed in has no scope yet, and needs none to see themselves.
        const source = {
          queries,
          get scope() {
            return viewer ?? unauthenticated();
          },
        };
        const scopeKey = scopePrefix('WORKSPACE', viewer)?.key;
        const isSharing = sharedLoads !== undefined && scopeKey !== undefined && state.mayShareLoads;
        loaders = createLoaders(source, isSharing ? { loads: sharedLoads, scopeKey } : undefined);
      }
      return loaders;
    },
    get shared() {
      const value: RequestContext = Object.create(this, {
        viewer: viewer ? { value: withoutPerson(viewer) } : { get: unauthenticated },
      });
      Object.defineProperty(this, 'shared', { value });
      return value;
    },
    get unscoped() {
      const value: RequestContext = Object.create(this, {
        viewer: { get: refuseViewer },
        loaders: { get: refuseViewer },
      });
      Object.defineProperty(this, 'unscoped', { value });
      return value;
    },
  };
}

export function unauthenticated(): never {
  throw new GraphQLError('Sign in first: send `Authorization: Bearer <token>`.', {
    extensions: { code: 'UNAUTHENTICATED' },
  });
}

function withoutPerson({ workspaceId, accountIds, timeZone, weekStartsOn }: Viewer): Viewer {
  const scope: Scope = { workspaceId, accountIds, timeZone, weekStartsOn };
  const personal = { get: refusePerson };
  return Object.create(null, {
    ...Object.getOwnPropertyDescriptors(scope),
    kind: personal,
    tokenId: personal,
    userId: personal,
    role: personal,
  }) as Viewer;
}

function refusePerson(): never {
  throw new TypeError(
    'a field that a workspace shares: expected it to read the scope alone, but got a read of who asks',
  );
}

function refuseViewer(): never {
  throw new TypeError('a PUBLIC field: expected it to be the same for everybody, but got a read of the viewer');
}
