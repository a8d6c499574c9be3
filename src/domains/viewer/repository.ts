import type { Queries } from '../../database/database.ts';
import type { Theme, WorkspaceRole } from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import type { Scope } from '../context.ts';
import { idsOf } from '../ids.ts';
import { commonAccounts } from './authority.ts';

/** A person in a workspace. */
export interface Member {
  readonly userId: string;
  readonly workspaceId: string;
}

/** Who asks, as their personal data hangs on them. */
export interface ViewerRecord extends Member {
  readonly sessionExpiresAt: string | null;
}

/** A person; the address is for themselves alone. */
export interface UserRecord {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface WorkspaceRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

export interface MembershipRecord {
  readonly workspaceId: string;
  readonly userId: string;
  readonly role: WorkspaceRole;
  readonly accountIds: readonly string[] | null;
}

export interface PreferencesRecord {
  readonly locale: string;
  readonly theme: Theme;
}

export const maxMembers = 500;
/** Of one person. */
export const maxMemberships = 100;

const membershipColumns = ['workspaceId', 'userId', 'role', 'accountIds'] as const;

export function findUsers(queries: Queries, ids: readonly string[]): Promise<UserRecord[]> {
  return queries.selectFrom('users').select(['id', 'name', 'email']).where('id', '=', anyOf(ids)).execute();
}

export function findWorkspaces(queries: Queries, ids: readonly string[]): Promise<WorkspaceRecord[]> {
  return queries.selectFrom('workspaces').select(['id', 'name', 'createdAt']).where('id', '=', anyOf(ids)).execute();
}

/** Those among the users who are members of the workspace. */
export function findMemberships(
  queries: Queries,
  workspaceId: string,
  userIds: readonly string[],
): Promise<MembershipRecord[]> {
  return queries
    .selectFrom('memberships')
    .select(membershipColumns)
    .where('workspaceId', '=', workspaceId)
    .where('userId', '=', anyOf(idsOf('User', userIds)))
    .execute();
}

/** Memberships of all workspaces, oldest first. */
export function findMembershipsOfUsers(queries: Queries, userIds: readonly string[]): Promise<MembershipRecord[]> {
  return queries
    .selectFrom('memberships')
    .select(membershipColumns)
    .where('userId', '=', anyOf(userIds))
    .orderBy('createdAt')
    .orderBy('workspaceId')
    .execute();
}

/** Who is confined to some accounts is told of these alone. */
export async function findMembers(
  queries: Queries,
  { workspaceId, accountIds: visible }: Scope,
): Promise<MembershipRecord[]> {
  const members = await queries
    .selectFrom('memberships')
    .select(membershipColumns)
    .where('workspaceId', '=', workspaceId)
    .orderBy('createdAt')
    .orderBy('userId')
    .limit(maxMembers)
    .execute();
  return members.map(({ accountIds, ...member }) => ({
    accountIds: accountIds && commonAccounts(accountIds, visible),
    ...member,
  }));
}

/** The member and all owners, locked until the transaction ends: what is decided about the last owner stays true. */
export async function lockMemberWithOwners(
  queries: Queries,
  { workspaceId, userId }: { workspaceId: string; userId: string },
): Promise<{ member: MembershipRecord | undefined; ownerCount: number }> {
  const rows = await queries
    .selectFrom('memberships')
    .select(membershipColumns)
    .where('workspaceId', '=', workspaceId)
    .where((eb) => eb.or([eb('userId', '=', anyOf(idsOf('User', [userId]))), eb('role', '=', 'OWNER')]))
    .orderBy('userId')
    .forUpdate()
    .execute();
  return {
    member: rows.find((row) => row.userId === userId),
    ownerCount: rows.filter((row) => row.role === 'OWNER').length,
  };
}

/** The member who is to make a token; their membership stays until the transaction ends. */
export function lockMaker(queries: Queries, { workspaceId, userId }: Member): Promise<MembershipRecord | undefined> {
  return queries
    .selectFrom('memberships')
    .select(membershipColumns)
    .where((eb) => eb.and({ workspaceId, userId }))
    .forKeyShare()
    .executeTakeFirst();
}

/** Members who chose nothing have no row. */
export function findPreferences(queries: Queries, members: readonly Member[]): Promise<(PreferencesRecord & Member)[]> {
  return queries
    .selectFrom('preferences')
    .select(['workspaceId', 'userId', 'locale', 'theme'])
    .where((eb) => eb.or(members.map(({ workspaceId, userId }) => eb.and({ workspaceId, userId }))))
    .execute();
}
