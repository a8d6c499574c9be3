import { requestIdFrom } from './use-request-id.ts';

/** Headers by which proxies and tracers tell requests apart (W3C Trace Context, and older ones), a line each. */
const traces =
  /\r\n(x-request-id|x-correlation-id|x-amzn-trace-id|x-cloud-trace-context|traceparent|tracestate):([\t -~]*)(?=\r\n[!-~]|$)/gi;
/** Node leaves out headers beyond the thousandth, and with many more a request would have others than without. */
const maxTraces = 8;

/**
 * A request's text, its bytes as Latin-1, without the headers that trace it: no answer depends on these, but for its own
 * `x-request-id`. Undefined when it has none, or is no request to the letter.
 */
export function untraced(text: string): { text: string; requestId: string | undefined } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0 || !(text.startsWith('POST ') || text.startsWith('GET '))) return undefined;
  const ids: string[] = [];
  let found = 0;
  const head = text.slice(0, end).replace(traces, (_, name: string, value: string) => {
    found++;
    if (name.toLowerCase() === 'x-request-id') ids.push(value.trim());
    return '';
  });
  if (found === 0 || found > maxTraces) return undefined;
  return { text: head + text.slice(end), requestId: ids.length === 1 ? requestIdFrom(ids[0]) : undefined };
}
