import { createHash, timingSafeEqual } from 'node:crypto';
import type { Metrics } from './metrics.ts';
import type { HttpPlugin } from './plugin.ts';
import { refusalResponse } from './refusal.ts';
import { bearerToken } from './use-authentication.ts';

/** Who may read /metrics: everybody, clients with the token, or nobody, because the metrics are served on a port of their own. */
export type MetricsAccess = 'open' | 'elsewhere' | { readonly token: string };

/** Counts requests by type and status, never by a name that a client chooses, and serves /metrics. */
export function useMetrics(metrics: Metrics, access: MetricsAccess): HttpPlugin {
  return {
    isRepeatable: true,
    async onRequest({ request, url, endResponse }) {
      if (request.method !== 'GET' || url.pathname !== '/metrics' || access === 'elsewhere') return;
      if (access === 'open' || isSame(bearerToken(request.headers.get('authorization') ?? undefined), access.token)) {
        const headers = { 'content-type': metrics.registry.contentType };
        endResponse(new Response(await metrics.text(), { headers }));
      } else endResponse(unauthorized());
    },
    onEveryResponse({ operation, status, isRepeated, startedAtMs }) {
      const seconds = (performance.now() - startedAtMs) / 1000;
      if (isRepeated) metrics.countHotResponse(seconds);
      else metrics.countRequest({ type: operation?.type ?? 'other', status, seconds });
    },
  };
}

/** Compares digests, which have the same length, in constant time, so that the time reveals nothing of the token. */
function isSame(sent: string | undefined, token: string): boolean {
  return sent !== undefined && timingSafeEqual(digest(sent), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function unauthorized(): Response {
  return refusalResponse('/metrics: expected `Authorization: Bearer <METRICS_TOKEN>`, but got none or another token.', {
    ...{ status: 401, code: 'UNAUTHENTICATED' },
    headers: { 'www-authenticate': 'Bearer realm="magpie metrics"' },
  });
}
