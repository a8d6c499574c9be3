import type {
  CreateApiTokenInput,
  Resolvers,
  RevokeApiTokenInput,
  UpdatePreferencesInput,
} from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import { conflict, limitReached, notFound, Refusal } from '../errors.ts';
import { idsOf } from '../ids.ts';
import { canonicalLocale } from '../locale.ts';
import { mutation, mutationInSteps, type Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { issueApiToken } from './credentials.ts';
import { removeMember, roleCeiling, updateMember } from './members.ts';
import {
  findApiTokens,
  findApiTokensById,
  findMembers,
  findPreferences,
  maxApiTokens,
  type PreferencesRecord,
} from './repository.ts';
import { signIn } from './sign-in.ts';
import { updateWorkspace } from './workspace.ts';

const defaultPreferences: PreferencesRecord = { locale: 'en', theme: 'SYSTEM' };

export const viewerResolvers: Resolvers = {
  Query: {
    viewer: (_parent, _args, { viewer: { userId, workspaceId, expiresAt = null } }) =>
      userId === null ? null : { userId, workspaceId, sessionExpiresAt: expiresAt },
    workspace: (_parent, _args, { loaders, viewer }) => loaders.viewer.workspace.load(viewer.workspaceId),
    members: (_parent, _args, { queries, viewer }) => findMembers(queries, viewer.workspaceId),
    apiTokens: (_parent, _args, { queries, viewer }) => findApiTokens(queries, viewer.workspaceId),
  },
  Mutation: {
    signIn: mutationInSteps(signIn),
    signOut: (parent, _args, context) => endSession(parent, { input: {} }, context),
    createApiToken: mutation(createApiToken),
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
    memberships: ({ userId }, _args, { loaders }) => loaders.viewer.memberships.load(userId),
    preferences: async (viewer, _args, { loaders }) =>
      (await loaders.viewer.preferences.load(viewer)) ?? defaultPreferences,
  },
  Membership: {
    workspace: async ({ workspaceId }, _args, { loaders }) => present(await loaders.viewer.workspace.load(workspaceId)),
    user: ({ userId }, _args, { loaders }) => loaders.viewer.user.load(userId),
  },
};

const endSession = mutation(signOut, { hasEnded: false });

/** Ends the session that asks. An API token is revoked, not signed out. */
async function signOut(_input: unknown, { queries, viewer, changes }: Transaction) {
  const ended = await queries
    .deleteFrom('tokens')
    .where('id', '=', viewer.tokenId)
    .where('kind', '=', 'SESSION')
    .returning('id')
    .execute();
  changes.add('Token', ...ended.map(({ id }) => id));
  return { hasEnded: ended.length > 0 };
}

async function createApiToken(input: CreateApiTokenInput, { queries, viewer, now }: Transaction) {
  const { workspaceId } = viewer;
  const problems = new Problems();
  const name = problems.title('name', input.name, 100);
  const tooHigh = roleCeiling(viewer, input.role);
  if (tooHigh) problems.add(tooHigh);
  problems.settle();

  // One at a time, so that two at once do not pass the limit together.
  await queries.selectFrom('workspaces').select('id').where('id', '=', workspaceId).forUpdate().execute();
  if ((await findApiTokens(queries, workspaceId)).length >= maxApiTokens)
    throw new Refusal([
      limitReached(null, maxApiTokens, `A workspace has at most ${maxApiTokens} API tokens: revoke one.`),
    ]);

  const { id, token } = await issueApiToken(queries, { workspaceId, role: input.role, name, now });
  const [apiToken] = await findApiTokensById(queries, workspaceId, [id]);
  return { token, apiToken: present(apiToken) };
}

async function revokeApiToken({ id }: RevokeApiTokenInput, { queries, viewer, changes }: Transaction) {
  const revoked = await queries
    .deleteFrom('tokens')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('kind', '=', 'API')
    .where('id', '=', anyOf(idsOf('ApiToken', [id])))
    .returning('id')
    .executeTakeFirst();
  if (!revoked) throw new Refusal([notFound('id', 'API token', id)]);
  changes.add('Token', revoked.id);
  return { revokedId: revoked.id };
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

/** What a foreign key promises to be there. */
function present<T>(row: T | null | undefined): T {
  if (row == null) throw new Error('expected a row that another refers to, but got none');
  return row;
}
