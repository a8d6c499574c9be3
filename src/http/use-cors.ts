import { createOriginCheck } from './origins.ts';
import type { HttpPlugin } from './plugin.ts';
import { refusalResponse } from './refusal.ts';

export interface CorsOptions {
  /** As for `createOriginCheck`; when empty, pages of other origins may read nothing. */
  readonly origins: readonly string[];
  /** Names of request headers that pages may send in addition to `requestHeaders`. */
  readonly headers: readonly string[];
}

/** Request headers of this server, of GraphQL clients, and of tracing libraries in browsers. */
const requestHeaders = [
  ...['authorization', 'content-type', 'if-none-match', 'if-match', 'if-range', 'range'],
  ...['x-request-id', 'x-correlation-id', 'x-requested-with', 'x-cache-debug'],
  ...['graphql-require-preflight', 'apollo-require-preflight'],
  ...['apollographql-client-name', 'apollographql-client-version', 'graphql-client-name', 'graphql-client-version'],
  ...['x-apollo-operation-name', 'x-apollo-operation-id', 'x-apollo-operation-type'],
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'b3', 'newrelic', 'x-amzn-trace-id'],
  ...['x-datadog-origin', 'x-datadog-parent-id', 'x-datadog-sampling-priority', 'x-datadog-trace-id'],
];

/** Response headers that pages may read in addition to those that the Fetch standard always exposes. */
const responseHeaders = [
  ...['etag', 'cache-status', 'retry-after', 'x-request-id'],
  ...['accept-ranges', 'content-disposition', 'content-range'],
];

/**
 * Lets pages of the listed origins read responses. Other origins get no CORS header, and none gets `Allow-Credentials`: credentials
 * are Bearer tokens, which a browser never sends by itself. A refused preflight states the reason, which browsers show in their
 * network panel.
 */
export function useCors({ origins, headers }: CorsOptions): HttpPlugin {
  const isAllowed = createOriginCheck(origins);
  const preflight = {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': [...new Set([...requestHeaders, ...headers])].join(', '),
    'access-control-max-age': '600',
  };
  return {
    onRequest({ request, endResponse }) {
      const origin = request.headers.get('origin');
      const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
      if (!isPreflight || !origin) return;
      endResponse(isAllowed(origin) ? new Response(null, { status: 204, headers: preflight }) : refused(origin));
    },
    onResponse({ request, response }) {
      if (origins.length === 0) return;
      response.headers.append('vary', 'Origin');
      const origin = request.headers.get('origin');
      if (!origin || !isAllowed(origin)) return;
      response.headers.set('access-control-allow-origin', origin);
      response.headers.set('access-control-expose-headers', responseHeaders.join(', '));
    },
  };
}

function refused(origin: string): Response {
  const shown = JSON.stringify(origin.slice(0, 200));
  return refusalResponse(
    `Pages of the origin ${shown} may not read answers: expected it in the variable CORS_ORIGINS of the server, but it is not there.`,
    { status: 403, code: 'FORBIDDEN' },
  );
}
