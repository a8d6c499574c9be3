import { type ExecutionResult, GraphQLError } from 'graphql';
import { type Outage, outageOf } from '../graphql/outage.ts';
import type { LogLevels } from '../throttled-log.ts';
import type { RequestFacts } from './plugin.ts';

const outageMessages = {
  UNAVAILABLE: 'requests fail: the database is unavailable',
  TIMEOUT: 'requests fail: a statement took too long',
  OUTCOME_UNKNOWN: 'nobody knows whether a mutation was committed',
};

/** Logs the gravest of the outages among the errors. */
export function logOutage(
  errors: readonly GraphQLError[],
  { log, requestId }: { log: LogLevels; requestId: string },
): void {
  const outage = gravestOutage(errors);
  if (!outage) return;
  const error = errors.find((one) => outageOf(thrownError(one)) === outage)!;
  log.warn({ requestId, path: error.path, err: thrownError(error) }, outageMessages[outage.code]);
}

/** An answer that brings nothing but an outage says so by its status, which load balancers and clients understand. */
export function withOutageStatus<T extends ExecutionResult>(result: T, { operation }: RequestFacts): T {
  const outage = result.errors && gravestOutage(result.errors);
  if (!outage || !isBlank(result.data)) return result;
  // What its other fields wrote is written, though the answer does not show it.
  if (operation?.type === 'mutation' && !operation.isOneField) return result;
  const { status, retryAfterSeconds } = outage;
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return { ...result, extensions: { ...result.extensions, http: { status, headers } } };
}

/** One that may have happened counts more than one that has not. */
function gravestOutage(errors: readonly GraphQLError[]): Outage | undefined {
  const found = errors.map((error) => outageOf(thrownError(error))).filter((outage) => outage !== undefined);
  const has = (code: Outage['code']) => found.find((outage) => outage.code === code);
  return has('OUTCOME_UNKNOWN') ?? has('UNAVAILABLE') ?? has('TIMEOUT');
}

function isBlank(data: object | null | undefined): boolean {
  // Data that is text already is an object only by `toJSON`.
  const values = data && 'toJSON' in data && typeof data.toJSON === 'function' ? data.toJSON() : data;
  return Object.values(values ?? {}).every((value) => value === null);
}

/** What was thrown: GraphQL wraps it once for each place in which it is caught. */
export function thrownError(error: unknown): unknown {
  let origin = error;
  while (origin instanceof GraphQLError && origin.originalError) origin = origin.originalError;
  return origin;
}
