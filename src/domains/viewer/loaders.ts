import DataLoader from 'dataloader';
import { grouped, inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import {
  type ApiTokenRecord,
  findApiTokensById,
  findMemberships,
  findMembershipsOfUsers,
  findPreferences,
  findUsers,
  findWorkspaces,
  type MembershipRecord,
  type PreferencesRecord,
  type UserRecord,
  type ViewerRecord,
  type WorkspaceRecord,
} from './repository.ts';

const keyOf = ({ workspaceId, userId }: ViewerRecord) => `${workspaceId} ${userId}`;
const byViewer = { cacheKeyFn: keyOf };

/**
 * Users, workspaces and what hangs on a viewer are found by the ids in rows that one may see already, whatever the scope:
 * the viewer of a fresh session has none yet. Ids that a caller sent go through `colleague`, `apiToken` and the scope.
 */
export function createViewerLoaders(source: LoaderSource) {
  const { queries } = source;
  const user = new DataLoader<string, UserRecord | null>(async (ids) =>
    inOrder(ids, await findUsers(queries, ids), (row) => row.id),
  );
  return {
    user,
    workspace: new DataLoader<string, WorkspaceRecord | null>(async (ids) =>
      inOrder(ids, await findWorkspaces(queries, ids), (row) => row.id),
    ),
    /** A member of the scope's workspace, as a person. */
    colleague: new DataLoader<string, UserRecord | null>(async (ids) => {
      const members = await findMemberships(queries, source.scope.workspaceId, ids);
      const users = await Promise.all(members.map(({ userId }) => user.load(userId)));
      return inOrder(
        ids,
        users.filter((found) => found !== null),
        (row) => row.id,
      );
    }),
    apiToken: new DataLoader<string, ApiTokenRecord | null>(async (ids) =>
      inOrder(ids, await findApiTokensById(queries, source.scope.workspaceId, ids), (row) => row.id),
    ),
    memberships: new DataLoader<string, MembershipRecord[]>(async (userIds) =>
      grouped(userIds, await findMembershipsOfUsers(queries, userIds), (row) => row.userId),
    ),
    preferences: new DataLoader<ViewerRecord, PreferencesRecord | null, string>(async (viewers) => {
      const rows = await findPreferences(queries, viewers);
      return inOrder(viewers.map(keyOf), rows, keyOf);
    }, byViewer),
  };
}
