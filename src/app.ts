import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type BackupListener, listenForBackups } from './backup/backup-socket.ts';
import type { Config } from './config.ts';
import { type Database, inLane, withoutTimeLimit } from './database/database.ts';
import { pgliteMajor } from './database/pglite.ts';
import { createProbe } from './database-probe.ts';
import { type DemoToken, openDemo } from './demo.ts';
import { withReplyLog } from './domains/accounts/reply-log.ts';
import { registerModels } from './domains/ai/repository.ts';
import { createDemoLife } from './domains/demo/life.ts';
import { createWakeClock } from './domains/inbox/wake-clock.ts';
import { createKeySweeper } from './domains/key-sweeper.ts';
import type { DiskMediaStore } from './domains/media/disk-store.ts';
import { findServed } from './domains/media/serving.ts';
import { createPublisher } from './domains/posts/publisher.ts';
import { createProductLimits } from './domains/product-limits.ts';
import { createRulesCheck } from './domains/time-zones/rules-check.ts';
import { namingVariable } from './error-message.ts';
import { createGraphqlEngine } from './graphql/engine.ts';
import type { GraphqlEngine } from './graphql/engine-interface.ts';
import { readTypeDefs } from './graphql/schema.ts';
import { type PersistedOperations, readPersistedOperations } from './http/persisted-operations.ts';
import { registerFigures } from './http/register-figures.ts';
import { createServer, type Server } from './http/server.ts';
import { openMedia, withFailureLog } from './media.ts';
import { figuresOf, metricsAccessOf } from './metrics-port.ts';
import { createDeliveries, startOperatorWork } from './operator-work.ts';
import { aiFor, demoSeed, networkFor } from './outside.ts';
import { createRemoteTier } from './remote-tier.ts';
import { openStorage, type Storage, whereRowsAre } from './storage.ts';
import { type ThrottledLog, throttled } from './throttled-log.ts';
import { spansOfLoads, startTracing } from './tracing.ts';
import type { PrimaryLine } from './workers/messages.ts';

export interface App {
  readonly server: Server;
  readonly engine: GraphqlEngine;
  /** Tokens of the demo's members; empty without a demo. */
  readonly demoTokens: readonly DemoToken[];
  /** Whether the database replies in time. */
  isReady(): Promise<boolean>;
  /** Problems that an operator should know although the server is ready, one line each. */
  notes(): readonly string[];
  /** Stops background work and ends subscriptions; requests are still served. */
  quiesce(): Promise<void>;
  /** Closes everything. The app must not be used afterwards. */
  close(): Promise<void>;
}

export interface AppOptions {
  log: Logger;
  /** The version of Node.js's time zone rules. */
  nodeRules: string;
  /** The line to the primary; absent with one process. */
  line?: PrimaryLine;
  /** Called with a message at steps that take long. */
  progress?: (message: string) => void;
}

/** Interval for checking subscriptions for expired tokens, and the cache for alerts. */
const checkEveryMs = 10_000;
const noDatabase = 'the embedded database has failed and is being reopened; the log has the cause';
const noBackground =
  'background work does not run: no post is published, and no snoozed conversation opens; it is being restarted';

/** Creates the app from its parts and starts the background work. */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const persistedOperations = await loadPersistedOperations(config);
  const storage = await openStorage(config, options);
  try {
    return await build(config, { ...options, storage, persistedOperations });
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** What this process shares with others, if there is a log that tells what is valid; undefined without `REDIS_URL`. */
function remoteTierOf(
  { redis, redisDeadlineMs, policies, isCaching }: Config,
  cluster: Storage['cluster'],
  logs: Logs,
) {
  if (!redis || !cluster?.view || !isCaching) return undefined;
  return createRemoteTier({
    ...{ address: redis, deadlineMs: redisDeadlineMs, view: cluster.view, policies },
    ...logs,
  });
}

async function loadPersistedOperations({
  persistedOperations: source,
}: Config): Promise<PersistedOperations | undefined> {
  if (!source) return undefined;
  return await namingVariable(
    { variable: 'PERSISTED_OPERATIONS', value: source.file },
    readPersistedOperations(source),
  );
}

interface Logs {
  readonly log: Logger;
  readonly outages: ThrottledLog;
}

interface Opened {
  storage: Storage;
  persistedOperations: PersistedOperations | undefined;
}

async function build(config: Config, options: AppOptions & Opened): Promise<App> {
  const { storage, persistedOperations, log, line, progress } = options;
  const { database, cluster } = storage;
  const { queries } = database;
  const { store, onDisk } = await openMedia(config, queries);
  const { dataDir } = config;
  const outages = throttled(log); // for errors that repeat while the database or another server is unavailable
  const media = withFailureLog(store, outages);
  const ai = aiFor(config, outages);
  await namingVariable(whereRowsAre(config), registerModels(queries, ai));
  const demo = { queries: withoutTimeLimit(queries), media: store, dataDir, seed: demoSeed, progress };
  const demoTokens = config.isDemo ? await namingVariable(whereRowsAre(config), openDemo(demo)) : [];

  const network = networkFor(config, outages);
  const tracing = config.tracing && (await startTracing(config.tracing, outages));
  const deliveries = createDeliveries(config.alerts, log);
  const remote = remoteTierOf(config, cluster, { log, outages });
  const engine = createGraphqlEngine({
    queries,
    ports: { network: withReplyLog(network, outages), ai, media },
    limits: createProductLimits(config.productLimits, database.counters),
    policies: config.policies,
    auditEvery: config.auditEvery,
    maxDocumentBytes: config.limits.maxDocumentBytes,
    maxResultChars: config.limits.maxResultChars,
    isCaching: config.isCaching && cluster === undefined,
    serveCutOffMs: config.serveCutOffMs,
    isJoining: config.isCaching,
    isWarming: config.isWarming,
    clusterLog: cluster,
    identity: { runsBackgroundWork: config.workerRole === 'first' },
    ...(remote && { remote }),
    isDemo: config.isDemo,
    operatorWorkspace: config.operatorWorkspace,
    aroundLoad: tracing && spansOfLoads(tracing.tracer),
    log: {
      alert(event, alert) {
        log[event === 'raised' ? 'warn' : 'info']({ alert }, `cache: alert ${event}`);
        const { id, host, pid } = engine.processes.identity;
        const notice = { id: randomUUID(), event, at: new Date().toISOString(), alert, process: { id, host, pid } };
        for (const delivery of deliveries) delivery.tell(notice);
      },
      failure: (message, error, details) => outages.error({ ...details, err: error }, message),
    },
  });
  await cluster?.join({
    apply: engine.apply,
    clear: () => engine.clearAll('invalidations that may be missing'),
    allow: config.isCaching ? engine.allowCaching : () => {},
    cutOff(sinceMs) {
      if (config.isCaching) engine.serveCutOff(sinceMs + config.serveCutOffMs);
    },
  });
  const server = createServer({
    engine,
    counters: database.counters,
    trustedProxies: config.trustedProxies,
    media: { find: (key) => findServed(inLane(queries, 'media'), key), open: (key, range) => media.open(key, range) },
    log,
    limits: config.limits,
    cors: config.cors,
    uploadFolder: join(config.dataDir, 'uploads'),
    persistedOperations,
    metricsAccess: metricsAccessOf(config),
    scrapeWorkers: line?.scrape,
    schemaText: readTypeDefs().join('\n'),
    tracer: tracing?.tracer,
  });
  let isBackgroundRunning = config.workerRole === 'first';
  const problems = () => background.map((work) => work.problem()).filter((problem) => problem !== undefined);
  const backgroundNotes = () => (isBackgroundRunning ? problems() : [noBackground]);
  registerFigures(server.metrics, {
    cache: engine.cache,
    remote: remote && (() => remote.snapshot()),
    isBackgroundRunning: () => backgroundNotes().length === 0,
  });
  line?.onMetricsWanted(server.metrics.ownText);
  line?.onBackground((isRunning) => {
    isBackgroundRunning = isRunning;
  });

  const execute = engine.executeAsSystem;
  const background =
    config.workerRole === 'first'
      ? [
          createPublisher({ queries, network, execute, log: outages }),
          createWakeClock({ queries, execute, log: outages }),
          createKeySweeper({ queries, log: outages }),
          ...(config.isDemoLive ? [createDemoLife({ queries, execute, log: outages, seed: demoSeed })] : []),
        ]
      : [];
  background.push(...(await startOperatorWork({ engine, queries, isAlone: cluster === undefined, log: outages })));
  const rulesCheck =
    config.workerRole === 'first' ? createRulesCheck({ queries, nodeRules: options.nodeRules, log }) : undefined;
  for (const work of background) work.start();
  rulesCheck?.start();
  const checks = setInterval(() => {
    engine.checkAlerts();
    server.recheck().catch((error) => outages.error({ err: error }, 'subscriptions could not be checked'));
  }, checkEveryMs);

  const backups = await backupsOf({ database, onDisk, dataDir, log });
  const figures = await figuresOf(config, server);
  const quiesce = async () => {
    clearInterval(checks);
    engine.endAlerts();
    server.subscriptions.breakOffAll();
    await Promise.all([rulesCheck, ...deliveries, ...background].map((work) => work?.stop()));
  };
  return {
    ...{ server, engine, demoTokens, quiesce },
    isReady: createProbe(database, outages),
    notes: () => [...(database.failure() ? [noDatabase] : []), ...backgroundNotes()],
    async close() {
      await quiesce();
      const sent = tracing?.stop().catch((error) => log.warn({ err: error }, 'the last spans could not be sent'));
      await Promise.all([backups?.close(), figures?.close()]);
      remote?.close();
      await Promise.all([storage.close(), sent]);
    },
  };
}

interface BackupParts {
  database: Database;
  onDisk: DiskMediaStore | undefined;
  dataDir: string;
  log: Logger;
}

/** Listens for backups of the embedded database and media on disk; undefined for servers, which have their own backups. */
async function backupsOf(parts: BackupParts): Promise<BackupListener | undefined> {
  const { database, onDisk, dataDir, log } = parts;
  const { dump } = database;
  return dump && onDisk && (await listenForBackups(dataDir, { dump, media: onDisk, postgresMajor: pgliteMajor }, log));
}
