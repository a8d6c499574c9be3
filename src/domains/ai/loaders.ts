import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import { findGenerations, type GenerationRecord } from './repository.ts';

export function createAiLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    generation: loader<string, GenerationRecord | null>(async (ids) =>
      inOrder(ids, await findGenerations(queries, scope, ids), (row) => row.id),
    ),
  };
}
