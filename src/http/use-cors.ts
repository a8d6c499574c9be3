import type { HttpPlugin } from './plugin.ts';

const preflight = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers':
    'authorization, content-type, x-request-id, x-requested-with, x-cache-debug, graphql-require-preflight, apollo-require-preflight',
  'access-control-max-age': '600',
};

/**
 * Lets pages of the named origins read answers; `*` names all. No other origin gets a CORS header at all, and none gets
 * `Allow-Credentials`: credentials are Bearer tokens, which a browser never sends by itself.
 */
export function useCors(origins: readonly string[]): HttpPlugin {
  const allowed = new Set(origins);
  const allows = (origin: string | null) => origin !== null && (allowed.has('*') || allowed.has(origin));
  return {
    onRequest({ request, endResponse }) {
      const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
      if (isPreflight && allows(request.headers.get('origin')))
        endResponse(new Response(null, { status: 204, headers: preflight }));
    },
    onResponse({ request, response: { headers } }) {
      if (allowed.size === 0) return;
      headers.append('vary', 'Origin');
      const origin = request.headers.get('origin');
      if (origin === null || !allows(origin)) return;
      headers.set('access-control-allow-origin', origin);
      headers.set('access-control-expose-headers', 'x-request-id, retry-after');
    },
  };
}
