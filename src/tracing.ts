import type { AroundLoad } from '@magpie/graphql-cache/parts';
import { type DiagLogger, DiagLogLevel, diag, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { inTime } from './domains/time-limit.ts';
import { evidence } from './text/evidence.ts';

export interface TracingSettings {
  /** The URL that spans are sent to, by OTLP over HTTP. */
  readonly url: string;
}

interface TracingLog {
  warn(details: object, message: string): void;
}

/** Spans that are made, and how to end that. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Sends the spans that wait. Rejects if that takes longer than two seconds, as with a collector that does not respond. */
  stop(): Promise<void>;
}

/**
 * Starts OpenTelemetry: registers its context and its propagation of `traceparent`, and sends spans in batches. Its SDK is loaded
 * here, so that it costs nothing where it is not wanted. Where automatic instrumentation has registered a provider before, that one
 * is used. Service name, sampler, headers and limits are the SDK's own variables.
 */
export async function startTracing(
  { url, stopMs = 2_000 }: TracingSettings & { stopMs?: number },
  log: TracingLog,
): Promise<Tracing> {
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources;
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'magpie' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  diag.setLogger(failuresTo(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  provider.register(); // without effect where another provider is registered
  return { tracer: trace.getTracer('magpie'), stop: () => inTime(() => provider.shutdown(), stopMs) };
}

/** What the SDK reports of itself, such as that spans could not be sent. */
function failuresTo(log: TracingLog): DiagLogger {
  const warn = (reason: string) =>
    log.warn({ reason: evidence(reason, []) }, 'tracing: OpenTelemetry reports a problem');
  const ignore = () => {};
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
}

/** Makes a span of each load of the cache, beneath the span of the operation that caused it. */
export function spansOfLoads(tracer: Tracer): AroundLoad {
  return ({ coordinate, category, reason }, load) => {
    const attributes = {
      'magpie.cache.coordinate': coordinate,
      'magpie.cache.category': category,
      'magpie.cache.reason': reason,
    };
    return tracer.startActiveSpan(`load ${coordinate}`, { attributes }, async (span) => {
      try {
        return await load();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : typeof error });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}
