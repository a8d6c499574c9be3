import { GraphQLError } from 'graphql';

/**
 * Executors report each error of an `AggregateError` by itself, so that one without any would be no error at all, and its field not
 * even null. Gives an error that they report in its place.
 */
export function reportable(error: unknown): unknown {
  if (!(error instanceof AggregateError) || error.errors.length > 0) return error;
  return new Error(error.message || 'an AggregateError without errors', { cause: error });
}

/** Whether an error says that what a client asked for is refused: nothing has failed then. */
export function isRefusal(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions.code !== undefined && error.extensions.unexpected !== true;
}
