import type { Queries } from '../database/database.ts';
import type { LogPosition } from '../database/invalidation-log.ts';
import type { TransactionOutcome } from '../database/transaction.ts';

/** What a transaction of a mutation wrote into the log of invalidations. */
export interface LoggedChange {
  /** Undefined where no other process reads the log. */
  readonly position: LogPosition | undefined;
}

/** Notes what a mutation changed where other processes read it. */
export interface ChangeLog {
  /** Writes what was reported so far, in the transaction, before its COMMIT. Undefined if that is nothing. */
  write(transaction: Queries): Promise<LoggedChange | undefined>;
  /** Finds how the transaction ended, when its COMMIT got no reply. */
  findOutcome(change: LoggedChange): Promise<TransactionOutcome>;
  /** Notes how the transaction ended. */
  ended(change: LoggedChange, outcome: TransactionOutcome): void;
}

/** Stands for all accounts in a change that every viewer may see. */
export const everyAccount = 'all';

/**
 * What a mutation changed, as it was before and as it is after. Domains report it, under names that `@invalidates` can
 * read as `{changes.Name}`: a node's type with its id (`Post`, `Campaign`), or a facet (`CalendarMonth` with `2026-11`).
 */
export class Changes {
  readonly #values = new Map<string, Set<string>>();
  readonly #reached = new Map<string, Set<string>>();
  readonly log: ChangeLog | undefined;
  /** The changed workspace, if it is not the viewer's: a sign-in begins without a viewer. */
  workspaceId: string | undefined;
  /** How the mutation's transactions ended so far: `none` before the first, `unknown` when a commit got no reply. */
  outcome: 'none' | 'rolledBack' | 'committed' | 'unknown' = 'none';

  constructor(log?: ChangeLog) {
    this.log = log;
  }

  /** Reports values that changed; null and undefined are left out, so that optional references need no check. */
  add(name: string, ...values: (string | null | undefined)[]): void {
    let set = this.#values.get(name);
    if (!set) {
      set = new Set();
      this.#values.set(name, set);
    }
    for (const value of values) if (value != null) set.add(value);
  }

  /**
   * Reports the accounts to which nodes belong or belonged before; without ids, those to which changed data without an id belongs.
   * Confined viewers are notified only of data that belongs to one of their accounts. Null stands for a disconnected account.
   */
  reach(accountIds: readonly (string | null)[], ...ids: (string | null | undefined)[]): void {
    for (const id of ids.length === 0 ? [''] : ids) {
      if (id == null) continue;
      let reached = this.#reached.get(id);
      if (!reached) {
        reached = new Set();
        this.#reached.set(id, reached);
      }
      for (const accountId of accountIds) if (accountId !== null) reached.add(accountId);
    }
  }

  /** The reported accounts by node id; the empty string is the key for data without an id. */
  get reached(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#reached;
  }

  get(name: string): readonly string[] {
    return [...(this.#values.get(name) ?? [])];
  }

  /**
   * Records how a transaction ended. A later rollback does not replace an earlier commit, nor a later commit an unknown outcome.
   */
  settle(outcome: TransactionOutcome): void {
    const rank = { none: 0, rolledBack: 1, committed: 2, unknown: 3 };
    if (rank[outcome] > rank[this.outcome]) this.outcome = outcome;
  }
}
