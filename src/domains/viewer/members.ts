import type { RemoveMemberInput, UpdateMemberInput, WorkspaceRole } from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import { type AnyUserError, conflict, invalid, notFound, Refusal } from '../errors.ts';
import { idsOf } from '../ids.ts';
import { releaseConversations } from '../inbox/triage.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import type { Viewer } from '../scope.ts';
import { apiTokenIdsOf } from './api-token-repository.ts';
import { isWithin, mayAs } from './authority.ts';
import { lockMemberWithOwners, type MembershipRecord } from './repository.ts';

/** The error of granting a role above one's own; undefined if the role may be granted. */
export function roleCeiling({ role: own }: Pick<Viewer, 'role'>, role: WorkspaceRole): AnyUserError | undefined {
  return mayAs(own, role) ? undefined : invalid('role', `Expected at most your own role, ${own}, but got ${role}.`);
}

/** Changes a member's role and accounts. Unassigns their conversations that they may no longer see. */
export async function updateMember(
  input: UpdateMemberInput,
  transaction: Transaction,
): Promise<{ membership: MembershipRecord }> {
  const { queries, viewer, changes } = transaction;
  const { member, ownerCount } = await lockMember(input.userId, transaction);
  const role = input.role ?? member.role;

  const problems = new Problems();
  const tooHigh = input.role && roleCeiling(viewer, input.role);
  if (tooHigh) problems.add(tooHigh);
  if (member.role === 'OWNER' && role !== 'OWNER' && ownerCount === 1)
    problems.add(conflict('role', 'Expected another owner to remain, but got the last one.'));
  const accountIds =
    input.accountIds === undefined ? member.accountIds : await confinement(input.accountIds, transaction, problems);
  problems.settle();

  await queries
    .updateTable('memberships')
    .set({ role, accountIds: accountIds && [...accountIds] })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('userId', '=', member.userId)
    .execute();
  if (accountIds) await releaseConversations(transaction, { userId: member.userId, keep: accountIds });
  changes.add('ApiToken', ...(await apiTokenIdsOf(queries, member)));
  return { membership: { ...member, role, accountIds } };
}

/** Removes a member, with their sessions, the API tokens that they made, and their preferences. Unassigns their conversations. */
export async function removeMember(
  { userId }: RemoveMemberInput,
  transaction: Transaction,
): Promise<{ removedUserId: string }> {
  const { queries, viewer, changes } = transaction;
  const { member, ownerCount } = await lockMember(userId, transaction);
  if (member.role === 'OWNER' && ownerCount === 1)
    throw new Refusal([conflict('userId', 'Expected another owner to remain, but got the last one.')]);

  await releaseConversations(transaction, { userId, keep: [] });
  const tokens = await queries
    .deleteFrom('tokens')
    .where('workspaceId', '=', viewer.workspaceId)
    .where((eb) => eb.or([eb('userId', '=', userId), eb('makerId', '=', userId)]))
    .returning('id')
    .execute();
  await queries
    .deleteFrom('memberships')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('userId', '=', userId)
    .execute();
  changes.add('Token', ...tokens.map(({ id }) => id));
  return { removedUserId: userId };
}

/** Locks a member. Refuses unless they exist, see no account beyond the viewer's, and may be changed by the viewer. */
async function lockMember(userId: string, { queries, viewer }: Transaction) {
  const { member, ownerCount } = await lockMemberWithOwners(queries, { workspaceId: viewer.workspaceId, userId });
  if (!member || !isWithin(member.accountIds, viewer.accountIds))
    throw new Refusal([notFound('userId', 'User', userId)]);
  if (member.role === 'OWNER' && viewer.role !== 'OWNER')
    throw new Refusal([conflict('userId', `Expected an owner to change an owner, but got ${viewer.role}.`)]);
  return { member, ownerCount };
}

/** The accounts to which a member is confined, sorted and distinct. A confined viewer may grant only accounts that they see. */
async function confinement(
  requested: readonly string[] | null,
  { queries, viewer }: Transaction,
  problems: Problems,
): Promise<readonly string[] | null> {
  if (requested === null) {
    if (viewer.accountIds) problems.add(conflict('accountIds', 'Expected accounts that you may see, but got all.'));
    return null;
  }
  const ids = [...new Set(requested)].sort();
  const found = await queries
    .selectFrom('accounts')
    .select('id')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(idsOf('Account', ids)))
    .execute();
  const visible = new Set(found.map(({ id }) => id).filter((id) => viewer.accountIds?.includes(id) ?? true));
  for (const id of ids) if (!visible.has(id)) problems.add(notFound('accountIds', 'Account', id));
  return ids;
}
