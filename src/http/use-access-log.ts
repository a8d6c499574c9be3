import { getOperationAST, Kind } from 'graphql';
import type { Logger } from 'pino';
import type { CacheUsage } from '../graphql/request.ts';
import type { HttpPlugin, RequestFacts } from './plugin.ts';

/** Logs one line per request, without tokens, variables and query strings. */
export function useAccessLog(log: Logger): HttpPlugin {
  return {
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
    onResponse({ request, response, serverContext: { facts } }) {
      const { requestId, startedAtMs, operation, viewer, errorCodes } = facts;
      const level = isOutage(facts) || isCachedQuery(facts) ? 'debug' : response.status >= 500 ? 'warn' : 'info';
      logRequest(log, level, {
        requestId,
        method: request.method,
        path: pathOf(request.url),
        operation: operation?.name ?? undefined,
        type: operation?.type,
        viewer: viewer?.kind ?? 'ANONYMOUS',
        status: response.status,
        errors: errorCodes.length > 0 ? errorCodes : undefined,
        durationMs: durationSince(startedAtMs),
      });
    },
  };
}

interface AccessLogLine {
  requestId: string;
  method: string | undefined;
  path: string;
  operation?: string;
  type?: string;
  viewer: string;
  status: number;
  errors?: readonly string[];
  durationMs: number;
}

/** Callers log responses without a load at level `debug`, as there are so many of them. */
export function logRequest(log: Logger, level: 'debug' | 'info' | 'warn', line: AccessLogLine): void {
  log[level](line, 'request');
}

/** Milliseconds, rounded to a microsecond. */
export function durationSince(startedAtMs: number): number {
  return Math.round((performance.now() - startedAtMs) * 1000) / 1000;
}

function isCachedQuery({ operation, context }: RequestFacts): boolean {
  return operation?.type === 'query' && context !== null && isFromCache(context.state.cacheUsage);
}

/** The error report logs an outage once a second, so its requests are not logged as well. */
function isOutage({ errorCodes }: RequestFacts): boolean {
  return errorCodes.includes('UNAVAILABLE');
}

/** Whether at least one field was a hit and none was loaded. */
export function isFromCache({ hits, misses, bypasses }: CacheUsage): boolean {
  return hits > 0 && misses === 0 && bypasses === 0;
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  if (start < 0) return '/';
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
