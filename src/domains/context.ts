import type { Queries } from '../database/database.ts';
import type { Network } from './accounts/network.ts';
import type { AiProvider } from './ai/provider.ts';
import type { Changes } from './changes.ts';
import type { Loaders } from './loaders.ts';
import type { MediaStore } from './media/store.ts';
import type { ProductLimits } from './product-limits.ts';
import type { Viewer } from './scope.ts';

/** The ports to external systems, each a narrow interface. */
export interface Ports {
  readonly network: Network;
  readonly ai: AiProvider;
  readonly media: MediaStore;
}

/** The context of the resolvers. */
export interface Context {
  /** Throws UNAUTHENTICATED for anonymous requests, and a misuse error where a shared field reads personal data. */
  readonly viewer: Viewer;
  readonly queries: Queries;
  /** Replaced after each invalidation, so that they return no outdated rows. */
  readonly loaders: Loaders;
  /** The changes of the running mutation; reports outside of a mutation have no effect. */
  readonly changes: Changes;
  readonly ports: Ports;
  readonly limits: ProductLimits;
  /** The network address that identifies the client: see `createClientAddress`. */
  readonly client: string;
  /** The wall clock, read once per request. */
  readonly now: Date;
}
