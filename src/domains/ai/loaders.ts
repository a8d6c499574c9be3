import DataLoader from 'dataloader';
import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import { findGenerations, type GenerationRecord } from './repository.ts';

export function createAiLoaders({ queries, scope }: LoaderSource) {
  return {
    generation: new DataLoader<string, GenerationRecord | null>(async (ids) =>
      inOrder(ids, await findGenerations(queries, scope.workspaceId, ids), (row) => row.id),
    ),
  };
}
