import type { ExecutionState } from '@magpie/graphql-cache/parts';
import type { Changes } from '../domains/changes.ts';
import type { Context } from '../domains/context.ts';
import type { Viewer } from '../domains/scope.ts';

/** The engine's state of one request, apart from the context of resolvers. */
export interface RequestState extends ExecutionState {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Whether the request uses the cache while the database cannot be reached. */
  readonly isCutOff: boolean;
  /** Discards the loaders, so that the next use creates new ones. */
  refreshLoaders(): void;
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
  /** A context of the same viewer for background work: with loaders of its own, in the background's lane of the database. */
  readonly background: RequestContext;
  /** The same context for one mutation, which reports to `changes`. */
  withChanges(changes: Changes): RequestContext;
}
