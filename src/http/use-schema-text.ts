import { createHash } from 'node:crypto';
import { conditionalResponse } from './conditional-request.ts';
import type { HttpPlugin } from './plugin.ts';

export const schemaPath = '/schema.graphql';

/**
 * Serves the schema in SDL, which includes what introspection leaves out: the directives of the fields. Everybody may read it, as
 * everybody may introspect. It is `text/plain`, as `application/graphql` is the type of requests of old clients.
 */
export function useSchemaText(text: string): HttpPlugin {
  const etag = `W/"${createHash('sha256').update(text).digest('base64url')}"`;
  return {
    isRepeatable: true,
    onRequest({ request, url, endResponse }) {
      if (url.pathname !== schemaPath || (request.method !== 'GET' && request.method !== 'HEAD')) return;
      const headers = { etag, 'cache-control': 'no-cache' };
      const conditional = conditionalResponse(request, headers);
      if (conditional) return endResponse(conditional);
      const body = request.method === 'HEAD' ? null : text;
      endResponse(new Response(body, { headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } }));
    },
  };
}
