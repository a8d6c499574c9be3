import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import { countUsage, findMedia, type MediaAssetRecord } from './repository.ts';

export function createMediaLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    asset: loader<string, MediaAssetRecord | null>(async (ids) =>
      inOrder(ids, await findMedia(queries, scope.workspaceId, ids), (row) => row.id),
    ),
    usageCount: loader<string, number>(async (ids) => {
      const rows = await countUsage(queries, scope, ids);
      return inOrder(ids, rows, (row) => row.mediaId).map((row) => row?.count ?? 0);
    }),
  };
}
