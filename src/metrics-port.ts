import type { Config } from './config.ts';
import { namingVariable } from './error-message.ts';
import { listenForMetrics, type MetricsListener } from './http/metrics-listener.ts';
import type { Server } from './http/server.ts';
import type { MetricsAccess } from './http/use-metrics.ts';

/** Serves the metrics on their own port; undefined when they are on the server's port. */
export async function figuresOf(
  { metrics: { host, port } }: Config,
  { metrics }: Server,
): Promise<MetricsListener | undefined> {
  if (port === undefined) return undefined;
  return await namingVariable(
    { variable: 'METRICS_PORT', value: `${port} of ${host}` },
    listenForMetrics(metrics, { host, port }),
  );
}

export function metricsAccessOf({ metrics: { port, token } }: Config): MetricsAccess {
  if (port !== undefined) return 'elsewhere';
  return token === undefined ? 'open' : { token };
}
