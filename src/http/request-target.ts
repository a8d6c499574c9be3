import type { IncomingMessage, ServerResponse } from 'node:http';

/** A host name or address, with a port or without (RFC 9110, section 7.2). */
const hostPattern = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** Whether the target of a request is a path, and its `Host` header, if there is one, makes a valid URL with it. */
export function hasTarget({ url = '', headers }: IncomingMessage): boolean {
  if (!url.startsWith('/') || url.includes('#')) return false;
  return headers.host === undefined || (hostPattern.test(headers.host) && URL.canParse(url, `http://${headers.host}`));
}

export function refuseTarget(response: ServerResponse): void {
  const message =
    'The request: expected a path such as /graphql and a Host header such as api.example:4000, but got others.';
  response.writeHead(400, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] }));
}
