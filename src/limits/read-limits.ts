import type { EnvironmentReader } from '../environment-reader.ts';
import type { ProductLimitSettings, RequestLimits } from './limits.ts';

export function readRequestLimits(read: EnvironmentReader): RequestLimits {
  return {
    maxConnections: read.integer('MAX_CONNECTIONS', 10_000),
    maxBodyBytes: read.integer('MAX_BODY_BYTES', 1024 * 1024),
    maxUploadBytes: read.integer('MAX_UPLOAD_BYTES', 11 * 1024 * 1024),
    maxTokens: read.integer('MAX_QUERY_TOKENS', 2_500),
    maxDepth: read.integer('MAX_QUERY_DEPTH', 12),
    maxAliases: read.integer('MAX_QUERY_ALIASES', 100),
    maxRootFields: read.integer('MAX_QUERY_ROOT_FIELDS', 40),
    maxRepeats: read.integer('MAX_QUERY_REPEATS', 25),
    // Allows a calendar of six weeks with targets and accounts, or of a month with all entries, but not several of them.
    maxCost: read.integer('MAX_QUERY_COST', 150_000),
    // Allows a page of a hundred posts of the longest text in any writing system.
    maxResultChars: read.integer('MAX_RESULT_CHARACTERS', 16 * 1024 * 1024),
    // The subscriptions of a workspace together get at most as much of one change as a query may ask for.
    maxEventCost: read.integer('MAX_EVENT_COST', 500),
    maxSubscriptions: read.integer('MAX_SUBSCRIPTIONS', 1_000),
    maxSubscriptionsPerWorkspace: read.integer('MAX_SUBSCRIPTIONS_PER_WORKSPACE', 300),
    maxSubscriptionsPerToken: read.integer('MAX_SUBSCRIPTIONS_PER_TOKEN', 100),
    maxSocketOperations: read.integer('MAX_SOCKET_OPERATIONS', 100),
    maxMutationsPerMinute: read.integer('MAX_MUTATIONS_PER_MINUTE', 60_000),
    maxUploadsPerMinute: read.integer('MAX_UPLOADS_PER_MINUTE', 300),
    maxRegisteredBytes: read.integer('MAX_REGISTERED_QUERY_BYTES', 4 * 1024 * 1024, { min: 0 }),
    maxDocumentBytes: read.integer('MAX_DOCUMENT_BYTES', 48 * 1024 * 1024, { min: 0 }),
    maxAnswerBytes: read.integer('MAX_ANSWER_BYTES', 8 * 1024 * 1024, { min: 0 }),
    drainMs: read.integer('DRAIN_SECONDS', 20, { max: 600 }) * 1000,
  };
}

export function readProductLimits(read: EnvironmentReader): ProductLimitSettings {
  return {
    signIns: {
      windowSeconds: read.integer('SIGN_IN_WINDOW_SECONDS', 900, { max: 86_400 }),
      maxFailures: read.integer('MAX_SIGN_IN_FAILURES', 10),
      maxFailuresPerClient: read.integer('MAX_SIGN_IN_FAILURES_PER_CLIENT', 50),
      maxFailuresPerEmail: read.integer('MAX_SIGN_IN_FAILURES_PER_EMAIL', 100),
      maxWaiting: read.integer('MAX_WAITING_SIGN_INS', 100),
    },
    sessions: {
      days: read.integer('SESSION_DAYS', 30, { max: 3_650 }),
      maxPerMember: read.integer('MAX_SESSIONS', 50, { max: 1_000 }),
    },
    maxGenerationsPerMonth: read.integer('MAX_AI_GENERATIONS_PER_MONTH', 10_000, { max: 2 ** 31 - 1 }),
  };
}
