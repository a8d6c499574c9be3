import { join } from 'node:path';
import type { Logger } from 'pino';
import { type BackupListener, listenForBackups } from './backup/backup-socket.ts';
import type { Config } from './config.ts';
import { type Database, inLane, openDatabase, withoutTimeLimit } from './database/database.ts';
import { pgliteMajor } from './database/pglite.ts';
import { openSoleUse, type SoleUse } from './database/sole-use.ts';
import { type DemoToken, openDemo } from './demo.ts';
import { createMastodonNetwork } from './domains/accounts/mastodon-network.ts';
import { type Network, type NetworkAccount, NetworkRefusal } from './domains/accounts/network.ts';
import { withToldReplies } from './domains/accounts/told-replies.ts';
import { createBuiltInProvider } from './domains/ai/built-in-provider.ts';
import { createOpenAiProvider } from './domains/ai/openai-provider.ts';
import type { AiProvider } from './domains/ai/provider.ts';
import { registerModels } from './domains/ai/repository.ts';
import { createDemoLife } from './domains/demo/life.ts';
import { createSandboxNetwork } from './domains/demo/sandbox-network.ts';
import { createWakeClock } from './domains/inbox/wake-clock.ts';
import { createKeySweeper } from './domains/key-sweeper.ts';
import type { DiskMediaStore } from './domains/media/disk-store.ts';
import { findServed } from './domains/media/serving.ts';
import { createPublisher } from './domains/posts/publisher.ts';
import { createProductLimits } from './domains/product-limits.ts';
import { createRulesCheck } from './domains/time-zones/rules-check.ts';
import { naming, type Subject } from './error-words.ts';
import { createGraphqlEngine, type GraphqlEngine } from './graphql/engine.ts';
import { readTypeDefs } from './graphql/schema.ts';
import { registerBackgroundFigure } from './http/background-figure.ts';
import { registerCacheFigures } from './http/cache-figures.ts';
import { listenForMetrics, type MetricsListener } from './http/metrics-listener.ts';
import { type PersistedOperations, readPersistedOperations } from './http/persisted-operations.ts';
import { createServer, type Server } from './http/server.ts';
import type { MetricsAccess } from './http/use-metrics.ts';
import { openMedia, withToldFailures } from './media.ts';
import { type LogLevels, throttled } from './throttled-log.ts';
import type { RelayLine } from './workers/relay.ts';

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
  /** The channel to the other workers; absent with one process. */
  line?: RelayLine;
  /** Called with a message at steps that take long. */
  progress?: (message: string) => void;
}

/** Interval for checking subscriptions for expired tokens, and the cache for alerts. */
const checkEveryMs = 10_000;
/** A database that takes longer to reply counts as not ready. */
const readyWithinMs = 1_000;
const noDatabase = 'the embedded database has failed and is opened again for as long as it takes; the log tells why';
const noBackground =
  'background work does not run: nothing is published, and no conversation wakes; it is being started again';
/** Seed of the demo's random numbers. */
const demoSeed = 1;

/** Creates the app from its parts and starts the background work. */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const { log, line, progress } = options;
  const { databaseUrl: url, databaseConnections: poolSize, statementLimitMs, dataDir } = config;
  const persistedOperations = await loadPersistedOperations(config);
  const soleUse = line ? undefined : await watchDatabase(config, log);
  let database: Database | undefined;
  const close = async () => {
    await database?.close();
    await soleUse?.close();
  };
  try {
    const group = soleUse?.group ?? config.group;
    const events = notesOf(log);
    const opening = openDatabase({ url, poolSize, statementLimitMs, dataDir, group, events, log: progress });
    database = await naming(whereRowsAre(config), opening);
    return await build(config, { ...options, database, soleUse, persistedOperations, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Watches for other servers on the database, once per machine; undefined for the embedded database, which has one user. */
export async function watchDatabase(config: Config, log: Logger): Promise<SoleUse | undefined> {
  const { databaseUrl: url, isCaching } = config;
  if (url === undefined) return undefined;
  return await naming(whereRowsAre(config), openSoleUse({ url, isCaching, log: notesOf(log) }));
}

/** A log for the messages of the database. */
function notesOf(log: Logger) {
  return { info: (message: string) => log.info(message), warn: (message: string) => log.warn(message) };
}

/** The variable to check when the database cannot be opened, and its value without secrets. */
function whereRowsAre({ databaseUrl, dataDir }: Config): Subject {
  if (databaseUrl === undefined) return { variable: 'DATA_DIR', value: dataDir };
  return { variable: 'DATABASE_URL', value: new URL(databaseUrl).host || undefined };
}

async function loadPersistedOperations({
  persistedOperations: source,
}: Config): Promise<PersistedOperations | undefined> {
  if (!source) return undefined;
  return await naming({ variable: 'PERSISTED_OPERATIONS', value: source.file }, readPersistedOperations(source));
}

interface Opened {
  database: Database;
  /** Undefined for the embedded database, and in a worker, whose primary watches. */
  soleUse: SoleUse | undefined;
  persistedOperations: PersistedOperations | undefined;
  close(): Promise<void>;
}

async function build(config: Config, options: AppOptions & Opened): Promise<App> {
  const { database, soleUse, persistedOperations, log, line, progress } = options;
  const { queries } = database;
  const { store, onDisk } = await openMedia(config, queries);
  const { dataDir } = config;
  const outages = throttled(log); // for errors that repeat while the database or another server is unavailable
  const media = withToldFailures(store, outages);
  const ai = aiFor(config, outages);
  await naming(whereRowsAre(config), registerModels(queries, ai));
  const demo = { queries: withoutTimeLimit(queries), media: store, dataDir, seed: demoSeed, progress };
  const demoTokens = config.isDemo ? await naming(whereRowsAre(config), openDemo(demo)) : [];

  const network = networkFor(config, outages);
  const engine = createGraphqlEngine({
    queries,
    ports: { network: withToldReplies(network, outages), ai, media },
    limits: createProductLimits(config.productLimits, database.counters),
    policies: config.policies,
    maxDocumentBytes: config.limits.maxDocumentBytes,
    isCaching: config.isCaching && config.databaseUrl === undefined,
    isJoining: config.isCaching,
    isWarming: config.isWarming,
    spread: line && ((tags, cause) => line.spread(tags, cause)),
    isDemo: config.isDemo,
    log: {
      alert: (event, alert) => log[event === 'raised' ? 'warn' : 'info']({ alert }, `cache: alert ${event}`),
      failure: (message, error, details) => outages.error({ ...details, err: error }, message),
    },
  });
  const allowCaching = async (untilMs: number) => {
    if (config.isCaching) await engine.allowCaching(untilMs);
  };
  soleUse?.follow(allowCaching);
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
    schemaText: readTypeDefs().join('\n'),
  });
  registerCacheFigures(server.metrics, () => engine.cache.snapshot());
  let isBackgroundRunning = config.workerRole === 'first';
  const problems = () => background.map((work) => work.problem()).filter((problem) => problem !== undefined);
  const backgroundNotes = () => (isBackgroundRunning ? problems() : [noBackground]);
  registerBackgroundFigure(server.metrics, () => backgroundNotes().length === 0);
  line?.join({
    apply: (tags, cause) => engine.cache.apply(tags, cause),
    clearAll: () => engine.clearAll('the end of a worker'),
    allowCaching,
    tellBackground(isRunning) {
      isBackgroundRunning = isRunning;
    },
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
    server.subscriptions.breakOffAll();
    await Promise.all([rulesCheck?.stop(), ...background.map((work) => work.stop())]);
  };
  return {
    ...{ server, engine, demoTokens, quiesce },
    isReady: createProbe(database, outages),
    notes: () => [...(database.failure() ? [noDatabase] : []), ...backgroundNotes()],
    async close() {
      await quiesce();
      await Promise.all([backups?.close(), figures?.close()]);
      await options.close();
    },
  };
}

interface BackupParts {
  database: Database;
  onDisk: DiskMediaStore | undefined;
  dataDir: string;
  log: Logger;
}

/** Listens for backups of the embedded database and media on disk; undefined for servers, which have backups of their own. */
async function backupsOf({
  database: { dump },
  onDisk,
  dataDir,
  log,
}: BackupParts): Promise<BackupListener | undefined> {
  return dump && onDisk && (await listenForBackups(dataDir, { dump, media: onDisk, postgresMajor: pgliteMajor }, log));
}

/** On a port of their own; undefined when they are told with all else. */
async function figuresOf(
  { metrics: { host, port } }: Config,
  { metrics }: Server,
): Promise<MetricsListener | undefined> {
  if (port === undefined) return undefined;
  return await naming(
    { variable: 'METRICS_PORT', value: `${port} of ${host}` },
    listenForMetrics(metrics, { host, port }),
  );
}

function metricsAccessOf({ metrics: { port, token } }: Config): MetricsAccess {
  if (port !== undefined) return 'elsewhere';
  return token === undefined ? 'open' : { token };
}

/** The network for accounts. Accounts of networks that are not configured publish to the sandbox. */
function networkFor({ mastodon, publicUrl }: Config, log: LogLevels): Network {
  const sandbox = createSandboxNetwork({ seed: demoSeed });
  if (!mastodon) return sandbox;
  const real = createMastodonNetwork({ ...mastodon, mediaBaseUrl: publicUrl, log });
  const of = ({ network }: NetworkAccount) => (network === 'MASTODON' ? real : sandbox);
  return {
    publish: (request, signal) => of(request.account).publish(request, signal),
    rememberedMs: (account) => of(account).rememberedMs?.(account) ?? Number.POSITIVE_INFINITY,
    find: async (request, signal) => {
      const network = of(request.account);
      if (!network.find) throw new NetworkRefusal('This network does not let programs look for posts.');
      return await network.find(request, signal);
    },
    reply: (request, signal) => of(request.account).reply(request, signal),
  };
}

/** The configured AI provider, or the built-in one. The prices of a configured server are unknown, so its generations count as free. */
function aiFor({ ai }: Config, log: LogLevels): AiProvider {
  if (!ai) return createBuiltInProvider();
  const { baseUrl, apiKey, model } = ai;
  const models = [{ id: model, name: model, inputUsdPerMillion: '0', outputUsdPerMillion: '0' }];
  return createOpenAiProvider({ baseUrl, apiKey, models, log });
}

/** Creates a check that the database replies, through the pool that requests use. Concurrent calls share one query. */
function createProbe({ queries }: Database, log: LogLevels): () => Promise<boolean> {
  let running: Promise<boolean> | undefined;
  return async () => {
    running ??= queries
      .selectFrom('workspaces')
      .select('id')
      .limit(1)
      .execute()
      .then(
        () => true,
        (error: unknown) => {
          log.warn({ err: error }, 'the database does not answer');
          return false;
        },
      )
      .finally(() => {
        running = undefined;
      });
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        log.warn({ withinMs: readyWithinMs }, 'the database does not answer in time');
        resolve(false);
      }, readyWithinMs);
    });
    return await Promise.race([running, tooLate]).finally(() => clearTimeout(timer));
  };
}
