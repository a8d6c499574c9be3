import { GraphQLError } from 'graphql';
import type { Outage } from '../graphql/outage.ts';

export interface RefusalOptions {
  /** HTTP status, whatever media type the client accepts. */
  status: number;
  /** Stable code for programs. */
  code: string;
  headers?: Record<string, string>;
}

/** The error that a plugin throws to refuse a request. Yoga sends it in the media type that the client accepts. */
export function refusal(message: string, { status, code, headers }: RefusalOptions): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status, headers } } });
}

/** The response for a refusal outside of `/graphql`, in the same format. */
export function refusalResponse(
  message: string,
  { status, code, headers, requestId }: RefusalOptions & { requestId?: string },
): Response {
  return Response.json({ errors: [{ message, extensions: { code, requestId } }] }, { status, headers });
}

/** The response for an outage outside of `/graphql`. */
export function outageResponse({ message, status, code, retryAfterSeconds }: Outage): Response {
  const headers = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
  return refusalResponse(message, { status, code, headers });
}
