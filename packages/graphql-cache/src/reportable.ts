import { GraphQLError } from 'graphql';

/**
 * Returns an error that executors report. They report each error inside an `AggregateError` by itself, so one that is empty would
 * not be reported, and its field would not be null.
 */
export function reportable(error: unknown): unknown {
  if (!(error instanceof AggregateError) || error.errors.length > 0) return error;
  return new Error(error.message || 'an AggregateError without errors', { cause: error });
}

/** Whether an error is the refusal of a request, not a failure. */
export function isRefusal(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions.code !== undefined && error.extensions.unexpected !== true;
}
