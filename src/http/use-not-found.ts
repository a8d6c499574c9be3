import type { HttpPlugin } from './plugin.ts';
import { refusalResponse } from './refusal.ts';

/** Comes after everything that has a path of its own. */
export function useNotFound(graphqlPath: string): HttpPlugin {
  return {
    onRequest({ url, endResponse }) {
      if (url.pathname === graphqlPath) return;
      endResponse(
        refusalResponse(`Nothing is here. GraphQL is at ${graphqlPath}.`, { status: 404, code: 'NOT_FOUND' }),
      );
    },
  };
}
