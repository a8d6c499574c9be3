import type { RequestListener } from 'node:http';
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import type { FormattedExecutionResult } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { CounterStore } from '../limits/rate-limiter.ts';
import { createAdapter } from './adapter.ts';
import type { TrustedProxies } from './client-address.ts';
import { GraphqlSockets, type SocketLimits, socketLimits } from './graphql-sockets.ts';
import { HotPath, type HotResponse } from './hot-path.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOriginCheck } from './origins.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import type { HttpPlugin, ServerContext, SocketMessage } from './plugin.ts';
import { RememberedResponses } from './remembered-responses.ts';
import { newRequestId } from './request-id.ts';
import { hasTarget, refuseTarget } from './request-target.ts';
import { linksTo } from './start-page.ts';
import { type SubscriptionLimits, Subscriptions } from './subscriptions.ts';
import { durationSince, logRequest, useAccessLog } from './use-access-log.ts';
import { useAuthentication } from './use-authentication.ts';
import { useCacheHeaders } from './use-cache-headers.ts';
import { useClientAddress } from './use-client-address.ts';
import { useCompression } from './use-compression.ts';
import { type CorsOptions, useCors } from './use-cors.ts';
import { useCostLimit } from './use-cost-limit.ts';
import { useDocumentCache } from './use-document-cache.ts';
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
import { useRememberedResponses, useResultText } from './use-remembered-responses.ts';
import { useRequestId } from './use-request-id.ts';
import { useSchemaText } from './use-schema-text.ts';
import { useSecurityHeaders } from './use-security-headers.ts';
import { useStartPage } from './use-start-page.ts';
import { useSubscriptions } from './use-subscriptions.ts';
import { useVariables } from './use-variables.ts';

export interface HttpLimits extends BodyLimits, QueryLimits, RateLimits, SubscriptionLimits {
  /** Fields in a result. */
  maxCost: number;
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
  /** Open to everybody when absent. */
  metricsAccess?: MetricsAccess;
  /** Whether responses are remembered, which does not change them. */
  isHot?: boolean;
  socketLimits?: Partial<SocketLimits>;
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

/** Caches no validation errors: finding them again is cheap, and they take more memory than their document. */
const noErrorCache = { get: () => undefined, set() {} };

/** Creates everything between bytes and the schema: one plugin per concern, in the order in which a request meets them. */
export function createServer(options: ServerOptions): Server {
  const { engine, media, log, limits, cors, uploadFolder, persistedOperations } = options;
  const { counters, trustedProxies = 0, isHot = true, metricsAccess = 'open', schemaText } = options;
  const isOpen = !persistedOperations?.isExclusive;
  const shownSchema = isOpen ? schemaText : undefined;
  const authenticate = (token: string) => engine.authenticate(token);
  const subscriptions = new Subscriptions({ authenticate, ...limits });
  const metrics = createMetrics({
    openSubscriptions: () => subscriptions.size,
    openSockets: () => sockets.size,
  });

  const responses = new RememberedResponses(limits.maxAnswerBytes);

  const plugins: HttpPlugin[] = [
    useRequestId(),
    useClientAddress(trustedProxies),
    useSecurityHeaders(),
    useCors(cors),
    useMetrics(metrics, metricsAccess),
    useMedia(media),
    useGraphiql(graphqlPath),
    ...(shownSchema === undefined ? [] : [useSchemaText(shownSchema)]),
    useStartPage(linksTo({ graphqlPath, isOpen, hasSchema: shownSchema !== undefined, metricsAccess })),
    useNotFound(graphqlPath),

    useAuthentication(engine),
    useParameters({ ...limits, uploadFolder }),
    usePersistedQueries({ store: persistedOperations, ...limits }),
    useDocumentCache(engine.documents),
    useQueryLimits(limits),
    useDeferStream() as HttpPlugin,
    useHiddenSuggestions(),

    useRateLimits(limits, counters),
    useEngine(engine),
    useVariables(),
    useCostLimit(limits.maxCost),
    useMediaTypes(),
    useSubscriptions(subscriptions),
    useErrorReport(log),
    useResultText(),
    useCompression(),
    useCacheHeaders(),
    useRememberedResponses(responses),
    useMessages(),
    useAccessLog(log),
  ];

  const yoga = createYoga<ServerContext>({
    schema: engine.schema,
    plugins,
    graphqlEndpoint: graphqlPath,
    parserAndValidationCache: { documentCache: engine.documents, errorCache: noErrorCache },
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
  });

  const onHotResponse = ({
    request: { method, requestId, viewer, startedAtMs },
    operation,
    isFromCache,
  }: HotResponse) => {
    metrics.countHotResponse((performance.now() - startedAtMs) / 1000);
    const level = isFromCache ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) return; // usual for hits, which are the most frequent
    logRequest(log, level, {
      requestId,
      method,
      path: graphqlPath,
      operation: operation ?? undefined,
      type: 'query',
      viewer: viewer.kind,
      status: 200,
      durationMs: durationSince(startedAtMs),
    });
  };
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
    onRefusal({ method, url = '' }, { status }) {
      metrics.countRequest({ type: 'other', status, seconds: 0 });
      const path = url.split('?', 1)[0]!.slice(0, 200);
      logRequest(log, 'info', { requestId: newRequestId(), method, path, viewer: 'ANONYMOUS', status, durationMs: 0 });
    },
  });
  const pipeline: RequestListener = (request, response) => {
    if (hasTarget(request)) adapter.listener(request, response);
    else refuseTarget(response);
  };
  return {
    listener: isHot
      ? new HotPath(pipeline, { engine, responses, graphqlPath, onResponse: onHotResponse }).listener
      : pipeline,
    fetch: (url, init) => adapter.fetch(url, init),
    subscriptions,
    sockets,
    metrics,
    async recheck() {
      await Promise.all([subscriptions.recheck(), sockets.recheck()]);
    },
  };
}
