import type { RequestListener } from 'node:http';
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import { useDocuments } from '@magpie/graphql-cache/yoga';
import type { Tracer } from '@opentelemetry/api';
import type { FormattedExecutionResult } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { CounterStore } from '../limits/rate-limiter.ts';
import { createAdapter } from './adapter.ts';
import { createProxyCheck, type TrustedProxies } from './client-address.ts';
import type { PaceClock } from './event-pace.ts';
import { createPipelineEnd, createTeller } from './every-response.ts';
import { GraphqlSockets, type SocketLimits, socketLimits } from './graphql-sockets.ts';
import { HotPath, type Pipeline } from './hot-path.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOriginCheck } from './origins.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import type { HttpPlugin, ServerContext, SocketMessage } from './plugin.ts';
import { RememberedResponses } from './remembered-responses.ts';
import { newRequestId } from './request-id.ts';
import { hasTarget, refuseTarget } from './request-target.ts';
import { linksTo } from './start-page.ts';
import { type SubscriptionLimits, Subscriptions } from './subscriptions.ts';
import { useAccessLog } from './use-access-log.ts';
import { useAuthentication } from './use-authentication.ts';
import { useCacheHeaders } from './use-cache-headers.ts';
import { useClientAddress } from './use-client-address.ts';
import { useCompression } from './use-compression.ts';
import { type CorsOptions, useCors } from './use-cors.ts';
import { type CostLimits, useCostLimit } from './use-cost-limit.ts';
import { useDashboard } from './use-dashboard.ts';
import { type EdgeEngine, useEngine } from './use-engine.ts';
import { maskError, useErrorReport } from './use-error-report.ts';
import { useGraphiql } from './use-graphiql.ts';
import { useHiddenSuggestions } from './use-hidden-suggestions.ts';
import { type Media, useMedia } from './use-media.ts';
import { useMediaTypes } from './use-media-types.ts';
import { useMessages } from './use-messages.ts';
import { type MetricsAccess, useMetrics } from './use-metrics.ts';
import { useNotFound } from './use-not-found.ts';
import { type BodyLimits, useParameters } from './use-parameters.ts';
import { usePersistedQueries } from './use-persisted-queries.ts';
import { type QueryLimits, useQueryLimits } from './use-query-limits.ts';
import { type RateLimits, useRateLimits } from './use-rate-limits.ts';
import { useRequestId } from './use-request-id.ts';
import { useSchemaText } from './use-schema-text.ts';
import { useSecurityHeaders } from './use-security-headers.ts';
import { useStartPage } from './use-start-page.ts';
import { useSubscriptions } from './use-subscriptions.ts';
import { tracedListener, tracedRepetitions, useTracing } from './use-tracing.ts';
import { useVariables } from './use-variables.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface HttpLimits extends BodyLimits, CostLimits, QueryLimits, RateLimits, SubscriptionLimits {
  /** Concurrent operations of one WebSocket, including subscriptions. */
  maxSocketOperations: number;
  /** Memory for queries that clients register by their hashes; with 0 they cannot. */
  maxRegisteredBytes: number;
  /** Memory for remembered responses. */
  maxAnswerBytes: number;
}

export interface ServerOptions {
  engine: EdgeEngine;
  media: Media;
  log: Logger;
  limits: HttpLimits;
  cors: CorsOptions;
  /** Folder that holds uploaded files until the response is sent. */
  uploadFolder: string;
  persistedOperations?: PersistedOperations;
  /** Counters of the rate limits that several processes share; absent when there is one process. */
  counters?: CounterStore;
  /** None when absent. */
  trustedProxies?: TrustedProxies;
  /** The text at `/schema.graphql`, which responds with 404 when this is absent, or when only persisted operations are accepted. */
  schemaText?: string;
  /** Folder with the built dashboard; `dist/dashboard` when absent. */
  dashboardFolder?: string;
  /** Open to everybody when absent. */
  metricsAccess?: MetricsAccess;
  /** Asks all workers for their metrics; absent with one process. */
  scrapeWorkers?: (() => Promise<WorkerMetrics>) | undefined;
  /** Makes spans of operations; none are made when absent. */
  tracer?: Tracer;
  /** Paces the events of subscriptions; the system's when absent. */
  paceClock?: PaceClock;
  /** Whether responses are remembered, which does not change them. */
  isHot?: boolean;
  socketLimits?: Partial<SocketLimits>;
  /** Further plugins, behind all others. */
  morePlugins?: readonly HttpPlugin[];
}

export interface Server {
  /** The request listener for `node:http`. */
  readonly listener: RequestListener;
  /** The same pipeline without a socket and without the hot path. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  readonly subscriptions: Subscriptions;
  readonly sockets: GraphqlSockets;
  readonly metrics: Metrics;
  /** Call it when tokens, roles or memberships may have changed. Ends subscriptions and connections that are no longer allowed. */
  recheck(): Promise<void>;
}

const graphqlPath = '/graphql';

/** Creates everything between bytes and the schema: one plugin per concern, in the order in which a request meets them. */
export function createServer(options: ServerOptions): Server {
  const { engine, media, log, limits, cors, uploadFolder, persistedOperations } = options;
  const { counters, trustedProxies = 0, isHot = true, metricsAccess = 'open', schemaText, dashboardFolder } = options;
  const { morePlugins = [], tracer } = options;
  const isOpen = !persistedOperations?.isExclusive;
  const shownSchema = isOpen ? schemaText : undefined;
  const authenticate = (token: string) => engine.authenticate(token);
  const subscriptions = new Subscriptions({ authenticate, clock: options.paceClock, ...limits });
  const metrics = createMetrics({
    openSubscriptions: () => subscriptions.size,
    openSockets: () => sockets.size,
    scrapeWorkers: options.scrapeWorkers,
  });

  const responses = new RememberedResponses({ engine, maxBytes: limits.maxAnswerBytes });

  const plugins: HttpPlugin[] = [
    useRequestId(),
    useClientAddress(trustedProxies),
    useSecurityHeaders(),
    useCors(cors),
    useMetrics(metrics, metricsAccess),
    useMedia(media),
    useGraphiql(graphqlPath),
    useDashboard(dashboardFolder),
    ...(shownSchema === undefined ? [] : [useSchemaText(shownSchema)]),
    useStartPage(linksTo({ graphqlPath, isOpen, hasSchema: shownSchema !== undefined, metricsAccess })),
    useNotFound(graphqlPath),

    useAuthentication(engine),
    useParameters({ ...limits, uploadFolder }),
    usePersistedQueries({ store: persistedOperations, ...limits }),
    useQueryLimits(limits),
    { ...(useDeferStream() as HttpPlugin), isRepeatable: true },
    { ...(useDocuments(engine.documents) as HttpPlugin), isRepeatable: true },
    useHiddenSuggestions(),

    useRateLimits(limits, counters),
    useEngine(engine),
    useVariables(),
    useCostLimit(limits),
    useMediaTypes(),
    useSubscriptions(subscriptions),
    useErrorReport(log),
    useCompression(),
    useCacheHeaders(),
    useMessages(),
    useAccessLog(log),
    ...(tracer ? [useTracing(tracer)] : []),
    ...morePlugins,
  ];
  const tell = createTeller(plugins);

  const yoga = createYoga<ServerContext>({
    schema: engine.schema,
    plugins: [...plugins, createPipelineEnd(plugins, { tell, responses })],
    graphqlEndpoint: graphqlPath,
    maskedErrors: { maskError, errorMessage: 'Unexpected error' },
    // Replaced by a plugin of this folder, or not wanted:
    batching: false,
    cors: false,
    graphiql: false,
    healthCheckEndpoint: 'none', // the listener serves it; no path equals `none`, as paths begin with a slash
    landingPage: false,
    logging: false,
    maxRequestBodySize: false,
    multipart: false,
    parserAndValidationCache: false,
  });

  const adapter = createAdapter(yoga, log);
  const sockets = new GraphqlSockets({
    ...{ ...socketLimits, ...options.socketLimits, authenticate, log, path: graphqlPath },
    isAllowedOrigin: createOriginCheck(cors.origins),
    maxMessageBytes: limits.maxBodyBytes,
    maxOperations: limits.maxSocketOperations,
    async answer(message: SocketMessage, token) {
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const init = {
        method: 'POST',
        headers: token === null ? headers : { ...headers, authorization: `Bearer ${token}` },
      };
      const response = await adapter.fetch(`http://socket${graphqlPath}`, init, { message });
      return message.parts ? {} : ((await response.json()) as FormattedExecutionResult);
    },
    onRefusal({ method = '', url = '' }, { status }) {
      const path = url.split('?', 1)[0]!.slice(0, 200);
      const startedAtMs = performance.now();
      tell({
        ...{ requestId: newRequestId(), method, path, viewer: null, operation: null, status, errorCodes: [] },
        ...{ isFromCache: false, isRepeated: false, startedAtMs },
      });
    },
  });
  const pipeline: Pipeline = (request, response, key) => {
    if (hasTarget(request)) adapter.listener(request, response, key);
    else refuseTarget(response);
  };
  const listener: RequestListener = isHot
    ? new HotPath(pipeline, {
        ...{ authenticate, responses, graphqlPath, onResponse: tell },
        begin: tracer && tracedRepetitions(tracer),
      }).listener
    : (request, response) => pipeline(request, response);
  return {
    listener: tracer ? tracedListener(listener, createProxyCheck(trustedProxies)) : listener,
    fetch: (url, init) => adapter.fetch(url, init),
    subscriptions,
    sockets,
    metrics,
    async recheck() {
      await Promise.all([subscriptions.recheck(), sockets.recheck()]);
    },
  };
}
