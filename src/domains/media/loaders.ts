import DataLoader from 'dataloader';
import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import { countUsage, findMedia, type MediaAssetRecord } from './repository.ts';

export function createMediaLoaders({ queries, scope }: LoaderSource) {
  return {
    asset: new DataLoader<string, MediaAssetRecord | null>(async (ids) =>
      inOrder(ids, await findMedia(queries, scope.workspaceId, ids), (row) => row.id),
    ),
    usageCount: new DataLoader<string, number>(async (ids) => {
      const rows = await countUsage(queries, scope.workspaceId, ids);
      return inOrder(ids, rows, (row) => row.mediaId).map((row) => row?.count ?? 0);
    }),
  };
}
