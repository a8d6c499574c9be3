import { inspect } from 'node:util';

/** Maximum length of a line. */
const maxChars = 1_000;
/** Maximum depth of nested errors. */
const maxDepth = 5;

/**
 * A description of anything that was thrown; never empty and never `[object Object]`. An error without a message is described by
 * its parts, its cause or its code. Node rejects with such an `AggregateError` when a connection fails at every address of a host.
 */
export function messageOf(error: unknown): string {
  const message = messageAt(error, maxDepth) || 'an error without a description';
  const lines = message.split('\n').map((line) => (line.length > maxChars ? `${line.slice(0, maxChars)}…` : line));
  return lines.join('\n');
}

/** The message of an error whose nested errors are read down to `depth`. */
function messageAt(error: unknown, depth: number): string {
  if (typeof error !== 'object' || error === null) return String(error).trim();
  const { message, errors, cause, code } = error as Partial<Record<string, unknown>>;
  if (typeof message === 'string' && message.trim() !== '') return message.trim();
  if (Array.isArray(errors) && depth > 0) {
    const parts = errors.map((part) => messageAt(part, depth - 1)).filter((part) => part !== '');
    if (parts.length > 0) return [...new Set(parts)].join('; ');
  }
  if (cause !== undefined && depth > 0) return messageAt(cause, depth - 1);
  if (error instanceof Error) return typeof code === 'string' ? code : error.name;
  return inspect(error, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
}

/** A variable, with the part of its value that is not secret. */
export interface Subject {
  readonly variable: string;
  readonly value?: string;
}

/** An error whose message names the variable that an operator has to check. */
class NamedError extends Error {
  override readonly name = 'NamedError';
}

/** Resolves as `attempt` does. The message of a rejection names the variable: `DATABASE_URL db.example:5432: timeout expired`. */
export async function namingVariable<T>({ variable, value }: Subject, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    const message = messageOf(error);
    if (error instanceof NamedError || message.includes(variable)) throw error;
    const subject = value === undefined ? variable : `${variable} ${value}`;
    throw new NamedError(`${subject}: ${message}`, { cause: error });
  }
}
