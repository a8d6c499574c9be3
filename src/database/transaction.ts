import pLimit, { type LimitFunction } from 'p-limit';
import { wordsOf } from '../error-words.ts';
import type { Queries } from './database.ts';
import { isDatabaseError, isTransactionConflict, UnavailableError, UnknownOutcomeError } from './errors.ts';
import { CommitRefusedError } from './pool.ts';

/** How a transaction ended. Only `rolledBack` is proof that nothing has changed. */
export type Outcome = 'committed' | 'rolledBack' | 'unknown';

export interface TransactOptions {
  /** Called once, before `transact` settles. */
  onOutcome?: (outcome: Outcome) => void;
}

const attemptsAtMost = 3;

/** As long as for a connection. */
const waitMs = 30_000;

const limits = new WeakMap<Queries, LimitFunction>();

/**
 * Allows so many transactions at a time. Each keeps its connection from one statement to the next: with connections beside them,
 * reads do not wait for their ends. One that waits for 30 s fails, so none may wait for another within itself.
 */
export function limitTransactions(queries: Queries, atMost: number): void {
  limits.set(queries, pLimit(atMost));
}

/**
 * Runs `run` in a transaction and commits it. What `run` throws rolls back and is thrown on. If another transaction was in
 * the way (a deadlock, a serialization failure), `run` is called again, so it must be ready to start over.
 */
export async function transact<T>(
  queries: Queries,
  run: (transaction: Queries) => Promise<T>,
  options: TransactOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const ended = await inTurn(limits.get(queries), () => attemptOnce(queries, run));
    if (ended.outcome === 'rolledBack' && isTransactionConflict(ended.error) && attempt < attemptsAtMost) continue;
    options.onOutcome?.(ended.outcome);
    if (ended.outcome === 'committed') return ended.result;
    throw ended.error;
  }
}

type Ended<T> = { outcome: 'committed'; result: T } | { outcome: 'rolledBack' | 'unknown'; error: unknown };

function inTurn<T>(limit: LimitFunction | undefined, attempt: () => Promise<Ended<T>>): Promise<Ended<T>> {
  if (!limit) return attempt();
  return new Promise((resolve) => {
    let isOver = false;
    const giveUp = setTimeout(() => {
      isOver = true;
      const error = new UnavailableError(`expected a turn among transactions within ${waitMs / 1_000} s, but got none`);
      resolve({ outcome: 'rolledBack', error });
    }, waitMs);
    void limit(async () => {
      if (isOver) return;
      clearTimeout(giveUp);
      resolve(await attempt());
    });
  });
}

async function attemptOnce<T>(queries: Queries, run: (transaction: Queries) => Promise<T>): Promise<Ended<T>> {
  // Controlled: the end of `queries.transaction()` overtakes statements that wait, and lets them loose on a connection of others.
  // Until COMMIT is sent there is nothing to doubt: a server that hears no more of a transaction rolls it back.
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
    await settle(() => transaction.rollback().execute()); // gives the connection back
    return refusedToCommit(committed.error)
      ? { outcome: 'rolledBack', error: committed.error }
      : { outcome: 'unknown', error: unknownOutcome(committed.error) };
  }
  return { outcome: 'committed', result: ran.result };
}

/** Whether the server itself said that it did not commit. One that is shutting down (FATAL) may have done so already. */
function refusedToCommit(error: unknown): boolean {
  if (error instanceof CommitRefusedError) return true;
  const statementCompletionUnknown = '40003';
  return isDatabaseError(error) && error.severity === 'ERROR' && error.code !== statementCompletionUnknown;
}

function unknownOutcome(cause: unknown): UnknownOutcomeError {
  return new UnknownOutcomeError(`expected an answer to COMMIT, but got ${wordsOf(cause)}`, { cause });
}

async function settle<T>(step: () => Promise<T>): Promise<{ result: T } | { error: unknown }> {
  try {
    return { result: await step() };
  } catch (error) {
    return { error };
  }
}
