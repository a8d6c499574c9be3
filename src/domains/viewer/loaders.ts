import { grouped, inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import { type ApiTokenRecord, findApiTokensById } from './api-token-repository.ts';
import {
  findMemberships,
  findMembershipsOfUsers,
  findPreferences,
  findUsers,
  findWorkspaces,
  type Member,
  type MembershipRecord,
  type PreferencesRecord,
  type UserRecord,
  type WorkspaceRecord,
} from './repository.ts';

const keyOf = ({ workspaceId, userId }: Member) => `${workspaceId} ${userId}`;

/**
 * Users, workspaces, memberships and preferences are loaded without regard to the scope, as a sign-in has none yet: their ids come
 * from rows that the viewer may see. Ids that a client sends go through `colleague` and `apiToken`, which apply the scope.
 */
export function createViewerLoaders(source: LoaderSource) {
  const { queries, loader, wideLoader } = source;
  return {
    user: loader<string, UserRecord | null>(async (ids) =>
      inOrder(ids, await findUsers(queries, ids), (row) => row.id),
    ),
    workspace: wideLoader<string, WorkspaceRecord | null>(async (ids) =>
      inOrder(ids, await findWorkspaces(queries, ids), (row) => row.id),
    ),
    /** A user who is a member of the scope's workspace. */
    colleague: loader<string, UserRecord | null>(async (ids) => {
      const members = await findMemberships(queries, source.scope.workspaceId, ids);
      const users = await findUsers(
        queries,
        members.map(({ userId }) => userId),
      );
      return inOrder(ids, users, (row) => row.id);
    }),
    apiToken: loader<string, ApiTokenRecord | null>(async (ids) =>
      inOrder(ids, await findApiTokensById(queries, source.scope, ids), (row) => row.id),
    ),
    memberships: wideLoader<string, MembershipRecord[]>(async (userIds) =>
      grouped(userIds, await findMembershipsOfUsers(queries, userIds), (row) => row.userId),
    ),
    preferences: loader<Member, PreferencesRecord | null, string>(async (members) => {
      const rows = await findPreferences(queries, members);
      return inOrder(members.map(keyOf), rows, keyOf);
    }, keyOf),
  };
}
