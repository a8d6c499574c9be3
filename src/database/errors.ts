import { UnavailableError } from '../unavailable-error.ts';

/** An error of a statement from either engine, with its SQLSTATE and, if one was violated, the name of the constraint. */
interface DatabaseError extends Error {
  code: string;
  severity: string;
  constraint?: string;
}

/** Whether a row was refused because another has the same key. `constraint` restricts the check to one unique index. */
export function isUniqueViolation(error: unknown, constraint?: string): error is DatabaseError {
  return violates(error, '23505', constraint);
}

/** Whether a row was refused because the row it refers to does not exist, or could not be deleted because others refer to it. */
export function isForeignKeyViolation(error: unknown, constraint?: string): error is DatabaseError {
  return violates(error, '23503', constraint);
}

export function isCheckViolation(error: unknown, constraint?: string): error is DatabaseError {
  return violates(error, '23514', constraint);
}

/** Whether the server rolled a transaction back because of a deadlock or serialization failure; it may be retried. */
export function isTransactionConflict(error: unknown): error is DatabaseError {
  return violates(error, '40001') || violates(error, '40P01');
}

/** Whether a statement waited for a lock for longer than it may. */
export function isLockTimeout(error: unknown): error is DatabaseError {
  return violates(error, '55P03');
}

function violates(error: unknown, code: string, constraint?: string): error is DatabaseError {
  return isDatabaseError(error) && error.code === code && (constraint === undefined || error.constraint === constraint);
}

/** Whether the server replied with an error; false for a lost connection. */
export function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}

/** A statement exceeded its time limit and was cancelled. The outcome of a COMMIT is then unknown. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/**
 * The server replied to COMMIT with a rollback, because a statement of the transaction had failed and its error was not rethrown.
 */
export class CommitRefusedError extends Error {
  override readonly name = 'CommitRefusedError';
}

/** The outcome of a write is unknown: COMMIT was sent and got no reply, or a later step failed after a commit. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
  readonly outcome = 'unknown';
}

/** Failures that are neither the client's fault nor a bug: the same request may succeed later. */
export type Failure = 'unavailable' | 'tooSlow' | 'unknownOutcome';

/** The kind of failure of a database error; undefined for bugs and invalid input. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof UnknownOutcomeError) return 'unknownOutcome';
  if (error instanceof UnavailableError) return 'unavailable';
  if (error instanceof TimeLimitError) return 'tooSlow';
  if (!isDatabaseError(error)) return undefined;
  if (error.code === queryCanceled) return 'tooSlow';
  return error.severity !== 'ERROR' || passing.test(error.code) ? 'unavailable' : undefined;
}

const queryCanceled = '57014';

/**
 * SQLSTATEs of temporary failures: connection exceptions (08), a read-only server, as after a failover (25006), transaction
 * conflicts (40), insufficient resources such as a full disk (53), operator intervention (57), system errors (58).
 */
const passing = /^(08|25006|40|53|57|58)/;
