import { messageOf } from '../error-message.ts';
import { UnavailableError } from '../unavailable-error.ts';
import { type Queries, takeTransaction } from './admission.ts';
import { CommitRefusedError, isDatabaseError, isTransactionConflict, UnknownOutcomeError } from './errors.ts';

/** How a transaction ended. Only `rolledBack` proves that nothing was written. */
export type TransactionOutcome = 'committed' | 'rolledBack' | 'unknown';

export interface TransactOptions {
  /** Finds the outcome when COMMIT got no reply. */
  findOutcome?: () => Promise<TransactionOutcome>;
  /** Called once, before `transact` settles. */
  onOutcome?: (outcome: TransactionOutcome) => void;
}

const attemptsAtMost = 3;

/**
 * Runs `run` in a transaction and commits it. An error of `run` rolls back and is rethrown. After a conflict with another
 * transaction (a deadlock, a serialization failure), `run` is called again, so it must be repeatable. Transactions take turns, so
 * one must not wait for another inside `run`.
 */
export async function transact<T>(
  queries: Queries,
  run: (transaction: Queries) => Promise<T>,
  options: TransactOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const attempted = await inTurn(queries, () => attemptOnce(queries, run));
    const ended = attempted.outcome === 'unknown' ? await clearUp(attempted, options) : attempted;
    if (ended.outcome === 'rolledBack' && isTransactionConflict(ended.error) && attempt < attemptsAtMost) continue;
    options.onOutcome?.(ended.outcome);
    if (ended.outcome === 'committed') return ended.result;
    throw ended.error;
  }
}

type Ended<T> =
  | { outcome: 'committed'; result: T }
  | { outcome: 'rolledBack'; error: unknown }
  | { outcome: 'unknown'; result: T; error: UnknownOutcomeError };

async function clearUp<T>(
  doubtful: Ended<T> & { outcome: 'unknown' },
  { findOutcome }: TransactOptions,
): Promise<Ended<T>> {
  const outcome = await findOutcome?.();
  if (outcome === 'committed') return { outcome, result: doubtful.result };
  if (outcome !== 'rolledBack') return doubtful;
  const cause = doubtful.error;
  return { outcome, error: new UnavailableError('the connection was lost, and nothing was committed', { cause }) };
}

async function inTurn<T>(queries: Queries, attempt: () => Promise<Ended<T>>): Promise<Ended<T>> {
  const turn = await settle(() => takeTransaction(queries));
  if ('error' in turn) return { outcome: 'rolledBack', error: turn.error };
  return await attempt().finally(turn.result);
}

async function attemptOnce<T>(queries: Queries, run: (transaction: Queries) => Promise<T>): Promise<Ended<T>> {
  // A controlled transaction: with `queries.transaction()`, statements queued after the end would run outside the transaction.
  // Until COMMIT is sent the outcome is certain: a server rolls a transaction back when its connection ends.
  const begun = await settle(() => queries.startTransaction().execute());
  if ('error' in begun) return { outcome: 'rolledBack', error: begun.error };
  const transaction = begun.result;

  const ran = await settle(() => run(transaction));
  if ('error' in ran) {
    await settle(() => transaction.rollback().execute());
    return { outcome: 'rolledBack', error: ran.error };
  }

  const committed = await settle(() => transaction.commit().execute());
  if ('error' in committed) {
    await settle(() => transaction.rollback().execute()); // releases the connection
    return refusedToCommit(committed.error)
      ? { outcome: 'rolledBack', error: committed.error }
      : { outcome: 'unknown', result: ran.result, error: unknownOutcome(committed.error) };
  }
  return { outcome: 'committed', result: ran.result };
}

/** Whether the server reported that it did not commit. A server that is shutting down (FATAL) may have committed already. */
function refusedToCommit(error: unknown): boolean {
  if (error instanceof CommitRefusedError) return true;
  const statementCompletionUnknown = '40003';
  return isDatabaseError(error) && error.severity === 'ERROR' && error.code !== statementCompletionUnknown;
}

function unknownOutcome(cause: unknown): UnknownOutcomeError {
  return new UnknownOutcomeError(`expected a response to COMMIT, but got ${messageOf(cause)}`, { cause });
}

async function settle<T>(step: () => Promise<T>): Promise<{ result: T } | { error: unknown }> {
  try {
    return { result: await step() };
  } catch (error) {
    return { error };
  }
}
