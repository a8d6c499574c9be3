import type { Generated } from 'kysely';
import type { Folded } from './column-kinds.ts';

export interface WorkspacesTable {
  id: string;
  name: string;
  createdAt: string;
}

export interface UsersTable {
  id: string;
  name: string;
  email: string;
  emailKey: Folded;
  passwordHash: string | null;
  createdAt: string;
}

export interface MembershipsTable {
  workspaceId: string;
  userId: string;
  role: 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN' | 'OWNER';
  accountIds: string[] | null;
  createdAt: string;
}

export interface PreferencesTable {
  workspaceId: string;
  userId: string;
  locale: string;
  theme: 'LIGHT' | 'DARK' | 'SYSTEM';
}

export interface TokensTable {
  id: string;
  workspaceId: string;
  kind: 'SESSION' | 'API';
  hash: string;
  /** Of a session. */
  userId: string | null;
  /** Of an API token: the member who made it, or took it over. */
  makerId: string | null;
  role: 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN' | 'OWNER' | null;
  accountIds: string[] | null;
  name: string;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

export interface SettingsTable {
  id: string;
  workspaceId: string;
  timeZone: string;
  locale: string;
  weekStartsOn: 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';
  requiresApproval: boolean;
  brandVoice: string;
  revision: Generated<number>;
  updatedAt: string;
}
