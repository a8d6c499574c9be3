import type { IncomingMessage, RequestListener } from 'node:http';
import type { CacheUsage } from '@magpie/graphql-cache/parts';
import { context, propagation, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { ExecutionArgs } from 'graphql';
import type { HotPathOptions, StartedRequest } from './hot-path.ts';
import type { HttpPlugin, RequestFacts, SentResponse, ServerContext } from './plugin.ts';

/**
 * Runs a listener within the trace that the request's `traceparent` names, if it comes from a trusted proxy: whoever writes that
 * header decides whether spans are made. Where `http` is instrumented already, its span is the parent of ours.
 */
export function tracedListener(
  listener: RequestListener,
  isFromProxy: (request: IncomingMessage) => boolean,
): RequestListener {
  return (request, response) => {
    const active = context.active();
    if (trace.getSpan(active) || !isFromProxy(request)) return listener(request, response);
    const parent = propagation.extract(active, request.headers);
    context.bind(parent, request); // so that listeners of its events, such as the end of the body, run within the trace
    return context.with(parent, listener, undefined, request, response);
  };
}

/**
 * Makes a span of each operation, from the request's arrival until the response begins, with what the cache did as attributes.
 * Names that clients choose are attributes, not part of the span's name. Loads and queries are spans beneath it.
 */
export function useTracing(tracer: Tracer): HttpPlugin {
  const spans = new WeakMap<RequestFacts, Span>();
  const run = ({ facts }: ServerContext, execute: (args: ExecutionArgs) => unknown) => {
    const span = begin(tracer, facts);
    spans.set(facts, span);
    const within = trace.setSpan(context.active(), span);
    return (args: ExecutionArgs) => context.with(within, execute, undefined, args);
  };
  return {
    isRepeatable: true,
    onExecute: ({ args, executeFn, setExecuteFn }) => setExecuteFn(run(args.contextValue, executeFn)),
    onSubscribe: ({ args, subscribeFn, setSubscribeFn }) => setSubscribeFn(run(args.contextValue, subscribeFn)),
    onResponse({ response, serverContext: { facts } }) {
      const span = spans.get(facts);
      if (!span) return;
      setCacheUsage(span, facts.context?.state.cacheUsage);
      end(span, { status: response.status, errorCodes: facts.errorCodes });
    },
  };
}

/** Makes a span of each operation of the hot path. One that is executed again has its loads beneath it. */
export function tracedRepetitions(tracer: Tracer): NonNullable<HotPathOptions['begin']> {
  return (request) => {
    const span = begin(tracer, request);
    const within = trace.setSpan(context.active(), span);
    return {
      within: (fill) => context.with(within, fill),
      end(response, usage) {
        if (usage) setCacheUsage(span, usage);
        else span.setAttributes({ 'magpie.cache.outcome': 'HIT', 'magpie.response.remembered': true });
        end(span, response);
      },
    };
  };
}

function begin(tracer: Tracer, request: StartedRequest): Span {
  const { operation, requestId, startedAtMs } = request;
  const span = tracer.startSpan(operation?.type ?? 'operation', { startTime: startedAtMs });
  span.setAttribute('magpie.request.id', requestId);
  if (operation) span.setAttribute('graphql.operation.type', operation.type);
  if (operation?.name) span.setAttribute('graphql.operation.name', operation.name);
  return span;
}

function setCacheUsage(span: Span, usage: CacheUsage | undefined): void {
  if (!usage) return;
  const { hits, stale, misses, bypasses } = usage;
  span.setAttributes({
    'magpie.cache.outcome': outcomeOf(usage),
    ...{ 'magpie.cache.hits': hits, 'magpie.cache.stale': stale },
    ...{ 'magpie.cache.misses': misses, 'magpie.cache.bypasses': bypasses },
  });
}

/** The worst of what happened to the lookups. */
function outcomeOf({ hits, stale, misses, bypasses }: CacheUsage): string {
  if (misses > 0) return 'MISS';
  if (bypasses > 0) return 'BYPASS';
  if (stale > 0) return 'STALE';
  return hits > 0 ? 'HIT' : 'NONE';
}

function end(span: Span, { status, errorCodes }: Pick<SentResponse, 'status' | 'errorCodes'>): void {
  span.setAttribute('http.response.status_code', status);
  if (errorCodes.length > 0) span.setAttribute('magpie.error.codes', [...new Set(errorCodes)]);
  if (status >= 500 || errorCodes.includes('INTERNAL')) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(performance.now()); // as exact as its beginning: a Date has whole milliseconds
}
