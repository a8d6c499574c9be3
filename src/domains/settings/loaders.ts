import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import { findSettingsById, type SettingsRecord } from './repository.ts';

export function createSettingsLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    settings: loader<string, SettingsRecord | null>(async (ids) =>
      inOrder(ids, await findSettingsById(queries, scope.workspaceId, ids), (row) => row.id),
    ),
  };
}
