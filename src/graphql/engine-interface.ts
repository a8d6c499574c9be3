import type { Clock, Policy, RemoteTier, Timer } from '@magpie/cache';
import type {
  AroundLoad,
  CacheUsage,
  Documents,
  FieldPlan,
  JoinedFragments,
  OperationArgs,
  OperationRequest,
  Provenance,
  ResultOrStream,
} from '@magpie/graphql-cache/parts';
import type { DocumentNode, ExecutionArgs, GraphQLSchema } from 'graphql';
import type { Queries } from '../database/database.ts';
import type { Invalidation } from '../database/invalidation-log.ts';
import type { Ports } from '../domains/context.ts';
import type { ProductLimits } from '../domains/product-limits.ts';
import type { Viewer } from '../domains/scope.ts';
import type { CacheCategory } from '../generated/schema.ts';
import type { History } from '../operator/history.ts';
import type { ProcessIdentity } from '../operator/process-identity.ts';
import type { Processes } from '../operator/processes.ts';
import type { RemoteSnapshot } from '../remote/statistics.ts';
import type { Alert } from './alerts.ts';
import type { ClusterLog } from './cluster-log.ts';
import type { EngineCache } from './principals.ts';
import type { RequestContext } from './request.ts';

export interface EngineOptions {
  readonly queries: Queries;
  readonly ports: Ports;
  readonly limits: ProductLimits;
  readonly policies: Readonly<Record<CacheCategory, Policy>>;
  /** Most bytes for documents and the data derived from them. */
  readonly maxDocumentBytes?: number;
  /** Most characters of the values in a result. Default: any number. */
  readonly maxResultChars?: number;
  /** Whether the cache is used from the start; `allowCaching` changes it. */
  readonly isCaching: boolean;
  /**
   * For how long principals are served although they cannot be looked up, because the database cannot be reached. Default: not at
   * all.
   */
  readonly serveCutOffMs?: number;
  /** Whether results are joined from fragments. Without it results are the same, and slower. */
  readonly isJoining: boolean;
  /** Whether a workspace is warmed in the background when it is first used. */
  readonly isWarming: boolean;
  /** Tells the other processes what is invalidated, and applies it here by `apply`. Absent in a single process. */
  readonly clusterLog?: ClusterLog;
  /** What `cacheProcesses` tells of this process. Default: what the operating system says, and that it does background work. */
  readonly identity?: Partial<ProcessIdentity>;
  /** A tier behind memory that processes share. Default: none. */
  readonly remote?: RemoteTier & { snapshot(): RemoteSnapshot };
  /** Whether every member may request explanations, not only ADMIN and above. */
  readonly isDemo: boolean;
  /** The workspace that may change the cache's policies; see `createOperatorCheck`. */
  readonly operatorWorkspace?: string;
  /** One hit in so many is loaded again in the background and compared; 0, the default, audits none. */
  readonly auditEvery?: number;
  /** Runs each load of the cache, for example within a span. */
  readonly aroundLoad?: AroundLoad;
  /** Numbers from 0 to 1, for the samples of the cache and the arms of experiments. Default: `Math.random`. */
  readonly random?: () => number;
  readonly clock?: Clock;
  readonly timer?: Timer;
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
  readonly isCutOff: boolean;
}

/** GraphQL with the cache: the interface for the edge and for background work. */
export interface GraphqlEngine {
  readonly schema: GraphQLSchema;
  readonly plans: ReadonlyMap<string, FieldPlan>;
  readonly cache: EngineCache;
  /** Applies an invalidation that was written into the log. */
  apply(invalidation: Invalidation): void;
  /** Clears everything and notifies subscribers. Call it when there may be a write whose invalidation did not arrive. */
  clearAll(cause: string): void;
  /** The documents that clients and background work execute. */
  readonly documents: Documents;
  /**
   * The stamp of a viewer's workspace; it advances with every invalidation that may concern the viewer. `NaN`, which equals
   * nothing, while the cache may not be used.
   */
  stampOf(viewer: Viewer): number;
  contextFor(request: EdgeRequest): RequestContext;
  /**
   * Allows the cache until a time of `performance.now()`; `Infinity` means without limit, 0 forbids it from now on. Entries stay:
   * before it is allowed again, whatever was written meanwhile must have been applied, or `clearAll` called.
   */
  allowCaching(untilMs: number): void;
  /**
   * Allows the cache until a time of `performance.now()` although the database cannot be reached, so that what others write is not
   * known here. Until `allowCaching` is called.
   */
  serveCutOff(untilMs: number): void;
  /** Whether the cache is used now although the database cannot be reached. Responses say so in `Cache-Status`. */
  isCutOff(): boolean;
  /** The viewer of a token; null if the token is unknown, expired or revoked. */
  authenticate(token: string): Viewer | null | Promise<Viewer | null>;
  /** Whether all root fields of an operation are open to anonymous requests. */
  isForAnyone(document: DocumentNode, operationName: string | null | undefined): boolean;
  /** Executes an operation: joined from fragments if possible, otherwise with the server's `executeFn`. */
  execute(args: OperationArgs, executeFn: ExecuteFn): Promise<ResultOrStream>;
  /**
   * Executes again a request that was executed before, as `execute` does. Returns undefined if the cache may not be used, or the
   * result has errors: the caller then calls `execute`, which tries the failed fields again and reports the errors.
   */
  rerun(operationRequest: OperationRequest, request: EdgeRequest): Promise<RerunResult | undefined>;
  /**
   * Validates a result that was joined for this viewer. If its fragments are all valid and fresh, counts their lookups and returns
   * the milliseconds for which all stay fresh; otherwise returns undefined.
   */
  reuse(joined: JoinedFragments, viewer: Viewer): number | undefined;
  /**
   * Returns whether a result may be given to another request of the same viewer that waited for it, with no invalidation since that
   * request arrived. If so, counts its lookups.
   */
  share(provenance: Provenance, wait: { viewer: Viewer; waitedMs: number }): boolean;
  /**
   * Executes a document as the system viewer of a workspace, for background work. Throws an `AggregateError` if there are errors.
   */
  executeAsSystem(workspaceId: string, document: string, variables?: object): Promise<Record<string, unknown>>;
  /** Checks the alerts, and logs those that changed. Call it at least every 30 s, because it takes samples of the counters. */
  checkAlerts(): readonly Alert[];
  /** Withdraws the alerts, as they are about this process, and raises none any more. Call it when the process stops. */
  endAlerts(): void;
  /**
   * Applies what operators changed of the cache's policies, and the experiment that they started. Call it at the start and now and
   * then, for changes that were not heard of.
   */
  refreshPolicies(): Promise<void>;
  /** Adds what the rounds of an experiment have found to its result, if any ended. Call it about once a second. */
  saveExperiment(): Promise<void>;
  /** The counters over time. */
  readonly history: History;
  /** This process among those of the database. */
  readonly processes: Processes;
  /**
   * Records what the cache did in the last second, and tells the subscribers of `cacheStatsUpdated`. Call it at the end of each
   * second.
   */
  recordSecond(): void;
}
