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
export function useCors(options: CorsOptions): HttpPlugin {
  const { preflight, headersFor } = createCors(options);
  return {
    isRepeatable: true,
    onRequest({ request, endResponse }) {
      const origin = request.headers.get('origin');
      const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
      if (!isPreflight || !origin) return;
      endResponse(headersFor(origin) ? new Response(null, { status: 204, headers: preflight }) : refused(origin));
    },
    onResponse({ request, response }) {
      if (options.origins.length === 0) return;
      response.headers.append('vary', 'Origin');
      const headers = headersFor(request.headers.get('origin')) ?? {};
      for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    },
  };
}

export interface Cors {
  /** Headers of the answer to a preflight of an allowed origin, besides `headersFor` it. */
  readonly preflight: Readonly<Record<string, string>>;
  /** Headers of what a page of the origin may read; undefined when it may read nothing. */
  headersFor(origin: string | null | undefined): Readonly<Record<string, string>> | undefined;
}

export function createCors({ origins, headers }: CorsOptions): Cors {
  const isAllowed = createOriginCheck(origins);
  return {
    preflight: {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': [...new Set([...requestHeaders, ...headers])].join(', '),
      'access-control-max-age': '600',
    },
    headersFor(origin) {
      if (!origin || !isAllowed(origin)) return undefined;
      return {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': responseHeaders.join(', '),
      };
    },
  };
}

function refused(origin: string): Response {
  const shown = JSON.stringify(origin.slice(0, 200));
  return refusalResponse(
    `Pages of the origin ${shown} may not read responses: expected the origin in CORS_ORIGINS of the server, but it is not listed.`,
    { status: 403, code: 'FORBIDDEN' },
  );
}
