import type { HttpPlugin } from './plugin.ts';
import { refusalResponse } from './refusal.ts';

/** Responds with 404 to other paths than GraphQL's. Comes after all plugins that serve a path. */
export function useNotFound(graphqlPath: string): HttpPlugin {
  return {
    isRepeatable: true,
    onRequest({ url, endResponse }) {
      if (url.pathname === graphqlPath) return;
      endResponse(
        refusalResponse(`Nothing is at this address. GraphQL is at ${graphqlPath}.`, {
          status: 404,
          code: 'NOT_FOUND',
        }),
      );
    },
  };
}
