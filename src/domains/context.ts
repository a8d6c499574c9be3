import type { Queries } from '../database/database.ts';
import type { WorkspaceRole } from '../generated/schema.ts';
import type { Network } from './accounts/network.ts';
import type { AiProvider } from './ai/provider.ts';
import type { Changes } from './changes.ts';
import type { Loaders } from './loaders.ts';
import type { MediaStore } from './media/store.ts';
import type { ProductLimits } from './product-limits.ts';

/**
 * The viewer of a request. A field that a workspace shares may read only the `Scope`; the rest is personal, and reading it there
 * throws.
 */
export interface Viewer extends Scope {
  readonly kind: 'MEMBER' | 'API_TOKEN' | 'SYSTEM';
  /** Null for the system. */
  readonly tokenId: string | null;
  /** Null for API tokens and the system. */
  readonly userId: string | null;
  /** For an API token: the member who made it or took it over, whose role and accounts limit its own. Otherwise null. */
  readonly makerId: string | null;
  readonly role: WorkspaceRole;
  /** When the token expires; null when it does not. */
  readonly expiresAt?: string | null;
}

/** The part of a viewer that decides which data there is. Viewers with an equal scope share entries. */
export interface Scope {
  readonly workspaceId: string;
  /** Accounts that the viewer is confined to, sorted; null for all. Posts and conversations are visible with their accounts. */
  readonly accountIds: readonly string[] | null;
  /** IANA time zone of the workspace, in which days begin and end. */
  readonly timeZone: string;
  readonly weekStartsOn: 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';
}

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
