import DataLoader from 'dataloader';
import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import { findSettingsById, type SettingsRecord } from './repository.ts';

export function createSettingsLoaders({ queries, scope }: LoaderSource) {
  return {
    settings: new DataLoader<string, SettingsRecord | null>(async (ids) =>
      inOrder(ids, await findSettingsById(queries, scope.workspaceId, ids), (row) => row.id),
    ),
  };
}
