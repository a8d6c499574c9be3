import type { Queries } from '../../database/database.ts';
import { isForeignKeyViolation } from '../../database/errors.ts';
import type { SignInInput } from '../../generated/schema.ts';
import { emailKey } from '../../text/folding.ts';
import type { Context } from '../context.ts';
import { invalid, notFound, Refusal } from '../errors.ts';
import { inTransaction } from '../mutation.ts';
import { issueSession } from './credentials.ts';
import { verifyPassword } from './passwords.ts';
import { findMembershipsOfUsers, type ViewerRecord } from './repository.ts';

/** Opens a session. The request is anonymous, so `context.viewer` must not be read. */
export async function signIn(
  { email, password, workspaceId }: SignInInput,
  context: Context,
): Promise<{ token: string; expiresAt: string; viewer: ViewerRecord }> {
  const user = await findVerified({ email: emailKey(email), password }, context);
  if (!user) throw new Refusal([invalid(null, 'The e-mail address or the password is wrong.')]);

  const memberships = await findMembershipsOfUsers(context.queries, [user.id]);
  const entered =
    workspaceId == null ? memberships[0] : memberships.find((membership) => membership.workspaceId === workspaceId);
  if (!entered) throw noMembership(workspaceId);

  const { workspaceId: enteredId } = entered;
  const member = { userId: user.id, workspaceId: enteredId };
  context.changes.workspaceId = enteredId;
  try {
    const { token, expiresAt } = await inTransaction(context, async ({ queries, limits, changes, now }) => {
      const session = await issueSession(queries, { ...member, name: 'Session', limits: limits.sessions, now });
      changes.add('Token', ...session.endedIds);
      return session;
    });
    return { token, expiresAt, viewer: { ...member, sessionExpiresAt: expiresAt } };
  } catch (error) {
    if (isForeignKeyViolation(error)) throw noMembership(workspaceId); // the membership has ended meanwhile
    throw error;
  }
}

/** The user with this address and password; null if either is wrong. */
async function findVerified(
  { email, password }: { email: string; password: string },
  { queries, limits, client }: Context,
): Promise<{ id: string } | null> {
  let user: { id: string; passwordHash: string | null } | undefined;
  const fits = await limits.signIns.attempt({ client, email }, async () => {
    user = await findCredentials(queries, email);
    // The same work and the same result, whether the address or the password is wrong.
    return verifyPassword(password, user?.passwordHash ?? null);
  });
  return fits && user ? user : null;
}

function findCredentials(queries: Queries, email: string) {
  return queries.selectFrom('users').select(['id', 'passwordHash']).where('emailKey', '=', email).executeTakeFirst();
}

function noMembership(workspaceId: string | null | undefined): Refusal {
  return new Refusal([
    workspaceId == null
      ? invalid(null, 'Expected a member of a workspace, but you are a member of none.')
      : notFound('workspaceId', 'Workspace', workspaceId),
  ]);
}
