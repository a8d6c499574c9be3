import type { Metrics } from './metrics.ts';
import type { HttpPlugin } from './plugin.ts';

/** Counts each request by what it was, never by a name that a client chooses; tells the counts at /metrics. */
export function useMetrics(metrics: Metrics): HttpPlugin {
  return {
    async onRequest({ request, url, endResponse }) {
      if (request.method !== 'GET' || url.pathname !== '/metrics') return;
      const headers = { 'content-type': metrics.registry.contentType };
      endResponse(new Response(await metrics.text(), { headers }));
    },
    onResponse({ response, serverContext: { facts } }) {
      const seconds = (performance.now() - facts.startedAtMs) / 1000;
      metrics.countRequest({ type: facts.operation?.type ?? 'other', status: response.status, seconds });
    },
  };
}
