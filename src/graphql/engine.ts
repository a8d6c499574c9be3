import { type DocumentNode, type ExecutionArgs, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { Cache } from '../cache/cache.ts';
import { type Clock, systemClock } from '../cache/clock.ts';
import type { Policy } from '../cache/policy.ts';
import { inLane, type Queries } from '../database/database.ts';
import type { Ports, Viewer } from '../domains/context.ts';
import { today } from '../domains/date-range.ts';
import type { ProductLimits } from '../domains/product-limits.ts';
import { resolvers } from '../domains/resolvers.ts';
import { SharedBatches } from '../domains/shared-batches.ts';
import { mayAs } from '../domains/viewer/authority.ts';
import { findSystemViewer, findViewer, touchToken } from '../domains/viewer/credentials.ts';
import type { CacheCategory } from '../generated/schema.ts';
import { type Alert, AlertWatch } from './alerts.ts';
import { isForAnyone } from './audience.ts';
import { cacheMutationResolvers } from './cache-mutations.ts';
import { statisticsResolvers } from './cache-statistics.ts';
import { CachingSwitch } from './caching-switch.ts';
import { type ClientInvalidation, createClientInvalidation } from './client-invalidation.ts';
import { createContext } from './context.ts';
import { DocumentCache } from './document-cache.ts';
import { afterExecution, type ResultOrStream } from './execution.ts';
import type { FieldPlan } from './field-plan.ts';
import { type AttachedFragment, countCoalesced, countFragment, freshUntilOf, revalidateFragment } from './fragments.ts';
import { InvalidationFeed } from './invalidation-feed.ts';
import {
  executeJoined,
  type JoinedFragments,
  type JoinedResult,
  type OperationArgs,
  type OperationRequest,
  type Provenance,
} from './joined-execution.ts';
import { NamespaceClock } from './namespace-clock.ts';
import { Principals } from './principals.ts';
import { isRefusal } from './reportable.ts';
import type { CacheUsage, RequestContext } from './request.ts';
import { QueryOperations } from './root-fields.ts';
import { buildPlannedSchema, readTypeDefs } from './schema.ts';
import { subscriptionResolvers } from './subscriptions.ts';
import { Warmer } from './warmer.ts';

export interface EngineOptions {
  readonly queries: Queries;
  readonly ports: Ports;
  readonly limits: ProductLimits;
  readonly policies: Readonly<Record<CacheCategory, Policy>>;
  /** Most bytes for documents and the data derived from them. */
  readonly maxDocumentBytes?: number;
  /** Whether the cache is used from the start; `allowCaching` changes it. */
  readonly isCaching: boolean;
  /** Whether results are joined from fragments. Without it results are the same, and slower. */
  readonly isJoining: boolean;
  /** Whether a workspace is warmed in the background when it is first used. */
  readonly isWarming: boolean;
  /** Sends an invalidation to the other processes; resolves when all have applied it. Absent in a single process. */
  readonly spread?: (tags: readonly string[], cause: string | undefined) => Promise<void>;
  /** Whether every member may request explanations, not only ADMIN and above. */
  readonly isDemo: boolean;
  readonly clock?: Clock;
  readonly wallNow?: () => Date;
  readonly log: {
    alert(event: 'raised' | 'withdrawn', alert: Alert): void;
    /** Logs a failure that may repeat often. Should write the same message at most once a second. */
    failure(message: string, error: unknown, details?: object): void;
  };
}

type ExecuteFn = (args: ExecutionArgs) => ResultOrStream | Promise<ResultOrStream>;

/** The edge's part of a request. */
export interface EdgeRequest {
  /** Null when anonymous. */
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Whether explanations were requested (`X-Cache-Debug: 1`). */
  readonly isDebugging: boolean;
  /** The network address, as far as it identifies a client. */
  readonly client?: string;
}

/** The result of `rerun`, without errors. */
export interface RerunResult {
  readonly json: string;
  /** Undefined if the result cannot be shared, because a part is stale or bypassed the cache. */
  readonly provenance: Provenance | undefined;
  readonly cacheUsage: CacheUsage;
  /** The reading of the cache's clock that the execution used. */
  readonly now: number;
}

/** GraphQL with the cache: the interface for the edge and for background work. */
export interface GraphqlEngine {
  readonly schema: GraphQLSchema;
  readonly plans: ReadonlyMap<string, FieldPlan>;
  readonly cache: Cache<CacheCategory>;
  readonly principals: Principals;
  /** Clears everything and notifies subscribers. Call it when there may be a write whose invalidation did not arrive. */
  clearAll(cause: string): void;
  /** The documents that clients send. */
  readonly documents: DocumentCache;
  /**
   * The stamp of a viewer's workspace; it advances with every invalidation that may concern the viewer. `NaN`, which equals nothing,
   * while the cache may not be used.
   */
  stampOf(viewer: Viewer): number;
  contextFor(request: EdgeRequest): RequestContext;
  /**
   * Allows the cache until a time of `performance.now()`; `Infinity` means without limit, 0 forbids it from now on. Resolves when no
   * execution that uses the cache is running, or after a second. The cache is empty each time it is allowed again.
   */
  allowCaching(untilMs: number): Promise<void>;
  /** The viewer of a token; null if the token is unknown, expired or revoked. */
  authenticate(token: string): Viewer | null | Promise<Viewer | null>;
  /** Whether all root fields of an operation are open to anonymous requests. */
  isForAnyone(document: DocumentNode, operationName: string | null | undefined): boolean;
  /** Executes an operation: joined from fragments if possible, otherwise with the server's `executeFn`. */
  execute(args: OperationArgs, executeFn: ExecuteFn): Promise<ResultOrStream>;
  /**
   * Executes again a request that was executed before, as `execute` does. Returns undefined if the cache may not be used, or the result
   * has errors: the caller then calls `execute`, which tries the failed fields again and reports the errors.
   */
  rerun(operationRequest: OperationRequest, request: EdgeRequest): Promise<RerunResult | undefined>;
  /**
   * Validates a result that was joined for this viewer. If its fragments are all valid and fresh, counts their lookups and returns the
   * milliseconds for which all stay fresh; otherwise returns undefined.
   */
  reuse(joined: JoinedFragments, viewer: Viewer): number | undefined;
  /**
   * Returns whether a result may be given to another request of the same viewer that waited for it, with no invalidation since that
   * request arrived. If so, counts its lookups.
   */
  share(provenance: Provenance, wait: { viewer: Viewer; waitedMs: number }): boolean;
  /** Executes a document as the system viewer of a workspace, for background work. Throws an `AggregateError` if there are errors. */
  executeAsSystem(workspaceId: string, document: string, variables?: object): Promise<Record<string, unknown>>;
  /** Checks the alerts, and logs those that changed. Call it at least every 30 s, because it takes samples of the counters. */
  checkAlerts(): readonly Alert[];
}

export function createGraphqlEngine(options: EngineOptions): GraphqlEngine {
  const {
    queries,
    ports,
    limits,
    clock = systemClock,
    wallNow = () => new Date(),
    spread = async () => {},
    log,
  } = options;
  const cache = new Cache<CacheCategory>({
    ...{ policies: options.policies, clock, isRefusal },
    onFailure({ isHidden, error, category, coordinate }) {
      if (isHidden) log.failure('cache: a load failed that clients are not told of', error, { category, coordinate });
    },
  });
  const feed = new InvalidationFeed();
  const alerts = new AlertWatch({ now: wallNow, log: log.alert });
  const findPrincipal = async (token: string) => {
    const viewer = await findViewer(inLane(queries, 'authentication'), token, wallNow());
    if (viewer)
      touchToken(inLane(queries, 'authentication'), viewer.tokenId, wallNow()).catch((error) =>
        log.failure('the use of a token could not be recorded', error),
      );
    return viewer;
  };
  const principals = new Principals({ clock, wallNow, find: findPrincipal });
  const clearAll = (cause?: string) => {
    cache.clear({}, cause);
    principals.clear();
  };
  const caching = new CachingSwitch({
    isOn: options.isCaching,
    clearAll() {
      clearAll();
      if (caching.isOn) feed.miss(); // other servers wrote while the cache was off
    },
  });
  const namespaceClock = new NamespaceClock();
  const stampOf = (workspaceId?: string) =>
    workspaceId === undefined ? cache.stamp : namespaceClock.stampOf(workspaceId);
  cache.onInvalidate((tags, cause) => {
    namespaceClock.advance(tags, cache.stamp);
    principals.invalidate(tags, cause);
    feed.publish(tags);
  });

  let clientInvalidation: ((tags: readonly string[]) => ClientInvalidation) | undefined;
  const { schema, plans, nodeTags } = buildPlannedSchema({
    typeDefs: readTypeDefs(),
    resolvers: [
      ...resolvers,
      statisticsResolvers(cache, alerts, wallNow()),
      cacheMutationResolvers({ cache, spread, warmer: () => warmer }),
      subscriptionResolvers({ feed, clientInvalidationOf: (tags) => clientInvalidation!(tags) }),
    ],
    cache,
    invalidate(tags, cause) {
      cache.invalidate(tags, cause);
      return spread(tags, cause);
    },
  });
  clientInvalidation = createClientInvalidation(plans);

  const sources = {
    ...{ queries, ports, limits, wallNow, stampOf, cacheNow: () => cache.now() },
    sharedLoads: new SharedBatches(),
    isCaching: () => caching.isOn,
  };
  const newContext = (request: EdgeRequest) => createContext(sources, request);
  const background = (viewer: Viewer) => newContext({ viewer, requestId: 'background', isDebugging: false });
  const warmer = new Warmer({
    ...{ schema, contextFor: background },
    onFailure: (error) => log.failure('a workspace was warmed only in part', error),
  });
  const kept = new DocumentCache(options.maxDocumentBytes);
  const operations = new QueryOperations(schema, plans, kept);
  const isOver = (day: string | undefined, { timeZone }: Viewer) =>
    day !== undefined && today(timeZone, wallNow()) !== day;
  const documents = new Map<string, DocumentNode>();
  const contextFor = ({ viewer, isDebugging, ...request }: EdgeRequest) => {
    if (viewer && options.isWarming && caching.isOn) warmer.warmOnce(viewer);
    const mayDebug = viewer !== null && (options.isDemo || mayAs(viewer.role, 'ADMIN'));
    return newContext({ ...request, viewer, isDebugging: isDebugging && mayDebug });
  };
  const join = async (args: OperationArgs, context: RequestContext) => {
    context.state.traces = new Map();
    const joined = options.isJoining ? await executeJoined(args, { cache, operations, schema, nodeTags }) : undefined;
    return joined && afterExecution(cache, context, joined);
  };

  return {
    schema,
    plans,
    cache,
    principals,
    clearAll(cause) {
      clearAll(cause);
      feed.miss();
    },
    documents: kept,
    stampOf: ({ workspaceId }) => (caching.isOn ? stampOf(workspaceId) : Number.NaN),
    contextFor,
    allowCaching: (untilMs) => caching.allowUntil(untilMs),
    authenticate: (token) => (caching.isOn ? principals.authenticate(token) : findPrincipal(token)),
    isForAnyone: (document, operationName) => isForAnyone(plans, document, operationName),
    async execute(args, executeFn) {
      const context = args.contextValue as RequestContext;
      if (!context.state.isCaching) return afterExecution(undefined, context, await executeFn(args));
      return await caching.during(
        async () => (await join(args, context)) ?? afterExecution(cache, context, await executeFn(args)),
      );
    },
    async rerun(operationRequest, request) {
      const context = contextFor(request);
      if (!context.state.isCaching) return undefined;
      const args = { schema, contextValue: context, ...operationRequest };
      const result = (await caching.during(() => join(args, context))) as JoinedResult | undefined;
      if (!result || result.errors) return undefined;
      const { cacheUsage, now } = context.state;
      return { json: result.stringify(result), provenance: result.provenance, cacheUsage, now };
    },
    reuse({ fragments, day }, viewer) {
      if (!caching.isOn || isOver(day, viewer)) return undefined;
      const now = cache.now();
      if (!fragments.every((fragment) => revalidateFragment(cache, fragment, now))) return undefined;
      let freshUntil = Number.POSITIVE_INFINITY;
      for (const fragment of fragments as readonly AttachedFragment[]) {
        countFragment(cache, fragment);
        freshUntil = Math.min(freshUntil, freshUntilOf(fragment));
      }
      return freshUntil - now;
    },
    share({ day, foundFragments, executedTraces }, { viewer, waitedMs }) {
      if (!caching.isOn || isOver(day, viewer)) return false;
      for (const fragment of foundFragments) countFragment(cache, fragment);
      for (const trace of executedTraces) countCoalesced(cache, trace, waitedMs);
      return true;
    },
    async executeAsSystem(workspaceId, text, variables = {}) {
      const viewer = await findSystemViewer(inLane(queries, workspaceId), workspaceId);
      if (!viewer) throw new Error(`expected a workspace, but got ${workspaceId}`);
      const document = documents.get(text) ?? parseChecked(schema, text);
      documents.set(text, document);
      const contextValue = background(viewer);
      const result = await execute({ schema, document, contextValue, variableValues: { ...variables } });
      if (result.errors?.length)
        throw new AggregateError(result.errors, result.errors.map((error) => error.message).join(' '));
      return { ...result.data };
    },
    checkAlerts: () => alerts.check({ recent: cache.recent(), bytes: cache.snapshot().total.bytes }),
  };
}

/** Parses and validates a document of background work. Such documents are few constants of the code, so an error is a bug. */
function parseChecked(schema: GraphQLSchema, text: string): DocumentNode {
  const document = parse(text);
  const [error] = validate(schema, document);
  if (error) throw error;
  return document;
}
