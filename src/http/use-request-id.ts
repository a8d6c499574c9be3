import { randomUUID } from 'node:crypto';
import type { HttpPlugin } from './plugin.ts';

/** What may be repeated in headers and logs as it came. */
const safe = /^[\w.:-]{1,100}$/;

/** Comes first. Takes the client's `x-request-id` if it is harmless, or makes one, and says it in the response. */
export function useRequestId(): HttpPlugin {
  return {
    onRequest({ request, serverContext }) {
      const given = request.headers.get('x-request-id');
      serverContext.facts = {
        requestId: given !== null && safe.test(given) ? given : randomUUID(),
        startedAtMs: performance.now(),
        token: null,
        viewer: null,
        operation: null,
        context: null,
        errorCodes: [],
      };
    },
    onResponse({ response, serverContext }) {
      response.headers.set('x-request-id', serverContext.facts.requestId);
    },
  };
}
