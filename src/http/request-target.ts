import type { IncomingMessage, ServerResponse } from 'node:http';

/** Names and addresses, with a port or without (RFC 9110, section 7.2). */
const hostPattern = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** Whether a request says where it goes in a way that makes an address: a path, and a host if there is one. */
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
