import { type ExecutionResult, GraphQLError } from 'graphql';
import { MediaStoreError } from '../domains/media/store.ts';
import { type Outage, outageOf } from '../graphql/outage.ts';
import type { LogLevels } from '../throttled-log.ts';
import type { RequestFacts } from './plugin.ts';

const outageMessages = {
  UNAVAILABLE: 'requests fail: the database is unavailable',
  TIMEOUT: 'requests fail: a statement took too long',
  OUTCOME_UNKNOWN: 'the outcome of a mutation is unknown',
};

/** Logs the gravest outage among the errors, if there is one. */
export function logOutage(
  errors: readonly GraphQLError[],
  { log, requestId }: { log: LogLevels; requestId: string },
): void {
  const outage = gravestOutage(errors);
  if (!outage) return;
  const error = errors.find((one) => outageOf(thrownError(one)) === outage)!;
  if (thrownError(error) instanceof MediaStoreError) return; // the log has it, with its cause
  log.warn({ requestId, path: error.path, err: thrownError(error) }, outageMessages[outage.code]);
}

/** Sets the HTTP status of an outage on a result without data, so that load balancers and clients notice it. */
export function withOutageStatus<T extends ExecutionResult>(result: T, { operation }: RequestFacts): T {
  const outage = result.errors && gravestOutage(result.errors);
  if (!outage || !isBlank(result.data)) return result;
  // The other fields of a mutation may have written, although the result does not show it.
  if (operation?.type === 'mutation' && !operation.isOneField) return result;
  const { status, retryAfterSeconds } = outage;
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return { ...result, extensions: { ...result.extensions, http: { status, headers } } };
}

/** A mutation whose outcome is unknown is graver than one that certainly failed. */
function gravestOutage(errors: readonly GraphQLError[]): Outage | undefined {
  const found = errors.map((error) => outageOf(thrownError(error))).filter((outage) => outage !== undefined);
  const has = (code: Outage['code']) => found.find((outage) => outage.code === code);
  return has('OUTCOME_UNKNOWN') ?? has('UNAVAILABLE') ?? has('TIMEOUT');
}

function isBlank(data: object | null | undefined): boolean {
  // Data that is already serialised becomes an object only by `toJSON`.
  const values = data && 'toJSON' in data && typeof data.toJSON === 'function' ? data.toJSON() : data;
  return Object.values(values ?? {}).every((value) => value === null);
}

/** The error that was thrown; graphql-js wraps it each time it catches it. */
export function thrownError(error: unknown): unknown {
  let thrown = error;
  while (thrown instanceof GraphQLError && thrown.originalError) thrown = thrown.originalError;
  return thrown;
}
