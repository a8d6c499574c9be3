import { maxErrors, omittedErrors } from '@magpie/graphql-cache/parts';
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
  return errorWith(error, shownOf(error));
}

/** What the client sees of an error. */
interface Shown {
  readonly message: string;
  readonly extensions: GraphQLErrorExtensions;
}

function shownOf(error: unknown): Shown {
  if (isForClients(error)) {
    const { message, extensions } = error;
    return { message, extensions: isCoded(error) ? extensions : { ...extensions, code: 'BAD_USER_INPUT' } };
  }
  const outage = outageOf(thrownError(error));
  return {
    message: outage?.message ?? 'Unexpected error',
    extensions: outage ? { code: outage.code } : { code: 'INTERNAL', unexpected: true },
  };
}

/**
 * The error if it is as it is shown; otherwise a copy, because the error may be cached with its document and shared by all clients.
 * Each copy searches the document for its line, and one with an original error formats the stack of that.
 */
function errorWith(error: unknown, { message, extensions }: Shown): GraphQLError {
  const isShown = isForClients(error);
  if (isShown && message === error.message && extensions === error.extensions) return error;
  const { path, nodes, source, positions } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  const originalError = isShown ? undefined : error instanceof Error ? error : new Error(messageOf(error));
  return new GraphQLError(message, { path, nodes, source, positions, extensions, originalError });
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

/**
 * Limits the errors of a result, masks unexpected ones in all its parts and adds the request's id to them; the log has the original
 * error under the same id. Outages are logged at most once a second, and so is each kind of bug.
 */
export function useErrorReport(log: Logger): HttpPlugin {
  const to = { log: throttled(log) };
  return {
    isRepeatable: ({ errorCodes }) => errorCodes.length === 0,
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result)) return;
      if (!isAsyncIterable(result))
        return setResult(withOutageStatus(report(result, { facts, ...to, room: new ErrorRoom() }), facts));
      const room = new ErrorRoom();
      const roomOf = () => (facts.operation?.type === 'subscription' ? new ErrorRoom() : room);
      setResult(mapAsyncIterator(result, (part) => report(part, { facts, ...to, room: roomOf() })));
    },
  };
}

/** A whole result, an event, or an incremental part of `@defer` or `@stream`. */
type ResultPart = ExecutionResult & { incremental?: readonly ExecutionResult[] };

interface ReportTarget {
  readonly facts: RequestFacts;
  readonly log: ThrottledLog;
  readonly room: ErrorRoom;
}

/** The errors that an answer may still have, in all its parts: as many as an execution or a validation returns itself. */
class ErrorRoom {
  #left = maxErrors + 1;

  /** The errors, or the first of them and one that counts the others. */
  cut(errors: readonly GraphQLError[]): readonly GraphQLError[] {
    const left = this.#left;
    this.#left = Math.max(0, left - errors.length);
    if (errors.length <= left) return errors;
    const first = errors.slice(0, Math.max(0, left - 1));
    return [...first, omittedErrors(errors.length - first.length)];
  }
}

function report<T extends ResultPart>(part: T, to: ReportTarget): T {
  const reported = { ...part };
  if (part.incremental) reported.incremental = part.incremental.map((one) => report(one, to));
  if (part.errors) {
    logOutage(part.errors, { log: to.log, requestId: to.facts.requestId });
    reported.errors = to.room.cut(part.errors).map((error) => reportedError(error, to));
    to.facts.errorCodes = reported.errors.map((error) => String(error.extensions.code ?? 'NONE'));
  }
  return reported;
}

function reportedError(error: GraphQLError, { facts: { requestId }, log }: ReportTarget): GraphQLError {
  const { message, extensions } = shownOf(error);
  if (extensions.unexpected) {
    const err = isForClients(error) ? error.originalError : error;
    log.error({ requestId, path: error.path, err }, 'unexpected error', kindOf(error));
  }
  const added = { ...(extensions.unexpected === true && { requestId }), ...statusOf(extensions) };
  return errorWith(error, {
    message: excerpt(message, maxMessageChars),
    extensions: Object.keys(added).length > 0 ? { ...extensions, ...added } : extensions,
  });
}

/** RFC 6585, section 4; GraphQL over HTTP, draft, section 6.4. */
function statusOf({ code, retryAfterSeconds }: GraphQLErrorExtensions): GraphQLErrorExtensions {
  if (code === 'RATE_LIMITED') return { http: { status: 429, headers: { 'Retry-After': String(retryAfterSeconds) } } };
  // An error of Yoga, which gives it status 400 whatever the client accepts.
  if (code === 'OPERATION_RESOLUTION_FAILURE') return { http: { status: 400, spec: true } };
  return {};
}

/** Identifies a bug by its field, of which there are few, and by the class of the error. */
function kindOf(error: GraphQLError): string {
  const node = error.nodes?.[0];
  const thrown = thrownError(error);
  return `${node?.kind === Kind.FIELD ? node.name.value : ''} ${thrown instanceof Error ? thrown.name : ''}`;
}
