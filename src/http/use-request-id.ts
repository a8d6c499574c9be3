import { randomUUID } from 'node:crypto';
import type { HttpPlugin } from './plugin.ts';

/** What may be repeated in headers and logs as it came. */
const safe = /^[\w.:-]{1,100}$/;

/** The client's id of its request; undefined when it has none that is harmless. */
export function requestIdFrom(header: string | string[] | null | undefined): string | undefined {
  return typeof header === 'string' && safe.test(header) ? header : undefined;
}

/** Comes first. Takes the client's `x-request-id` if it is harmless, or makes one, and says it in the response. */
export function useRequestId(): HttpPlugin {
  return {
    onRequest({ request, serverContext }) {
      serverContext.facts = {
        requestId: requestIdFrom(request.headers.get('x-request-id')) ?? randomUUID(),
        startedAtMs: performance.now(),
        client: 'unknown',
        token: null,
        viewer: null,
        refusal: null,
        operation: null,
        variables: null,
        context: null,
        upload: null,
        registering: null,
        errorCodes: [],
        json: null,
        body: null,
        origin: null,
      };
    },
    onResponse({ response, serverContext }) {
      response.headers.set('x-request-id', serverContext.facts.requestId);
    },
  };
}
