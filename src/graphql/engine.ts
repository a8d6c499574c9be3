import { systemClock } from '@magpie/cache';
import { EntryCache } from '@magpie/cache/entries';
import {
  countingResolver,
  countReuse,
  Documents,
  executeJoined,
  isRefusal,
  type JoinedResult,
  NamespaceClock,
  type OperationArgs,
  ResultSize,
  reuseFragments,
} from '@magpie/graphql-cache/parts';
import { execute } from 'graphql';
import { inLane } from '../database/database.ts';
import type { Invalidation } from '../database/invalidation-log.ts';
import { today } from '../domains/date-range.ts';
import { resolvers } from '../domains/resolvers.ts';
import type { Viewer } from '../domains/scope.ts';
import { mayAs } from '../domains/viewer/authority.ts';
import { findSystemViewer, findViewer, touchToken } from '../domains/viewer/credentials.ts';
import type { CacheCategory } from '../generated/schema.ts';
import { Experiments } from '../operator/experiments.ts';
import { History } from '../operator/history.ts';
import { InvalidationLog } from '../operator/invalidation-log.ts';
import { PolicyOverrides } from '../operator/policy-overrides.ts';
import { identityOf } from '../operator/process-identity.ts';
import { Processes } from '../operator/processes.ts';
import { Readings } from '../operator/readings.ts';
import { AlertWatch } from './alerts.ts';
import { applyInvalidation, namesTags } from './apply-invalidation.ts';
import { isForAnyone } from './audience.ts';
import { cacheMutationResolvers } from './cache-mutations.ts';
import { statisticsResolvers } from './cache-statistics.ts';
import { CachingSwitch } from './caching-switch.ts';
import { type ClientInvalidation, createClientInvalidation } from './client-invalidation.ts';
import { localLog } from './cluster-log.ts';
import { createContext } from './context.ts';
import type { EdgeRequest, EngineOptions, GraphqlEngine } from './engine-interface.ts';
import { afterExecution } from './execution.ts';
import { experimentResolvers } from './experiment-resolvers.ts';
import { historyResolvers, StatisticsUpdates } from './history-resolvers.ts';
import { InvalidationFeed } from './invalidation-feed.ts';
import { createOperatorCheck } from './operator-check.ts';
import { isPolicyTag, policyResolvers } from './policy-resolvers.ts';
import { type EngineCategory, Principals, principalPolicy } from './principals.ts';
import { processResolvers } from './process-resolvers.ts';
import type { RequestContext } from './request.ts';
import { accessPlans, buildPlannedSchema, programVersion, readTypeDefs } from './schema.ts';
import { subscriptionResolvers } from './subscriptions.ts';
import { Warmer } from './warmer.ts';

/** For the tags of the schema's fields, as many as the cache has by default, and those of ten thousand principals. */
const maxTags = 150_000;
const maxTagBytes = 24 * 1024 * 1024;

export function createGraphqlEngine(options: EngineOptions): GraphqlEngine {
  const { queries, ports, limits, clock = systemClock, wallNow = () => new Date(), log } = options;
  const categories = Object.keys(options.policies) as CacheCategory[];
  const cache = new EntryCache<EngineCategory>({
    ...{
      policies: { ...options.policies, PRINCIPALS: { ...principalPolicy, staleIfErrorMs: options.serveCutOffMs ?? 0 } },
      clock,
      isRefusal,
      maxTags,
      maxTagBytes,
    },
    audit: options.auditEvery ? { every: options.auditEvery, categories } : undefined,
    ...(options.timer && { timer: options.timer }),
    ...(options.remote && { remote: options.remote }),
    ...(options.random && { random: options.random }),
    hooks: {
      error({ isHidden, error, category, coordinate }) {
        if (isHidden) log.failure('cache: a load failed whose error no client gets', error, { category, coordinate });
      },
    },
  });
  const feed = new InvalidationFeed();
  const alerts = new AlertWatch({ now: wallNow, log: log.alert });
  const remote = () => options.remote?.snapshot();
  const checkAlerts = () => {
    const { bytes, maxBytes } = cache.snapshot(categories).total;
    return alerts.check({ recent: cache.recent(categories), bytes, maxBytes, remoteDownForMs: remote()?.downForMs });
  };
  const history = new History(cache.intervals(categories), cache.intervals(categories), wallNow().getTime());
  const updates = new StatisticsUpdates();
  const invalidationLog = new InvalidationLog(wallNow);
  const overrides = new PolicyOverrides({
    ...{ queries: inLane(queries, 'background'), cache, configured: options.policies, log },
  });
  const experiments = new Experiments({ queries: inLane(queries, 'background'), cache, log, random: options.random });
  /** An experiment counts with the stale window, which an override may change: so that is read first. */
  const policyReadings = new Readings(async () => {
    await overrides.read();
    await experiments.read();
  });
  const refreshPolicies = () => policyReadings.again();
  const policiesRead = () => policyReadings.ended;
  const readPolicies = () =>
    refreshPolicies().catch((error) => log.failure('cache: the policies could not be read', error));
  const checkOperator = createOperatorCheck(options);
  const findPrincipal = async (token: string) => {
    const viewer = await findViewer(inLane(queries, 'authentication'), token, wallNow());
    if (viewer)
      touchToken(inLane(queries, 'authentication'), viewer.tokenId, wallNow()).catch((error) =>
        log.failure('the use of a token could not be recorded', error),
      );
    return viewer;
  };
  const principals = new Principals({ cache, wallNow, find: findPrincipal });
  const caching = new CachingSwitch({ isOn: options.isCaching });
  const processes = new Processes({
    identity: identityOf({
      version: programVersion,
      startedAt: wallNow().toISOString(),
      ...options.identity,
    }),
    stateOf: () => (caching.isCutOff ? 'CUT_OFF' : caching.isOn ? 'SERVING' : 'UNCACHED'),
    ...{ cache, history, wallNow },
  });
  const namespaceClock = new NamespaceClock();
  const stampOf = (workspaceId?: string) =>
    workspaceId === undefined ? cache.stamp : namespaceClock.stampOf(workspaceId);
  cache.onInvalidate((tags, cause) => {
    namespaceClock.advance(tags, cache.stamp);
    invalidationLog.record(tags, cause);
    if (tags.some(isPolicyTag)) void readPolicies();
    feed.publish(tags);
  });

  const apply = (invalidation: Invalidation) => {
    applyInvalidation(invalidation, { cache, feed });
    if (!namesTags(invalidation)) void readPolicies(); // they may have changed too
  };
  const clusterLog = options.clusterLog ?? localLog(apply);

  let clientInvalidation: ((tags: readonly string[]) => ClientInvalidation) | undefined;
  const planned = buildPlannedSchema({
    typeDefs: readTypeDefs(),
    resolvers: [
      ...resolvers,
      statisticsResolvers({ cache, categories, remote, checkAlerts, invalidationLog, experiments, processes }),
      processResolvers({ processes }),
      policyResolvers({ cache, overrides, policiesRead, checkOperator }),
      experimentResolvers({ policiesRead, checkOperator }),
      historyResolvers({ history, updates, feed, wallNow }),
      cacheMutationResolvers({ cache, categories, clusterLog, warmer: () => warmer }),
      subscriptionResolvers({ feed, clientInvalidationOf: (tags) => clientInvalidation!(tags) }),
    ],
    ...{ cache, clusterLog, aroundLoad: options.aroundLoad },
  });
  const { schema, plans } = planned;
  const access = accessPlans(schema);
  clientInvalidation = createClientInvalidation(plans);

  const sources = {
    ...{ queries, ports, limits, wallNow, stampOf, cacheNow: () => cache.now() },
    isCaching: () => caching.isOn,
    isCutOff: () => caching.isCutOff,
  };
  const newContext = (request: EdgeRequest) => createContext(sources, request);
  const background = (viewer: Viewer) => newContext({ viewer, requestId: 'background', isDebugging: false });
  const warmer = new Warmer({
    ...{ schema, contextFor: background },
    onFailure: (error) => log.failure('a workspace was only partly warmed', error),
  });
  const documents = new Documents({ schema, plans, maxBytes: options.maxDocumentBytes });
  const { maxResultChars } = options;
  const joining = { ...planned, cache, documents, maxResultChars };
  const isOver = (day: string | undefined, { timeZone }: Viewer) =>
    day !== undefined && today(timeZone, wallNow()) !== day;
  const contextFor = ({ viewer, isDebugging, ...request }: EdgeRequest) => {
    if (viewer && options.isWarming && caching.isOn) warmer.warmOnce(viewer);
    const mayDebug = viewer !== null && (options.isDemo || mayAs(viewer.role, 'ADMIN'));
    return newContext({ ...request, viewer, isDebugging: isDebugging && mayDebug });
  };
  const join = async (args: OperationArgs, context: RequestContext) => {
    context.state.traces = new Map();
    const joined = options.isJoining ? await executeJoined(args, context.state, joining) : undefined;
    return joined && afterExecution(cache, context, joined);
  };

  return {
    schema,
    plans,
    cache,
    apply,
    clearAll: (cause) => apply({ workspaceId: null, tags: [], cause }),
    documents,
    stampOf: ({ workspaceId }) => (caching.isOn ? stampOf(workspaceId) : Number.NaN),
    contextFor,
    allowCaching: (untilMs) => caching.allowUntil(untilMs),
    serveCutOff: (untilMs) => caching.serveCutOffUntil(untilMs),
    isCutOff: () => caching.isCutOff,
    authenticate: (token) => (caching.isOn ? principals.authenticate(token) : findPrincipal(token)),
    isForAnyone: (document, operationName) => isForAnyone(access, document, operationName),
    async execute(args, executeFn) {
      const context = args.contextValue as RequestContext;
      const executeOtherwise = async () => {
        const fieldResolver = countingResolver(new ResultSize(maxResultChars));
        const result = await executeFn({ ...args, fieldResolver });
        return afterExecution(context.state.isCaching ? cache : undefined, context, result);
      };
      return (context.state.isCaching ? await join(args, context) : undefined) ?? executeOtherwise();
    },
    async rerun(operationRequest, request) {
      const context = contextFor(request);
      if (!context.state.isCaching) return undefined;
      const args = { schema, contextValue: context, ...operationRequest };
      const result = (await join(args, context)) as JoinedResult | undefined;
      if (!result || result.errors) return undefined;
      const { cacheUsage, now, isCutOff } = context.state;
      return { json: result.stringify(result), provenance: result.provenance, cacheUsage, now, isCutOff };
    },
    reuse(joined, viewer) {
      if (!caching.isOn || isOver(joined.period, viewer)) return undefined;
      return reuseFragments(cache, joined);
    },
    share(provenance, { viewer, waitedMs }) {
      if (!caching.isOn || isOver(provenance.period, viewer)) return false;
      countReuse(cache, provenance, waitedMs);
      return true;
    },
    async executeAsSystem(workspaceId, text, variables = {}) {
      const viewer = await findSystemViewer(inLane(queries, workspaceId), workspaceId);
      if (!viewer) throw new Error(`expected a workspace, but got ${workspaceId}`);
      const { document, errors } = documents.prepare(text);
      if (errors) throw new AggregateError(errors, errors.map(({ message }) => message).join(' '));
      const contextValue = background(viewer);
      const result = await execute({ schema, document, contextValue, variableValues: { ...variables } });
      if (result.errors?.length)
        throw new AggregateError(result.errors, result.errors.map((error) => error.message).join(' '));
      return { ...result.data };
    },
    checkAlerts,
    endAlerts: () => alerts.close(),
    refreshPolicies,
    saveExperiment: () => experiments.saveRounds(),
    ...{ history, processes },
    recordSecond() {
      const at = wallNow();
      const interval = history.recordSecond(at.getTime());
      updates.publish(() => ({ at: at.toISOString(), interval, alerts: checkAlerts() }));
    },
  };
}
