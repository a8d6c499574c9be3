/** What both engines report of a failed statement: a SQLSTATE and, for constraints, the name of the violated one. */
interface DatabaseError extends Error {
  code: string;
  severity: string;
  constraint?: string;
}

/** Whether a row was refused because another has the same key; `constraint` asks for one unique index by its name. */
export function isUniqueViolation(error: unknown, constraint?: string): error is DatabaseError {
  return violates(error, '23505', constraint);
}

/** Whether a row was refused because it points at none, or could not go because others point at it. */
export function isForeignKeyViolation(error: unknown, constraint?: string): error is DatabaseError {
  return violates(error, '23503', constraint);
}

export function isCheckViolation(error: unknown, constraint?: string): error is DatabaseError {
  return violates(error, '23514', constraint);
}

/** Whether two transactions were in each other's way, so that the server undid this one: it may be tried again. */
export function isTransactionConflict(error: unknown): error is DatabaseError {
  return violates(error, '40001') || violates(error, '40P01');
}

function violates(error: unknown, code: string, constraint?: string): error is DatabaseError {
  return isDatabaseError(error) && error.code === code && (constraint === undefined || error.constraint === constraint);
}

/** Whether the server answered, and its answer was an error; a lost connection is none. */
export function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string';
}

/**
 * The database cannot be asked now: nothing listens, the connection is lost, no connection came free in time. Of a COMMIT it
 * means that nobody knows; everything else has not happened.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** A statement did not end in time; it is cut off, and of a COMMIT nobody knows. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/** The server answered COMMIT with a rollback, because a statement of the transaction had failed and nobody rethrew its error. */
export class CommitRefusedError extends Error {
  override readonly name = 'CommitRefusedError';
}

/** Nobody knows whether it was written: COMMIT was sent and got no answer, or a later step failed after a commit. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
  readonly outcome = 'unknown';
}

/** Failures that are nobody's mistake: the same request may succeed later. */
export type Failure = 'unavailable' | 'tooSlow' | 'unknownOutcome';

/** What kind of failure an error of the database is; undefined for mistakes: ours, or the input's. */
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
 * SQLSTATEs that pass: connection exceptions (08), a server that only reads, as after a failover (25006), transactions in each
 * other's way (40), insufficient resources such as a full disk (53), operator intervention (57), errors of the system (58).
 */
const passing = /^(08|25006|40|53|57|58)/;
