import type { ExecutionResult } from 'graphql';
import type { JoinedResult } from '../graphql/joined-execution.ts';
import { type Recipe, recipeHeaders, wholeResponse } from './making.ts';
import type { HttpPlugin } from './plugin.ts';
import type { RememberedResponses } from './remembered-responses.ts';

/** Comes before the plugins that need the answer's text: notes it as it is made. */
export function useAnswerText(): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { stringify, origin, ...rest } = result as JoinedResult;
      facts.origin = origin ?? null;
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

/** Comes last, when the response is complete: remembers it if all of it can be found in fragments the next time. */
export function useRemembering(responses: RememberedResponses): HttpPlugin {
  return {
    onResponse({ request, response, serverContext: { facts, req } }) {
      const { origin, viewer, operation, json, body, errorCodes } = facts;
      const key = req && responses.keyOf(req);
      if (key === undefined || response.status !== 200 || errorCodes.length > 0) return;
      if (facts.registering) return; // each time it comes: the query may have been evicted since
      if (!origin?.joinedFrom || !viewer || json === null) return;
      const { document, operationName, variableValues } = origin.question;
      const recipe: Recipe = {
        document: new WeakRef(document),
        operationName: operationName ?? undefined,
        variables: variableValues ? JSON.stringify(variableValues) : undefined,
        operation: operation?.name ?? null,
        method: request.method,
        acceptEncoding: request.headers.get('accept-encoding'),
        headers: recipeHeaders(response.headers),
      };
      const whole = wholeResponse(recipe, { json, gzipped: body ?? undefined, viewer });
      responses.remember(key, { from: origin.joinedFrom, ...whole }, recipe);
    },
  };
}
