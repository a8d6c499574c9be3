import type { Queries } from '../database/database.ts';
import type { Invalidation, LogPosition } from '../database/invalidation-log.ts';
import type { TransactionOutcome } from '../database/transaction.ts';

/** What a transaction invalidated. */
export interface LoggedInvalidation {
  readonly invalidation: Invalidation;
  /** Undefined without a log, if the outcome of the transaction is unknown, and if the row could not be written. */
  readonly position: LogPosition | undefined;
}

/** Makes invalidations known to every process that may answer from memory. */
export interface ClusterLog {
  /** Writes into the log, in the transaction that changes the data. */
  write(transaction: Queries, invalidation: Invalidation): Promise<LogPosition | undefined>;
  /** Finds how a transaction ended whose COMMIT got no reply. */
  findOutcome(position: LogPosition): Promise<TransactionOutcome>;
  /** Applies invalidations here and elsewhere, after the commit. Resolves when no process answers with anything older. */
  publish(logged: readonly LoggedInvalidation[]): Promise<void>;
}

/** The log of a process that is alone: nothing is written, and nobody else is told. */
export function localLog(apply: (invalidation: Invalidation) => void): ClusterLog {
  return {
    write: async () => undefined,
    findOutcome: async () => 'unknown',
    async publish(logged) {
      for (const { invalidation } of logged) apply(invalidation);
    },
  };
}
