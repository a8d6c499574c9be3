import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export interface MetricsListener {
  /** As `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Milliseconds that a client has for its request, and that an idle connection stays open. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 75_000 };

/** Serves /metrics, and nothing else, on a port of its own. Rejects when it cannot listen. */
export async function listenForMetrics(
  metrics: Pick<Metrics, 'registry' | 'text'>,
  { host, port }: { host: string; port: number },
): Promise<MetricsListener> {
  const server = createServer(timeouts, async (request, response) => {
    const isForMetrics = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
    const text = isForMetrics ? await metrics.text().catch(() => undefined) : undefined;
    if (text !== undefined) response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
    else
      response
        .writeHead(isForMetrics ? 500 : 404, { 'content-type': 'text/plain' })
        .end('The metrics are at /metrics.\n');
  });
  server.maxConnections = 100;
  server.listen(port, host);
  await once(server, 'listening');
  const { address, family, port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
