import { createHash } from 'node:crypto';
import { publicSharing, type Sharing, sharingOf } from '@magpie/graphql-cache/parts';
import type { Viewer } from '../domains/scope.ts';

/** By viewer. The viewer object is cached across requests; see `Principals`. */
const sharingByViewer = new WeakMap<Viewer, Sharing>();

/**
 * Returns with whom a viewer shares entries. It holds every property of the viewer that a resolver of a scope may read, so that
 * only viewers who are equal in all of them share an entry. That includes role, time zone and visibility: a request that began
 * before they changed continues with the old ones, and later requests must not be served its entries.
 */
export function sharingWith(viewer: Viewer | null): Sharing {
  if (!viewer) return publicSharing;
  let sharing = sharingByViewer.get(viewer);
  if (!sharing) {
    const { workspaceId, userId, role, timeZone, weekStartsOn } = viewer;
    sharing = sharingOf({
      namespace: workspaceId,
      visibility: `${timeZone} ${weekStartsOn} ${visibleAccounts(viewer)}`,
      viewer: userId === null ? null : `${role} ${userId}`,
    });
    sharingByViewer.set(viewer, sharing);
  }
  return sharing;
}

/** The accounts that a viewer sees: `*` for all, otherwise a digest. Members with the same accounts see the same data. */
function visibleAccounts({ accountIds }: Viewer): string {
  if (!accountIds) return '*';
  return createHash('sha256').update(JSON.stringify(accountIds)).digest('base64url').slice(0, 22);
}
