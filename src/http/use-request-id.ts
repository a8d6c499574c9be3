import type { HttpPlugin } from './plugin.ts';
import { newRequestId, requestIdFrom } from './request-id.ts';

/** Creates the facts, with the client's `x-request-id` if it is harmless or a new one, which the response repeats. Comes first. */
export function useRequestId(): HttpPlugin {
  return {
    isRepeatable: true,
    onRequest({ request, serverContext }) {
      serverContext.facts = {
        requestId: requestIdFrom(request.headers.get('x-request-id')) ?? newRequestId(),
        startedAtMs: performance.now(),
        client: 'unknown',
        mediaTypes: null,
        token: null,
        viewer: null,
        refusal: null,
        operation: null,
        variables: null,
        context: null,
        upload: null,
        queryToRegister: null,
        errorCodes: [],
        json: null,
        gzipped: null,
        provenance: null,
      };
    },
    onResponse({ response, serverContext }) {
      response.headers.set('x-request-id', serverContext.facts.requestId);
    },
  };
}
