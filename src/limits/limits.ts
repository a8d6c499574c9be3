/** How many attempts to sign in may fail within `windowSeconds`. */
export interface SignInLimits {
  readonly windowSeconds: number;
  /** Per pair of client and e-mail address. */
  readonly maxFailures: number;
  readonly maxFailuresPerClient: number;
  /** Per e-mail address, of all clients together. */
  readonly maxFailuresPerEmail: number;
  /** Attempts that may wait for the check of their password. */
  readonly maxWaiting: number;
}

export interface SessionLimits {
  /** Days after which a session expires. */
  readonly days: number;
  /** Sessions per member of a workspace; one more ends the oldest. */
  readonly maxPerMember: number;
}

/** Limits of the product for its users. */
export interface ProductLimitSettings {
  readonly signIns: SignInLimits;
  readonly sessions: SessionLimits;
  /** Generations by AI models per workspace and month. */
  readonly maxGenerationsPerMonth: number;
}

/** Limits of the server for its clients. */
export interface RequestLimits {
  /** Concurrent connections per process. */
  readonly maxConnections: number;
  readonly maxBodyBytes: number;
  readonly maxUploadBytes: number;
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
  readonly maxRepeats: number;
  readonly maxCost: number;
  /** Characters of the values in a result. */
  readonly maxResultChars: number;
  /** Fields in an event of a subscription that tells of changes. */
  readonly maxEventCost: number;
  /** Concurrent subscriptions per process, of all clients together. */
  readonly maxSubscriptions: number;
  readonly maxSubscriptionsPerWorkspace: number;
  readonly maxSubscriptionsPerToken: number;
  /** Concurrent operations of one WebSocket, including subscriptions. */
  readonly maxSocketOperations: number;
  /** Per token; for anonymous requests, per client address. So is `maxUploadsPerMinute`. */
  readonly maxMutationsPerMinute: number;
  readonly maxUploadsPerMinute: number;
  /** Memory for queries that clients register by their hashes; with 0 they cannot. */
  readonly maxRegisteredBytes: number;
  /** Memory for parsed documents and their operation plans. */
  readonly maxDocumentBytes: number;
  /** Memory for remembered responses. */
  readonly maxAnswerBytes: number;
  /** Milliseconds that running requests have when the server stops. */
  readonly drainMs: number;
}
