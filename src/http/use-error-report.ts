import { type ExecutionResult, GraphQLError, type GraphQLErrorExtensions, Kind } from 'graphql';
import { isAsyncIterable, mapAsyncIterator } from 'graphql-yoga';
import type { Logger } from 'pino';
import { messageOf } from '../error-message.ts';
import { outageOf } from '../graphql/outage.ts';
import { excerpt } from '../text/shown.ts';
import { type ThrottledLog, throttled } from '../throttled-log.ts';
import { logOutage, thrownError, withOutageStatus } from './outages.ts';
import type { HttpPlugin, RequestFacts } from './plugin.ts';

/** A message may quote the client's input, and graphql-js quotes it in full. */
const maxMessageChars = 1_000;

/** The error that the client sees: itself, if it and all its original errors are GraphQL errors; otherwise a masked one. */
export function maskError(error: unknown): GraphQLError {
  if (isForClients(error)) return isCoded(error) ? error : withCode(error);
  const { path, nodes, source, positions } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  const outage = outageOf(thrownError(error));
  return new GraphQLError(outage?.message ?? 'Unexpected error', {
    ...{ path, nodes, source, positions },
    originalError: error instanceof Error ? error : new Error(messageOf(error)),
    extensions: outage ? { code: outage.code } : { code: 'INTERNAL', unexpected: true },
  });
}

function isForClients(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  if (error.extensions.unexpected === true) return true;
  return !isOfResult(error) && (error.originalError == null || isForClients(error.originalError));
}

/**
 * Whether graphql-js reports that the type of a field cannot hold its value. Its other errors without a code concern the client's
 * input.
 */
function isOfResult(error: GraphQLError): boolean {
  return !isCoded(error) && error.path !== undefined && error.nodes?.[0]?.kind === Kind.FIELD;
}

function isCoded({ extensions }: GraphQLError): boolean {
  return extensions.code !== undefined;
}

function withCode(error: GraphQLError): GraphQLError {
  return changedError(error, { extensions: { ...error.extensions, code: 'BAD_USER_INPUT' } });
}

/** A changed copy: the error itself may be cached with its document and shared by all clients. */
function changedError(
  error: GraphQLError,
  change: { message?: string; extensions?: GraphQLErrorExtensions },
): GraphQLError {
  const { nodes, source, positions, path } = error;
  const { message, extensions } = { message: error.message, extensions: error.extensions, ...change };
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}

/**
 * Masks unexpected errors in every part of a result and adds the request's id to them; the log has the original error under the
 * same id. Outages are logged at most once a second, and so is each kind of bug.
 */
export function useErrorReport(log: Logger): HttpPlugin {
  const to = { log: throttled(log) };
  return {
    isRepeatable: ({ errorCodes }) => errorCodes.length === 0,
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result)) return;
      if (isAsyncIterable(result)) setResult(mapAsyncIterator(result, (part) => report(part, { facts, ...to })));
      else setResult(withOutageStatus(report(result, { facts, ...to }), facts));
    },
  };
}

/** A whole result, an event, or an incremental part of `@defer` or `@stream`. */
type ResultPart = ExecutionResult & { incremental?: readonly ExecutionResult[] };

interface ReportTarget {
  readonly facts: RequestFacts;
  readonly log: ThrottledLog;
}

function report<T extends ResultPart>(part: T, to: ReportTarget): T {
  const reported = { ...part };
  if (part.incremental) reported.incremental = part.incremental.map((one) => report(one, to));
  if (part.errors) {
    logOutage(part.errors, { log: to.log, requestId: to.facts.requestId });
    reported.errors = part.errors.map((error) => withStatus(withId(withShortMessage(maskError(error)), to)));
    to.facts.errorCodes = reported.errors.map((error) => String(error.extensions.code ?? 'NONE'));
  }
  return reported;
}

function withShortMessage(error: GraphQLError): GraphQLError {
  const message = excerpt(error.message, maxMessageChars);
  return message === error.message ? error : changedError(error, { message });
}

/** RFC 6585, section 4; GraphQL over HTTP, draft, section 6.4. */
function withStatus(error: GraphQLError): GraphQLError {
  const { code, retryAfterSeconds } = error.extensions;
  if (code === 'RATE_LIMITED') {
    const http = { status: 429, headers: { 'Retry-After': String(retryAfterSeconds) } };
    return changedError(error, { extensions: { ...error.extensions, http } });
  }
  // An error of Yoga, which gives it status 400 whatever the client accepts.
  if (code === 'OPERATION_RESOLUTION_FAILURE')
    return changedError(error, { extensions: { ...error.extensions, http: { status: 400, spec: true } } });
  return error;
}

function withId(error: GraphQLError, { facts: { requestId }, log }: ReportTarget): GraphQLError {
  if (!error.extensions.unexpected) return error;
  log.error({ requestId, path: error.path, err: error.originalError }, 'unexpected error', kindOf(error));
  return changedError(error, { extensions: { ...error.extensions, requestId } });
}

/** Identifies a bug by its field, of which there are few, and by the class of the error. */
function kindOf(error: GraphQLError): string {
  const node = error.nodes?.[0];
  const thrown = thrownError(error);
  return `${node?.kind === Kind.FIELD ? node.name.value : ''} ${thrown instanceof Error ? thrown.name : ''}`;
}
