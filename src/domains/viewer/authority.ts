import type { WorkspaceRole } from '../../generated/schema.ts';

/** The rights of a member or an API token: a role, and the accounts that they may see. */
export interface Authority {
  readonly role: WorkspaceRole;
  /** Null means all accounts, including future ones. */
  readonly accountIds: readonly string[] | null;
}

/** In ascending order: each role has all rights of those before it. */
const roles: readonly WorkspaceRole[] = ['READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN', 'OWNER'];

/** Whether a role has all rights of the required role. */
export function mayAs(role: WorkspaceRole, required: WorkspaceRole): boolean {
  return roles.indexOf(role) >= roles.indexOf(required);
}

/** Whether `outer` sees all accounts that `inner` sees. */
export function isWithin(inner: Authority['accountIds'], outer: Authority['accountIds']): boolean {
  return outer === null || (inner?.every((id) => outer.includes(id)) ?? false);
}

/** The rights that two authorities have in common; the accounts are sorted and distinct. */
export function leastAuthority(one: Authority, other: Authority): Authority {
  return {
    role: mayAs(one.role, other.role) ? other.role : one.role,
    accountIds: commonAccounts(one.accountIds, other.accountIds),
  };
}

/** The accounts that both may see, sorted and distinct. */
export function commonAccounts(one: Authority['accountIds'], other: Authority['accountIds']): Authority['accountIds'] {
  const ids = one === null || other === null ? (one ?? other) : one.filter((id) => other.includes(id));
  return ids && [...new Set(ids)].sort();
}
