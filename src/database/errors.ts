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
