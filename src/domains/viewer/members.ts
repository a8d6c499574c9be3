import type { RemoveMemberInput, UpdateMemberInput, WorkspaceRole } from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import type { Viewer } from '../context.ts';
import { type AnyUserError, conflict, invalid, notFound, Refusal } from '../errors.ts';
import { idsOf } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { lockMemberWithOwners, type MembershipRecord } from './repository.ts';

const roles: readonly WorkspaceRole[] = ['READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN', 'OWNER'];

/** What is wrong with giving away a role: nobody gives more than they have. Undefined when nothing is. */
export function roleCeiling(viewer: Viewer, role: WorkspaceRole): AnyUserError | undefined {
  if (roles.indexOf(role) <= roles.indexOf(viewer.role)) return undefined;
  return invalid('role', `Expected at most your own role, ${viewer.role}, but got ${role}.`);
}

/** Changes a member's role and the accounts that they see. */
export async function updateMember(
  input: UpdateMemberInput,
  transaction: Transaction,
): Promise<{ membership: MembershipRecord }> {
  const { queries, viewer } = transaction;
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
  return { membership: { ...member, role, accountIds } };
}

/** Takes a member out, with their tokens and preferences; conversations that they had are nobody's. */
export async function removeMember(
  { userId }: RemoveMemberInput,
  transaction: Transaction,
): Promise<{ removedUserId: string }> {
  const { queries, viewer, changes } = transaction;
  const { member, ownerCount } = await lockMember(userId, transaction);
  if (member.role === 'OWNER' && ownerCount === 1)
    throw new Refusal([conflict('userId', 'Expected another owner to remain, but got the last one.')]);

  const released = await queries
    .updateTable('conversations')
    .set({ assigneeId: null })
    .where('workspaceId', '=', viewer.workspaceId)
    .where('assigneeId', '=', userId)
    .returning('id')
    .execute();
  const tokens = await queries
    .deleteFrom('tokens')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('userId', '=', userId)
    .returning('id')
    .execute();
  await queries
    .deleteFrom('memberships')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('userId', '=', userId)
    .execute();
  changes.add('Conversation', ...released.map(({ id }) => id));
  changes.add('Token', ...tokens.map(({ id }) => id));
  return { removedUserId: userId };
}

/** The member, if they are there and the viewer may touch them. */
async function lockMember(userId: string, { queries, viewer }: Transaction) {
  const { member, ownerCount } = await lockMemberWithOwners(queries, { workspaceId: viewer.workspaceId, userId });
  if (!member) throw new Refusal([notFound('userId', 'User', userId)]);
  if (member.role === 'OWNER' && viewer.role !== 'OWNER')
    throw new Refusal([conflict('userId', `Expected an owner to change an owner, but got ${viewer.role}.`)]);
  return { member, ownerCount };
}

/** The accounts to confine a member to, sorted and distinct. Who is confined themselves gives only what they see. */
async function confinement(
  asked: readonly string[] | null,
  { queries, viewer }: Transaction,
  problems: Problems,
): Promise<readonly string[] | null> {
  if (asked === null) {
    if (viewer.accountIds) problems.add(conflict('accountIds', 'Expected accounts that you see, but got all.'));
    return null;
  }
  const ids = [...new Set(asked)].sort();
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
