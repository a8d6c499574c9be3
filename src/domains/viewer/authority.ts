import type { WorkspaceRole } from '../../generated/schema.ts';

/** What somebody may: their role, and the accounts that they see. */
export interface Authority {
  readonly role: WorkspaceRole;
  /** Null sees all accounts, the ones to come included. */
  readonly accountIds: readonly string[] | null;
}

/** Each role may all that the ones before it may. */
const roles: readonly WorkspaceRole[] = ['READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN', 'OWNER'];

/** Whether a role may what asks for another. */
export function mayAs(role: WorkspaceRole, required: WorkspaceRole): boolean {
  return roles.indexOf(role) >= roles.indexOf(required);
}

/** Whether `outer` sees all accounts that `inner` sees. */
export function isWithin(inner: Authority['accountIds'], outer: Authority['accountIds']): boolean {
  return outer === null || (inner?.every((id) => outer.includes(id)) ?? false);
}

/** What both may; the accounts are sorted and distinct. */
export function leastAuthority(one: Authority, other: Authority): Authority {
  return {
    role: mayAs(one.role, other.role) ? other.role : one.role,
    accountIds: commonAccounts(one.accountIds, other.accountIds),
  };
}

/** The accounts that both see, sorted and distinct. */
export function commonAccounts(one: Authority['accountIds'], other: Authority['accountIds']): Authority['accountIds'] {
  const ids = one === null || other === null ? (one ?? other) : one.filter((id) => other.includes(id));
  return ids && [...new Set(ids)].sort();
}
