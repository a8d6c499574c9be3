export interface IdempotencyKeysTable {
  workspaceId: string;
  /** Id of a user or of an API token. */
  sender: string;
  mutation: string;
  key: string;
  requestHash: string;
  resultId: string;
  createdAt: string;
}

export interface CacheHistoryTable {
  minute: string;
  processId: string;
  /** By category, then by the name of the figure. */
  figures: Record<string, Record<string, number>>;
}

export interface CacheProcessesTable {
  id: string;
  host: string;
  pid: number;
  version: string;
  runsBackgroundWork: boolean;
  startedAt: string;
  at: string;
  /** That of another version may be unknown, as may be members of the following two. */
  state: string;
  figures: Record<string, unknown>;
  report: unknown;
}

export interface CacheExperimentsTable {
  id: string;
  category: string;
  startedAt: string;
  /** One for each lifetime. */
  arms: readonly CacheExperimentArm[];
}

interface CacheExperimentArm {
  ttlMs: number;
  loads: number;
  hits: number;
  savedMs: number;
  checked: number;
  behind: number;
  behindMs: number;
  maxBehindMs: number;
  hitEvidence: SequentialEvidence;
  behindEvidence: SequentialEvidence;
}

interface SequentialEvidence {
  comparisons: number;
  weight: number;
  sum: number;
  squares: number;
  scale: number;
  strongest: number;
}

export interface CachePoliciesTable {
  category: string;
  ttlMs: number | null;
  staleMs: number | null;
  maxEntries: number | null;
  maxBytes: number | null;
  eviction: 'arc' | 'lru' | null;
  changedAt: string;
}
