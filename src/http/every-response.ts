import type { HttpPlugin, RequestFacts, SentResponse, ServerContext } from './plugin.ts';
import { isFromCache } from './plugin.ts';
import type { RememberedResponses } from './remembered-responses.ts';
import { preparedFrom } from './response-template.ts';

/** Returns a function that tells all plugins of a response. */
export function createTeller(plugins: readonly HttpPlugin[]): (response: SentResponse) => void {
  const listening = plugins.filter(({ onEveryResponse }) => onEveryResponse !== undefined);
  return (response) => {
    for (const plugin of listening) plugin.onEveryResponse!(response);
  };
}

/**
 * Whether all plugins let the response to a request be sent again. A plugin without `isRepeatable`, such as one of another package,
 * does not.
 */
function isRepeatable(plugins: readonly Partial<HttpPlugin>[], facts: RequestFacts): boolean {
  return plugins.every(({ isRepeatable = false }) =>
    typeof isRepeatable === 'function' ? isRepeatable(facts) : isRepeatable,
  );
}

/** The end of the pipeline, behind all plugins: tells them of the response, and remembers it if they agree. */
export function createPipelineEnd(
  plugins: readonly HttpPlugin[],
  { tell, responses }: { tell: (response: SentResponse) => void; responses: RememberedResponses },
): Pick<HttpPlugin, 'onResponse'> {
  return {
    onResponse({ request, response, serverContext: { facts, key } }: OnResponse) {
      const { requestId, operation, viewer, errorCodes, startedAtMs } = facts;
      const { method, url } = request;
      tell({
        requestId,
        method,
        path: pathOf(url),
        viewer,
        operation,
        status: response.status,
        errorCodes,
        isFromCache: isCachedQuery(facts),
        isRepeated: false,
        startedAtMs,
      });
      if (!key || response.status !== 200 || !isRepeatable(plugins, facts)) return;
      const remembered = preparedFrom(request, response, facts);
      if (remembered) responses.remember(key, remembered.prepared, remembered.made);
    },
  };
}

interface OnResponse {
  readonly request: Request;
  readonly response: Response;
  readonly serverContext: ServerContext;
}

function isCachedQuery({ operation, context }: RequestFacts): boolean {
  return operation?.type === 'query' && context !== null && isFromCache(context.state.cacheUsage);
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  if (start < 0) return '/';
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
