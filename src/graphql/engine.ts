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
  /** Memory for documents, and what is made of them. */
  readonly maxDocumentBytes?: number;
  /** Off: every field resolves as it is, until `allowCaching` says otherwise. */
  readonly isCaching: boolean;
  /** Whether answers are joined from serialised fragments. The answers are the same without, and slower. */
  readonly isJoining: boolean;
  /** Whether a workspace is warmed in the background when it is first used. */
  readonly isWarming: boolean;
  /** Tells other processes what was invalidated here; resolves when all of them have it. Alone, there is nobody to tell. */
  readonly spread?: (tags: readonly string[], cause: string | undefined) => Promise<void>;
  /** Whether every member may ask for explanations, not only ADMIN and above. */
  readonly isDemo: boolean;
  readonly clock?: Clock;
  readonly wallNow?: () => Date;
  readonly log: {
    alert(event: 'raised' | 'withdrawn', alert: Alert): void;
    /** Of what may go wrong again and again: expected to write the same message once a second at most. */
    failure(message: string, error: unknown, details?: object): void;
  };
}

type ExecuteFn = (args: ExecutionArgs) => ResultOrStream | Promise<ResultOrStream>;

/** One request, as the edge knows it. */
export interface EdgeRequest {
  /** Null when anonymous. */
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Whether explanations were asked for (`X-Cache-Debug: 1`). */
  readonly isDebugging: boolean;
  /** The network address that it came from, as far as it tells clients apart. */
  readonly client?: string;
}

/** An answer without errors. */
export interface RerunResult {
  readonly json: string;
  /** Undefined when there is anything in it that cannot be given to others: something stale, or past the cache. */
  readonly provenance: Provenance | undefined;
  readonly cacheUsage: CacheUsage;
  /** The reading of the cache's clock for which it was made. */
  readonly now: number;
}

/** GraphQL and the cache, put together: all that the edge and the background work need of them. */
export interface GraphqlEngine {
  readonly schema: GraphQLSchema;
  readonly plans: ReadonlyMap<string, FieldPlan>;
  readonly cache: Cache<CacheCategory>;
  readonly principals: Principals;
  /** Call it when something may have been written of which nothing is known here: it forgets everything, and subscribers are told. */
  clearAll(cause: string): void;
  /** Of the documents that clients send. */
  readonly documents: DocumentCache;
  /**
   * The logical time of a viewer's workspace: it moves with every invalidation that can concern them. `NaN`, which equals nothing,
   * while there must be no cache.
   */
  stampOf(viewer: Viewer): number;
  contextFor(request: EdgeRequest): RequestContext;
  /**
   * Allows the cache until a moment of `performance.now()`: `Infinity` for good, 0 not at all from now on. That resolves when no
   * request that began with it is still executing, or after a second. It begins empty each time.
   */
  allowCaching(untilMs: number): Promise<void>;
  /** Who a token stands for; null when it is unknown, expired or revoked. */
  authenticate(token: string): Viewer | null | Promise<Viewer | null>;
  /** Whether an operation asks for nothing but what everybody may ask for. */
  isForAnyone(document: DocumentNode, operationName: string | null | undefined): boolean;
  /** Runs an execution with all that goes with it; `executeFn` is the server's. */
  execute(args: OperationArgs, executeFn: ExecuteFn): Promise<ResultOrStream>;
  /**
   * Answers again what was asked and answered before, by the same means as `execute`. Undefined when the cache may not be used, and
   * when there is an error in the answer: then `execute` is to say so, and tries what failed once more.
   */
  rerun(operationRequest: OperationRequest, request: EdgeRequest): Promise<RerunResult | undefined>;
  /**
   * Whether an answer that was joined for this viewer would be joined again just so. If it would, its lookups are counted, and
   * the milliseconds for which its first entry stays fresh are returned; undefined otherwise.
   */
  reuse(answer: JoinedFragments, viewer: Viewer): number | undefined;
  /**
   * Whether an answer that was made for this viewer may be given to them again, who waited for it since before anything else was
   * invalidated. If it may, its lookups are counted.
   */
  share(provenance: Provenance, wait: { viewer: Viewer; waitedMs: number }): boolean;
  /** Runs a document through the schema, as Magpie's own background work in a workspace. Throws if it reports any error. */
  executeAsSystem(workspaceId: string, document: string, variables?: object): Promise<Record<string, unknown>>;
  /** Looks after the alerts; call it every half minute at least: they judge what happened since earlier looks, and the log hears of them. */
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
        log.failure('a token could not be touched', error),
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
      if (caching.isOn) feed.miss(); // of what others wrote while it was not
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
    onFailure: (error) => log.failure('a workspace could not be warmed whole', error),
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

/** Documents of background work are constants of the code: few, and right or a bug. */
function parseChecked(schema: GraphQLSchema, text: string): DocumentNode {
  const document = parse(text);
  const [error] = validate(schema, document);
  if (error) throw error;
  return document;
}
