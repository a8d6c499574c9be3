import type { Queries } from '../database/database.ts';
import type { Invalidation } from '../database/invalidation-log.ts';
import type { TransactionOutcome } from '../database/transaction.ts';
import type { ChangeLog } from '../domains/changes.ts';
import type { ClusterLog, LoggedInvalidation } from './cluster-log.ts';

interface EndedWrite extends LoggedInvalidation {
  /** False if the outcome of its transaction is unknown: it may have rolled back, or may still commit. */
  readonly isCommitted: boolean;
}

/** Returns what a mutation invalidates as far as is known; undefined if it invalidates nothing. */
export type InvalidationOf = (result?: unknown) => Invalidation | undefined;

/** What the transactions of one mutation invalidate. Each writes its tags into the log before its COMMIT. */
export class MutationInvalidations implements ChangeLog {
  readonly #log: ClusterLog;
  readonly #invalidationOf: InvalidationOf;
  readonly #ended: EndedWrite[] = [];

  constructor(log: ClusterLog, invalidationOf: InvalidationOf) {
    this.#log = log;
    this.#invalidationOf = invalidationOf;
  }

  async write(transaction: Queries): Promise<LoggedInvalidation | undefined> {
    const invalidation = this.#invalidationOf();
    return invalidation && { invalidation, position: await this.#log.write(transaction, invalidation) };
  }

  async findOutcome({ position }: LoggedInvalidation): Promise<TransactionOutcome> {
    return position ? await this.#log.findOutcome(position) : 'unknown';
  }

  /** A row whose transaction may still be committed has no position: it is applied again when the log shows it. */
  ended({ invalidation, position }: LoggedInvalidation, outcome: TransactionOutcome): void {
    const isCommitted = outcome === 'committed';
    if (outcome !== 'rolledBack')
      this.#ended.push({ invalidation, position: isCommitted ? position : undefined, isCommitted });
  }

  /**
   * Publishes what was written. What became known only after the last COMMIT is written now; if that fails it is told without a
   * position, as the data is committed, and the error is rethrown.
   */
  async publish(queries: Queries, result: unknown): Promise<void> {
    const whole = this.#invalidationOf(result);
    if (!whole) return;
    const written = new Set(this.#ended.flatMap(({ invalidation }) => invalidation.tags));
    const tags = whole.tags.filter((tag) => !written.has(tag));
    const rest = { ...whole, tags };
    if (tags.length === 0) return await this.#log.publish(withoutRepetitions(this.#ended));
    const [writing] = await Promise.allSettled([this.#log.write(queries, rest)]);
    const position = writing.status === 'fulfilled' ? writing.value : undefined;
    this.#ended.push({ invalidation: rest, position, isCommitted: true });
    await this.#log.publish(withoutRepetitions(this.#ended));
    if (writing.status === 'rejected') throw writing.reason;
  }
}

/**
 * Removes a tag from a row if a later committed row has it, so that subscribers get it once. A later row of unknown outcome removes
 * nothing.
 */
function withoutRepetitions(logged: readonly EndedWrite[]): LoggedInvalidation[] {
  const later = new Set<string>();
  const rows: LoggedInvalidation[] = [];
  for (const { invalidation, position, isCommitted } of [...logged].reverse()) {
    const tags = invalidation.tags.filter((tag) => !later.has(tag));
    if (isCommitted) for (const tag of tags) later.add(tag);
    rows.unshift({ invalidation: { ...invalidation, tags }, position });
  }
  return rows;
}
