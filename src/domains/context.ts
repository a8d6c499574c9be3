import type { Queries } from '../database/database.ts';
import type { WorkspaceRole } from '../generated/schema.ts';
import type { Network } from './accounts/network.ts';
import type { AiProvider } from './ai/provider.ts';
import type { Changes } from './changes.ts';
import type { Loaders } from './loaders.ts';
import type { MediaStore } from './media/store.ts';
import type { ProductLimits } from './product-limits.ts';

/**
 * Who asks. What a field shared by a workspace may read of it is `Scope`; the rest is personal, and reading it there throws.
 */
export interface Viewer extends Scope {
  readonly kind: 'MEMBER' | 'API_TOKEN' | 'SYSTEM';
  /** Null for the system. */
  readonly tokenId: string | null;
  /** Null for API tokens and the system. */
  readonly userId: string | null;
  /** Of an API token: the member who made it or took it over, whose role and accounts bound its own. Otherwise null. */
  readonly makerId: string | null;
  readonly role: WorkspaceRole;
  /** When their token ends by itself; null when it does not. */
  readonly expiresAt?: string | null;
}

/** The part of a viewer that decides which data there is: everything that two viewers must share to share an answer. */
export interface Scope {
  readonly workspaceId: string;
  /** Accounts that the viewer is confined to, sorted; null sees all. Posts and conversations follow their accounts. */
  readonly accountIds: readonly string[] | null;
  /** IANA time zone of the workspace: days are cut in it. */
  readonly timeZone: string;
  readonly weekStartsOn: 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';
}

/** The outside world, one narrow port each. */
export interface Ports {
  readonly network: Network;
  readonly ai: AiProvider;
  readonly media: MediaStore;
}

/** What a resolver is given. */
export interface Context {
  /** Throws UNAUTHENTICATED when nobody is signed in, and a misuse error where a shared field reads what is personal. */
  readonly viewer: Viewer;
  readonly queries: Queries;
  /** Fresh whenever something was invalidated since they were made. */
  readonly loaders: Loaders;
  /** Of the mutation that runs; reporting outside of one is without effect. */
  readonly changes: Changes;
  readonly ports: Ports;
  readonly limits: ProductLimits;
  /** The network address of who asks, as far as it tells clients apart. */
  readonly client: string;
  /** The request's one reading of the wall clock. */
  readonly now: Date;
}
