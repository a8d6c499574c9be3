import type { ExecutionResult } from 'graphql';
import type { JoinedResult } from '../graphql/joined-execution.ts';
import { type PreparedRequest, repeatableHeaders, responseTemplate } from './pending-response.ts';
import type { HttpPlugin } from './plugin.ts';
import type { RememberedResponses } from './remembered-responses.ts';

/** Keeps the text of the result in the facts when it is serialised. Comes before the plugins that need it. */
export function useResultText(): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { stringify, provenance, ...rest } = result as JoinedResult;
      facts.provenance = provenance ?? null;
      setResult({
        stringify(finished: ExecutionResult) {
          facts.json = stringify ? stringify(finished) : JSON.stringify(finished);
          return facts.json;
        },
        ...rest,
      } as ExecutionResult);
    },
  };
}

/** Remembers a response if all of it was joined from fragments. Comes after the plugins that change the response. */
export function useRememberedResponses(responses: RememberedResponses): HttpPlugin {
  return {
    onResponse({ request, response, serverContext: { facts, req } }) {
      const { provenance, viewer, operation, json, gzipped, errorCodes } = facts;
      const key = req && responses.keyOf(req);
      if (key === undefined || response.status !== 200 || errorCodes.length > 0) return;
      if (facts.queryToRegister) return; // its repetition must reach the pipeline, as the query may have been evicted
      if (!provenance?.joined || !viewer || json === null) return;
      const { document, operationName, variableValues } = provenance.operationRequest;
      const prepared: PreparedRequest = {
        document: new WeakRef(document),
        operationName: operationName ?? undefined,
        variables: variableValues ? JSON.stringify(variableValues) : undefined,
        operation: operation?.name ?? null,
        method: request.method,
        acceptEncoding: request.headers.get('accept-encoding'),
        headers: repeatableHeaders(response.headers),
      };
      const template = responseTemplate(prepared, { json, gzipped: gzipped ?? undefined, viewer });
      responses.remember(key, { joined: provenance.joined, ...template }, prepared);
    },
  };
}
