import type { WorkspaceRole } from '../generated/schema.ts';

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

/** The part of a viewer that decides which data exists for them. Viewers with an equal scope share entries. */
export interface Scope {
  readonly workspaceId: string;
  /** Accounts that the viewer is confined to, sorted; null for all. Posts and conversations are visible with their accounts. */
  readonly accountIds: readonly string[] | null;
  /** IANA time zone of the workspace, in which days begin and end. */
  readonly timeZone: string;
  readonly weekStartsOn: 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';
}
