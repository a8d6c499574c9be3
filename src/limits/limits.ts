/** How many attempts to sign in may fail within a time. */
export interface SignInLimits {
  readonly windowSeconds: number;
  /** Of one client for one e-mail address. */
  readonly maxFailures: number;
  readonly maxFailuresPerClient: number;
  /** Of all clients together. */
  readonly maxFailuresPerEmail: number;
  /** Attempts that wait until their password can be checked. */
  readonly maxWaiting: number;
}

export interface SessionLimits {
  /** After which a session ends by itself. */
  readonly days: number;
  /** Of a member in a workspace: the oldest ends when there is another. */
  readonly maxPerMember: number;
}

/** What the product allows its users. */
export interface ProductLimitSettings {
  readonly signIns: SignInLimits;
  readonly sessions: SessionLimits;
  /** Generations that a workspace may ask of AI models in a month. */
  readonly maxGenerationsPerMonth: number;
}

/** What the server takes of its clients. */
export interface RequestLimits {
  /** Open at once in a process. */
  readonly maxConnections: number;
  readonly maxBodyBytes: number;
  readonly maxUploadBytes: number;
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
  readonly maxRepeats: number;
  readonly maxCost: number;
  /** Of all clients of a process. */
  readonly maxSubscriptions: number;
  readonly maxSubscriptionsPerWorkspace: number;
  readonly maxSubscriptionsPerToken: number;
  /** Of a WebSocket at once, subscriptions among them. */
  readonly maxSocketOperations: number;
  /** Of a token; of a client, where nobody is signed in. */
  readonly maxMutationsPerMinute: number;
  readonly maxUploadsPerMinute: number;
  /** Of queries that clients register by their hashes; 0 registers none. */
  readonly maxRegisteredBytes: number;
  /** Memory for documents, and what is made of them. */
  readonly maxDocumentBytes: number;
  /** Memory for whole answers. */
  readonly maxAnswerBytes: number;
  /** Time that requests in flight have when the server is told to stop. */
  readonly drainMs: number;
}
