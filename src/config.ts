import type { Policy } from '@magpie/cache';
import { type AlertSettings, readAlerts } from './alert-settings.ts';
import { policies as defaultPolicies } from './cache-policies.ts';
import {
  cutOff,
  headerName,
  hostName,
  listed,
  origin,
  proxies,
  secondsOf,
  workspaceId,
} from './environment-formats.ts';
import { EnvironmentReader } from './environment-reader.ts';
import type { CacheCategory } from './generated/schema.ts';
import type { ProductLimitSettings, RequestLimits } from './limits/limits.ts';
import { readProductLimits, readRequestLimits } from './limits/read-limits.ts';
import { type RedisAddress, redisAddressOf } from './redis-address.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Access to /metrics: with `port` on a port of its own, otherwise on the server's, with `token` only to clients that send it. */
  readonly metrics: { readonly host: string; readonly port: number | undefined; readonly token: string | undefined };
  /** A PostgreSQL server; the embedded database when absent. */
  readonly databaseUrl: string | undefined;
  /** The same database on a direct connection, which hears notifications; `databaseUrl` when absent. */
  readonly databaseListenUrl: string | undefined;
  /** Servers on which processes share what they loaded; each loads for itself when absent. */
  readonly redis: RedisAddress | undefined;
  /** How long a call of them may take. */
  readonly redisDeadlineMs: number;
  /** Maximum per worker, besides the one that listens. */
  readonly databaseConnections: number;
  /** Time limit of a statement. */
  readonly statementLimitMs: number;
  readonly dataDir: string;
  readonly workers: number;
  /** Set by the primary for its workers: the first one migrates, seeds and runs the background work. */
  readonly workerRole: 'first' | 'other';
  readonly logLevel: (typeof logLevels)[number];
  /** Whether demo workspaces are seeded at the first start. */
  readonly isDemo: boolean;
  /** The id of the workspace whose administrators may change what all workspaces share. */
  readonly operatorWorkspace: string | undefined;
  /** Whether the sandbox network keeps producing activity. */
  readonly isDemoLive: boolean;
  readonly isCaching: boolean;
  /** For how long entries are served while the database cannot be reached; 0: not at all. */
  readonly serveCutOffMs: number;
  /** Whether a workspace is warmed in the background when it is first used. */
  readonly isWarming: boolean;
  /** A bucket for media on a server with the S3 API; the folder `media` in `dataDir` when absent. */
  readonly mediaBucket: ObjectStoreSettings | undefined;
  /** The URL at which networks fetch media from this server. */
  readonly publicUrl: string | undefined;
  readonly policies: Readonly<Record<CacheCategory, Policy>>;
  /** One hit in so many is loaded again in the background and compared; 0 audits none. */
  readonly auditEvery: number;
  /** Origins whose pages may read responses, and request headers that they may send in addition to the usual ones. */
  readonly cors: { readonly origins: readonly string[]; readonly headers: readonly string[] };
  /** A server with OpenAI's chat completions API; the built-in provider when absent. */
  readonly ai: { readonly baseUrl: string; readonly apiKey: string | undefined; readonly model: string } | undefined;
  readonly mastodon: { readonly baseUrl: string; readonly accessToken: string } | undefined;
  /** The URL that spans of OpenTelemetry are sent to; none are made when absent. */
  readonly tracing: { readonly url: string } | undefined;
  /** Where alerts are sent, besides the log. */
  readonly alerts: AlertSettings;
  /** A JSON file of documents by their SHA-256. */
  readonly persistedOperations: { readonly file: string; readonly isExclusive: boolean } | undefined;
  readonly limits: RequestLimits;
  readonly productLimits: ProductLimitSettings;
  /** Trusted proxies in front of the server: their number, or their addresses. */
  readonly trustedProxies: number | readonly string[];
}

export interface ObjectStoreSettings {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

const oneProcess = ' (the embedded database belongs to one process; set DATABASE_URL for more)';
const noLog =
  'no value without DATABASE_URL: the embedded database has one process, and no log of invalidations by which others could tell what is valid';
const redisAddresses =
  'redis://host:port, redis+sentinel://host:port,host:port/primary or redis+cluster://host:port,host:port, or the same with rediss';
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const switches = ['on', 'off'] as const;

/** Origins of this machine with any port, for developers of frontends. */
const ownMachine = ['http://localhost:*', 'http://127.0.0.1:*', 'http://[::1]:*'];
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the configuration from the environment. Throws one error that lists every problem. An empty variable counts as absent. */
export function readConfig(environment: Environment = process.env): Config {
  const read = new EnvironmentReader(environment);
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const isEmbedded = databaseUrl === undefined;
  const isDemo = read.choice('DEMO', switches, isEmbedded ? 'on' : 'off') === 'on';
  const config: Config = {
    host: read.text('HOST', '127.0.0.1', hostName),
    port: read.integer('PORT', 4000, { min: 0, max: 65_535 }),
    metrics: readMetrics(read),
    databaseUrl,
    databaseListenUrl: read.url('DATABASE_LISTEN_URL', ['postgres:', 'postgresql:']),
    redis: read.parsed('REDIS_URL', redisAddresses, redisAddressOf),
    redisDeadlineMs: read.integer('REDIS_DEADLINE_MS', 50, { max: 1_000 }),
    databaseConnections: read.integer('DATABASE_CONNECTIONS', 20, { max: 1_000 }),
    statementLimitMs: read.integer('DATABASE_STATEMENT_TIMEOUT_SECONDS', 10, { max: 3_600 }) * 1000,
    dataDir: read.text('DATA_DIR', '.magpie'),
    mediaBucket: readMediaBucket(read),
    workers: read.integer('WORKERS', 1, isEmbedded ? { max: 1, why: oneProcess } : { max: 256 }),
    workerRole: read.choice('MAGPIE_WORKER', ['first', 'other'] as const, 'first'),
    logLevel: read.choice('LOG_LEVEL', logLevels, 'info'),
    isDemo,
    operatorWorkspace: read.text('OPERATOR_WORKSPACE', '', workspaceId) || undefined,
    isDemoLive: read.choice('DEMO_LIVE', switches, isDemo ? 'on' : 'off') === 'on',
    isCaching: read.choice('CACHE', switches, 'on') === 'on',
    serveCutOffMs: secondsOf(read.text('CACHE_WHEN_CUT_OFF', 'off', cutOff)) * 1_000,
    isWarming: read.choice('WARM_UP', switches, 'on') === 'on',
    publicUrl: read.url('PUBLIC_URL', ['http:', 'https:']),
    policies: readPolicies(read),
    auditEvery: read.integer('CACHE_AUDIT_EVERY', 1_000, { min: 0, max: 1_000_000_000 }),
    cors: {
      origins: read.list('CORS_ORIGINS', origin, isDemo ? ownMachine : []),
      headers: read.list('CORS_HEADERS', headerName),
    },
    ai: readAi(read),
    mastodon: readMastodon(read),
    tracing: readTracing(read),
    alerts: readAlerts(read),
    persistedOperations: readPersistedOperations(read),
    limits: readRequestLimits(read),
    productLimits: readProductLimits(read),
    trustedProxies: readTrustedProxies(read),
  };
  read.together('DATABASE_LISTEN_URL', ['DATABASE_URL']);
  read.together('REDIS_DEADLINE_MS', ['REDIS_URL']);
  read.together('CACHE_WHEN_CUT_OFF', ['DATABASE_URL']);
  if (isEmbedded) read.refuse('REDIS_URL', noLog);
  read.refuseOthers(['ALERT_WEBHOOK_', 'CACHE_', 'MAX_QUERY_', 'MASTODON_', 'PERSISTED_OPERATIONS']);
  read.settle();
  return freeze(config);
}

/** Members of a policy with their names and units in the environment. */
const cells = {
  TTL_SECONDS: { cell: 'ttlMs', unit: 1000, min: 1 },
  STALE_SECONDS: { cell: 'staleMs', unit: 1000, min: 0 },
  STALE_IF_ERROR_SECONDS: { cell: 'staleIfErrorMs', unit: 1000, min: 0 },
  NULL_TTL_SECONDS: { cell: 'nullTtlMs', unit: 1000, min: 0 },
  MAX_ENTRIES: { cell: 'maxEntries', unit: 1, min: 1 },
  MAX_BYTES: { cell: 'maxBytes', unit: 1, min: 1 },
  PREFETCH: { cell: 'prefetchBeta', unit: 1, min: 0, max: 1_000 },
} as const;

function readPolicies(read: EnvironmentReader): Config['policies'] {
  const policies = Object.entries(defaultPolicies).map(([category, policy]) => {
    const own = Object.entries(cells).map(([name, { cell, unit, ...limits }]) => {
      const value = read.integer(`CACHE_${category}_${name}`, (policy[cell] ?? 0) / unit, limits);
      return [cell, value * unit];
    });
    const eviction = read.choice(`CACHE_${category}_EVICTION`, ['arc', 'lru'] as const, policy.eviction);
    return [category, { ...policy, ...Object.fromEntries(own), eviction }];
  });
  return Object.fromEntries(policies);
}

function readMetrics(read: EnvironmentReader): Config['metrics'] {
  const port = read.integer('METRICS_PORT', 0, { max: 65_535 }) || undefined;
  const host = read.text('METRICS_HOST', '127.0.0.1', hostName);
  const token = read.secret('METRICS_TOKEN');
  read.together('METRICS_HOST', ['METRICS_PORT']);
  if (port !== undefined) read.refuse('METRICS_TOKEN', 'no value together with METRICS_PORT, which needs no token');
  return { host, port, token };
}

function readMediaBucket(read: EnvironmentReader): Config['mediaBucket'] {
  const bucket = read.text('MEDIA_S3_BUCKET', '');
  const region = read.text('MEDIA_S3_REGION', 'us-east-1');
  const endpoint = read.url('MEDIA_S3_ENDPOINT', ['http:', 'https:']);
  const accessKeyId = read.text('MEDIA_S3_ACCESS_KEY_ID', '');
  const secretAccessKey = read.secret('MEDIA_S3_SECRET_ACCESS_KEY');
  for (const name of ['REGION', 'ENDPOINT', 'ACCESS_KEY_ID']) read.together(`MEDIA_S3_${name}`, ['MEDIA_S3_BUCKET']);
  read.together('MEDIA_S3_ACCESS_KEY_ID', ['MEDIA_S3_SECRET_ACCESS_KEY']);
  read.together('MEDIA_S3_SECRET_ACCESS_KEY', ['MEDIA_S3_ACCESS_KEY_ID']);
  if (bucket === '') return undefined;
  return { bucket, region, endpoint, credentials: secretAccessKey ? { accessKeyId, secretAccessKey } : undefined };
}

function readAi(read: EnvironmentReader): Config['ai'] {
  const baseUrl = read.url('AI_BASE_URL', ['http:', 'https:']);
  const apiKey = read.secret('AI_API_KEY');
  const model = read.text('AI_MODEL', '');
  read.together('AI_BASE_URL', ['AI_MODEL']);
  read.together('AI_MODEL', ['AI_BASE_URL']);
  read.together('AI_API_KEY', ['AI_BASE_URL']);
  return baseUrl === undefined ? undefined : { baseUrl, apiKey, model };
}

function readMastodon(read: EnvironmentReader): Config['mastodon'] {
  const baseUrl = read.url('MASTODON_BASE_URL', ['http:', 'https:']);
  const accessToken = read.secret('MASTODON_ACCESS_TOKEN');
  read.together('MASTODON_BASE_URL', ['MASTODON_ACCESS_TOKEN']);
  read.together('MASTODON_ACCESS_TOKEN', ['MASTODON_BASE_URL']);
  return baseUrl !== undefined && accessToken !== undefined ? { baseUrl, accessToken } : undefined;
}

/** The variables that OpenTelemetry has for this; its SDK reads the others that begin with `OTEL_`. */
function readTracing(read: EnvironmentReader): Config['tracing'] {
  const web = ['http:', 'https:'];
  const endpoint = read.url('OTEL_EXPORTER_OTLP_ENDPOINT', web);
  const tracesEndpoint = read.url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', web);
  const isDisabled = read.choice('OTEL_SDK_DISABLED', ['true', 'false'] as const, 'false') === 'true';
  const url = tracesEndpoint ?? (endpoint && `${endpoint.replace(/\/$/, '')}/v1/traces`);
  return url === undefined || isDisabled ? undefined : { url };
}

function readPersistedOperations(read: EnvironmentReader): Config['persistedOperations'] {
  const file = read.text('PERSISTED_OPERATIONS', '');
  const isExclusive = read.choice('PERSISTED_OPERATIONS_ONLY', switches, 'off') === 'on';
  read.together('PERSISTED_OPERATIONS_ONLY', ['PERSISTED_OPERATIONS']);
  return file === '' ? undefined : { file, isExclusive };
}

function readTrustedProxies(read: EnvironmentReader): Config['trustedProxies'] {
  const text = read.text('TRUST_PROXY', '0', proxies);
  return /^\d+$/.test(text) ? Number(text) : listed(text);
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part);
  return Object.freeze(value);
}
