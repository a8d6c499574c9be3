import type { ExecutionResult } from 'graphql';
import type { JoinedResult } from '../graphql/joined-execution.ts';
import type { MadeResponse } from './making.ts';
import type { Facts, HttpPlugin } from './plugin.ts';
import type { RememberedResponses } from './remembered-responses.ts';
import { collapsedStatus } from './use-cache-headers.ts';

/** Comes before the plugins that need the answer's text: notes it as it is made. */
export function useAnswerText(): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { stringify, origin } = result as JoinedResult;
      facts.origin = origin ?? null;
      setResult({
        ...result,
        stringify(finished: ExecutionResult) {
          facts.json = stringify ? stringify(finished) : JSON.stringify(finished);
          return facts.json;
        },
      } as ExecutionResult);
    },
  };
}

/** Comes last, when the response is complete: remembers it if fragments can make it again, and gives it to those who wait for it. */
export function useRemembering(responses: RememberedResponses): HttpPlugin {
  return {
    onResponse({ response, serverContext: { facts, req } }) {
      if (!req) return;
      const isWanted = facts.origin?.executed.length === 0 || responses.isMaking(req);
      responses.end(req, isWanted && response.status === 200 ? madeResponse(response, facts) : undefined);
    },
  };
}

function madeResponse(
  response: Response,
  { origin, viewer, json, body, context, errorCodes }: Facts,
): MadeResponse | undefined {
  if (!origin || !viewer || json === null || !context || errorCodes.length > 0) return undefined;
  const bytes = body ?? Buffer.from(json);
  const headers: string[] = [];
  response.headers.forEach((value, name) => {
    if (!ownHeaders.has(name)) headers.push(name, value);
  });
  headers.push('content-length', String(bytes.byteLength));
  const { outcome, now } = context.state;
  const status = collapsedStatus(outcome, now);
  return { origin, status, viewer, headers, head: linesOf(headers), body: bytes };
}

function linesOf(headers: readonly string[]): string {
  let lines = '';
  for (let at = 0; at < headers.length; at += 2) lines += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return lines;
}

/** Each response has these of its own. */
const ownHeaders = new Set(['x-request-id', 'cache-status', 'content-length', 'date']);
