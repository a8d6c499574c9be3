import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import { countUsage, findTemplates, type TemplateRecord } from './repository.ts';

export function createTemplateLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    /** Templates of the workspace and of the gallery. */
    template: loader<string, TemplateRecord | null>(async (ids) =>
      inOrder(ids, await findTemplates(queries, scope.workspaceId, ids), (row) => row.id),
    ),
    usageCount: loader<string, number>(async (ids) => {
      const rows = await countUsage(queries, scope, ids);
      return inOrder<(typeof rows)[number], string | null>(ids, rows, (row) => row.templateId).map(
        (row) => row?.count ?? 0,
      );
    }),
  };
}
