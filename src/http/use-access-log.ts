import { getOperationAST } from 'graphql';
import type { Logger } from 'pino';
import type { Facts, HttpPlugin } from './plugin.ts';

/** One line a request, without tokens, variables or query strings. */
export function useAccessLog(log: Logger): HttpPlugin {
  return {
    onParse: () => (payload) => {
      const { result, context } = payload;
      if (result instanceof Error || !('kind' in result)) return;
      const operation = getOperationAST(result, context.params?.operationName);
      if (operation) context.facts.operation = { name: operation.name?.value ?? null, type: operation.operation };
    },
    onResponse({ request, response, serverContext: { facts } }) {
      const { status } = response;
      log[levelOf(status, facts)](
        {
          requestId: facts.requestId,
          method: request.method,
          path: pathOf(request.url),
          operation: facts.operation?.name?.slice(0, 100),
          type: facts.operation?.type,
          viewer: facts.viewer?.kind ?? 'ANONYMOUS',
          status,
          errors: facts.errorCodes.length > 0 ? facts.errorCodes : undefined,
          durationMs: Math.round((performance.now() - facts.startedAtMs) * 1000) / 1000,
        },
        'request',
      );
    },
  };
}

function levelOf(status: number, facts: Facts): 'debug' | 'info' | 'warn' {
  if (status >= 500) return 'warn';
  return isAnsweredFromCache(facts) ? 'debug' : 'info';
}

/** Nothing was loaded, and at least one field was found. */
function isAnsweredFromCache({ operation, context }: Facts): boolean {
  if (operation?.type !== 'query' || !context) return false;
  const { hits, misses, bypasses } = context.state.outcome;
  return hits > 0 && misses === 0 && bypasses === 0;
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  if (start < 0) return '/';
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
