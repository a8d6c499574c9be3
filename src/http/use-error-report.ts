import { type ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, mapAsyncIterator } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Facts, HttpPlugin } from './plugin.ts';

/** What a client may see of an error: those that were written for it, which are GraphQL errors through and through. */
export function maskError(error: unknown): GraphQLError {
  if (isForClients(error)) return error;
  const { path, nodes, source, positions } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  return new GraphQLError('Unexpected error', {
    ...{ path, nodes, source, positions },
    originalError: error instanceof Error ? error : new Error(String(error)),
    extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true },
  });
}

function isForClients(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  return error.extensions.unexpected === true || error.originalError == null || isForClients(error.originalError);
}

/**
 * Masks what was thrown, in whichever part of an answer it is, and gives it the request's id; under the same id the log has
 * what was masked.
 */
export function useErrorReport(log: Logger): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result)) return;
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, (part) => report(part, { facts, log })));
      else setResult(report(result, { facts, log }));
    },
  };
}

/** A whole answer, an event, or parts that follow with `@defer` and `@stream`. */
type Part = ExecutionResult & { incremental?: readonly ExecutionResult[] };

function report<T extends Part>(part: T, to: { facts: Facts; log: Logger }): T {
  const reported = { ...part };
  if (part.incremental) reported.incremental = part.incremental.map((one) => report(one, to));
  if (part.errors) {
    reported.errors = part.errors.map((error) => withId(maskError(error), to));
    to.facts.errorCodes = reported.errors.map((error) => String(error.extensions.code ?? 'NONE'));
  }
  return reported;
}

function withId(error: GraphQLError, { facts: { requestId }, log }: { facts: Facts; log: Logger }): GraphQLError {
  if (!error.extensions.unexpected) return error;
  log.error({ requestId, path: error.path, err: error.originalError }, 'unexpected error');
  const { nodes, source, positions, path, extensions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, path, extensions: { ...extensions, requestId } });
}
