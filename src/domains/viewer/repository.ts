import type { Queries } from '../../database/database.ts';
import type { Theme, WorkspaceRole } from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import { idsOf } from '../ids.ts';
import type { Scope } from '../scope.ts';
import { commonAccounts } from './authority.ts';

/** A person in a workspace. */
export interface Member {
  readonly userId: string;
  readonly workspaceId: string;
}

/** The viewer as the parent of their personal data. */
export interface ViewerRecord extends Member {
  readonly sessionExpiresAt: string | null;
}

/** A person. Only they may read `email`. */
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

const maxMembers = 500;
/** Maximum of memberships of one user. */
export const maxMemberships = 100;

const membershipColumns = ['workspaceId', 'userId', 'role', 'accountIds'] as const;

export function findUsers(queries: Queries, ids: readonly string[]): Promise<UserRecord[]> {
  return queries.selectFrom('users').select(['id', 'name', 'email']).where('id', '=', anyOf(ids)).execute();
}

export function findWorkspaces(queries: Queries, ids: readonly string[]): Promise<WorkspaceRecord[]> {
  return queries.selectFrom('workspaces').select(['id', 'name', 'createdAt']).where('id', '=', anyOf(ids)).execute();
}

/** The memberships of these users in the workspace. */
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

/** Lists the members, oldest first. A confined viewer gets only those of a member's accounts that they see themselves. */
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

/** Locks a member and all owners until the transaction ends, so that the number of owners does not change. */
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

/** Reads the membership of a token's maker and locks it against deletion until the transaction ends. */
export function lockMaker(queries: Queries, { workspaceId, userId }: Member): Promise<MembershipRecord | undefined> {
  return queries
    .selectFrom('memberships')
    .select(membershipColumns)
    .where((eb) => eb.and({ workspaceId, userId }))
    .forKeyShare()
    .executeTakeFirst();
}

/** Finds preferences. A member without any has no row. */
export function findPreferences(queries: Queries, members: readonly Member[]): Promise<(PreferencesRecord & Member)[]> {
  return queries
    .selectFrom('preferences')
    .select(['workspaceId', 'userId', 'locale', 'theme'])
    .where((eb) => eb.or(members.map(({ workspaceId, userId }) => eb.and({ workspaceId, userId }))))
    .execute();
}
