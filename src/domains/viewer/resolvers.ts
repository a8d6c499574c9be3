import type { Resolvers, UpdatePreferencesInput } from '../../generated/schema.ts';
import { conflict, Refusal } from '../errors.ts';
import { canonicalLocale } from '../locale.ts';
import { mutation, mutationInSteps, type Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { findApiTokens } from './api-token-repository.ts';
import { adoptApiToken, createApiToken, revokeApiToken } from './api-tokens.ts';
import { removeMember, updateMember } from './members.ts';
import { findMembers, findPreferences, maxMemberships, type PreferencesRecord } from './repository.ts';
import { signIn } from './sign-in.ts';
import { updateWorkspace } from './workspace.ts';

const defaultPreferences: PreferencesRecord = { locale: 'en', theme: 'SYSTEM' };

export const viewerResolvers: Resolvers = {
  Query: {
    viewer: (_parent, _args, { viewer: { userId, workspaceId, expiresAt = null } }) =>
      userId === null ? null : { userId, workspaceId, sessionExpiresAt: expiresAt },
    workspace: (_parent, _args, { loaders, viewer }) => loaders.viewer.workspace.load(viewer.workspaceId),
    members: (_parent, _args, { queries, viewer }) => findMembers(queries, viewer),
    apiTokens: (_parent, _args, { queries, viewer }) => findApiTokens(queries, viewer),
  },
  Mutation: {
    signIn: mutationInSteps(signIn),
    signOut: (parent, _args, context) => endSession(parent, { input: {} }, context),
    createApiToken: mutation(createApiToken),
    adoptApiToken: mutation(adoptApiToken),
    revokeApiToken: mutation(revokeApiToken),
    updateMember: mutation(updateMember),
    removeMember: mutation(removeMember),
    updateWorkspace: mutation(updateWorkspace),
    updatePreferences: mutation(updatePreferences),
  },
  Viewer: {
    user: ({ userId }, _args, { loaders }) => loaders.viewer.user.load(userId),
    email: async ({ userId }, _args, { loaders }) => present(await loaders.viewer.user.load(userId)).email,
    currentMembership: async ({ userId, workspaceId }, _args, { loaders }) => {
      const memberships = await loaders.viewer.memberships.load(userId);
      return present(memberships.find((membership) => membership.workspaceId === workspaceId));
    },
    memberships: async ({ userId }, _args, { loaders }) =>
      (await loaders.viewer.memberships.load(userId)).slice(0, maxMemberships),
    preferences: async (viewer, _args, { loaders }) =>
      (await loaders.viewer.preferences.load(viewer)) ?? defaultPreferences,
  },
  ApiToken: {
    maker: ({ makerId }, _args, { loaders }) => (makerId === null ? null : loaders.viewer.user.load(makerId)),
  },
  Membership: {
    workspace: async ({ workspaceId }, _args, { loaders }) => present(await loaders.viewer.workspace.load(workspaceId)),
    user: ({ userId }, _args, { loaders }) => loaders.viewer.user.load(userId),
  },
};

const endSession = mutation(signOut, { hasEnded: false });

/**
 * Ends the session of the request. Has no effect on API tokens, which are revoked. Reported again when it is repeated, as the
 * process of the first request may have died before it told the others.
 */
async function signOut(_input: unknown, { queries, viewer, changes }: Transaction) {
  const ended = await queries
    .deleteFrom('tokens')
    .where('id', '=', viewer.tokenId)
    .where('kind', '=', 'SESSION')
    .returning('id')
    .execute();
  changes.add('Token', viewer.tokenId);
  return { hasEnded: ended.length > 0 };
}

async function updatePreferences(input: UpdatePreferencesInput, { queries, viewer, changes }: Transaction) {
  const { userId, workspaceId } = viewer;
  if (userId === null)
    throw new Refusal([conflict(null, 'Expected a person, but got an API token, which has no preferences.')]);
  const problems = new Problems();
  const locale = input.locale == null ? undefined : canonicalLocale(input.locale, problems);
  problems.settle();

  const [before = defaultPreferences] = await findPreferences(queries, [{ userId, workspaceId }]);
  const preferences = { locale: locale ?? before.locale, theme: input.theme ?? before.theme };
  await queries
    .insertInto('preferences')
    .values({ userId, workspaceId, ...preferences })
    .onConflict((conflicting) => conflicting.columns(['workspaceId', 'userId']).doUpdateSet(preferences))
    .execute();
  changes.add('UserPreferences', userId);
  return { preferences };
}

/** A row that a foreign key guarantees. */
function present<T>(row: T | null | undefined): T {
  if (row == null) throw new Error('expected a row that another refers to, but got none');
  return row;
}
