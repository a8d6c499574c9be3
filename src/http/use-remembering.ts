import type { ExecutionResult } from 'graphql';
import type { JoinedResult } from '../graphql/joined-execution.ts';
import type { HttpPlugin } from './plugin.ts';
import type { RememberedResponses } from './remembered-responses.ts';

/** Comes before the plugins that need the answer's text: notes it as it is made. */
export function useAnswerText(): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { stringify, joinedFrom } = result as JoinedResult;
      facts.joinedFrom = joinedFrom ?? null;
      const noting = (finished: ExecutionResult) => {
        facts.json = stringify ? stringify(finished) : JSON.stringify(finished);
        return facts.json;
      };
      setResult({ ...result, stringify: noting } as ExecutionResult);
    },
  };
}

/** Comes last, when the response is complete: remembers it if fragments alone made it. */
export function useRemembering(responses: RememberedResponses): HttpPlugin {
  return {
    onResponse({ response, serverContext: { facts, req } }) {
      const { joinedFrom, viewer, json } = facts;
      if (!joinedFrom || !viewer || json === null || !req) return;
      if (response.status !== 200 || facts.errorCodes.length > 0) return;
      const body = facts.body ?? Buffer.from(json);
      const headers: string[] = [];
      response.headers.forEach((value, name) => {
        if (!ownHeaders.has(name)) headers.push(name, value);
      });
      headers.push('content-length', String(body.byteLength));
      responses.remember(req, { from: joinedFrom, viewer, headers, body });
    },
  };
}

/** Each response has these of its own. */
const ownHeaders = new Set(['x-request-id', 'cache-status', 'content-length', 'date']);
