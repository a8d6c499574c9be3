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
