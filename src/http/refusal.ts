import { GraphQLError } from 'graphql';
import type { Outage } from '../graphql/outage.ts';

export interface RefusalOptions {
  /** HTTP status, whatever the client accepts. */
  status: number;
  /** Stable code for programs. */
  code: string;
  headers?: Record<string, string>;
}

/** What a plugin throws to refuse a request: Yoga answers it in the form that the client accepts. */
export function refusal(message: string, { status, code, headers }: RefusalOptions): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status, headers } } });
}

/** A refusal outside of `/graphql`, in the same words. */
export function refusalResponse(
  message: string,
  { status, code, headers, requestId }: RefusalOptions & { requestId?: string },
): Response {
  return Response.json({ errors: [{ message, extensions: { code, requestId } }] }, { status, headers });
}

/** What clients are told of an outage outside of `/graphql`. */
export function outageResponse({ message, status, code, retryAfterSeconds }: Outage): Response {
  const headers = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
  return refusalResponse(message, { status, code, headers });
}
