import { getOperationAST, Kind } from 'graphql';
import type { Logger } from 'pino';
import type { HttpPlugin } from './plugin.ts';

/** Logs one line per response, without tokens, variables and query strings. */
export function useAccessLog(log: Logger): HttpPlugin {
  return {
    isRepeatable: true,
    onParse: () => (payload) => {
      const { result, context } = payload;
      if (result instanceof Error || !('kind' in result)) return;
      const operation = getOperationAST(result, context.params?.operationName);
      if (!operation) return;
      const { selections } = operation.selectionSet;
      context.facts.operation = {
        name: operation.name?.value.slice(0, 100) ?? null,
        type: operation.operation,
        isOneField: selections.length === 1 && selections[0]!.kind === Kind.FIELD,
      };
    },
    onEveryResponse({ requestId, method, path, operation, viewer, status, errorCodes, isFromCache, startedAtMs }) {
      // Outages are in the error report, once a second. Responses without a load are too many for the usual level.
      const isMinor = isFromCache || errorCodes.includes('UNAVAILABLE');
      const level = isMinor ? 'debug' : status >= 500 ? 'warn' : 'info';
      if (!log.isLevelEnabled(level)) return;
      const line = {
        ...{ requestId, method, path },
        operation: operation?.name ?? undefined,
        type: operation?.type,
        viewer: viewer?.kind ?? 'ANONYMOUS',
        status,
        errors: errorCodes.length > 0 ? errorCodes : undefined,
        durationMs: Math.round((performance.now() - startedAtMs) * 1000) / 1000, // to a microsecond
      };
      log[level](line, 'request');
    },
  };
}
