import type { Queries } from '../../database/database.ts';
import { isForeignKeyViolation } from '../../database/errors.ts';
import type { SignInInput } from '../../generated/schema.ts';
import type { Context } from '../context.ts';
import { invalid, notFound, Refusal } from '../errors.ts';
import { inTransaction } from '../mutation.ts';
import { issueSession } from './credentials.ts';
import { verifyPassword } from './passwords.ts';
import { findMembershipsOfUsers, type ViewerRecord } from './repository.ts';

/** Opens a session. Nobody is signed in yet, so `context.viewer` is not to be read here. */
export async function signIn(
  { email, password, workspaceId }: SignInInput,
  context: Context,
): Promise<{ token: string; viewer: ViewerRecord }> {
  const user = await findCredentials(context.queries, email);
  // The same work and the same answer whether the address or the password is wrong.
  const fits = await verifyPassword(password, user?.passwordHash ?? null);
  if (!user || !fits)
    throw new Refusal([invalid(null, 'Expected an e-mail address and its password, but got others.')]);

  const memberships = await findMembershipsOfUsers(context.queries, [user.id]);
  const entered =
    workspaceId == null ? memberships[0] : memberships.find((membership) => membership.workspaceId === workspaceId);
  if (!entered) throw noMembership(workspaceId);

  const viewer = { userId: user.id, workspaceId: entered.workspaceId };
  try {
    const { token } = await inTransaction(context, ({ queries, now }) =>
      issueSession(queries, { ...viewer, name: 'Session', now }),
    );
    return { token, viewer };
  } catch (error) {
    if (isForeignKeyViolation(error)) throw noMembership(workspaceId); // taken out of the workspace meanwhile
    throw error;
  }
}

function findCredentials(queries: Queries, email: string) {
  return queries
    .selectFrom('users')
    .select(['id', 'passwordHash'])
    .where('email', '=', email.trim().toLowerCase().replaceAll('\0', ''))
    .executeTakeFirst();
}

function noMembership(workspaceId: string | null | undefined): Refusal {
  return new Refusal([
    workspaceId == null
      ? invalid(null, 'Expected a member of a workspace, but got somebody who belongs to none.')
      : notFound('workspaceId', 'Workspace', workspaceId),
  ]);
}
