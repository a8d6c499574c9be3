import { type ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, mapAsyncIterator } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Facts, HttpPlugin } from './plugin.ts';

const unexpected = 'Unexpected error';

/** What a client may see of an error: those that were written for it, which are GraphQL errors through and through. */
export function maskError(error: unknown): Error {
  if (isForClients(error)) return error;
  const { path, nodes, source, positions } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  return new GraphQLError(unexpected, {
    ...{ path, nodes, source, positions },
    originalError: error instanceof Error ? error : new Error(String(error)),
    extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true },
  });
}

function isForClients(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && (error.originalError == null || isForClients(error.originalError));
}

/** Gives each masked error the request's id, and the log the same id with the error that was masked. */
export function useErrorReport(log: Logger): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result)) return;
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, (event) => report(event, { facts, log })));
      else setResult(report(result, { facts, log }));
    },
  };
}

function report<T extends ExecutionResult>(result: T, { facts, log }: { facts: Facts; log: Logger }): T {
  if (!result.errors) return result;
  const { requestId } = facts;
  const errors = result.errors.map((error) => {
    if (!error.extensions?.unexpected) return error;
    log.error({ requestId, path: error.path, err: error.originalError }, 'unexpected error');
    return new GraphQLError(error.message, { ...error, extensions: { ...error.extensions, requestId } });
  });
  facts.errorCodes = errors.map((error) => String(error.extensions?.code ?? 'NONE'));
  return { ...result, errors };
}
