// #region client
import { QueryClient, type QueryObserverOptions } from '@tanstack/query-core';
import { request } from './fetch.ts';

interface Templates {
  templates: { nodes: { id: string; title: string }[] };
}

const templatesDocument = 'query ($first: Int!) { templates(first: $first) { nodes { id title } } }';

/** Keys begin with the type in the result, so that a change of a type makes all of its queries outdated. */
export function templates(
  server: { url: string; token: string },
  first: number,
): QueryObserverOptions<Templates['templates']['nodes']> {
  return {
    queryKey: ['Template', first],
    queryFn: async () => (await request<Templates>(server, templatesDocument, { first })).templates.nodes,
  };
}

export function createQueryClient(): QueryClient {
  // The server responds from its cache, so refetching when a window is shown costs little.
  return new QueryClient({ defaultOptions: { queries: { staleTime: 10_000, retry: 1 } } });
}

/** Makes all queries of these types outdated; displayed ones are refetched. */
export async function forgetTypes(client: QueryClient, typeNames: readonly string[]): Promise<void> {
  for (const type of typeNames) await client.invalidateQueries({ queryKey: [type] });
}
// #endregion
