import { createHash } from 'node:crypto';
import { isForBrowser } from './accept.ts';
import { conditionalResponse } from './conditional-request.ts';
import type { HttpPlugin } from './plugin.ts';
import { refusalResponse } from './refusal.ts';
import { type Link, makeStartPage } from './start-page.ts';

/** Serves the links of the server at `/`: as a page for browsers, as JSON for programs. */
export function useStartPage(links: readonly Link[]): HttpPlugin {
  const { html, json, policy } = makeStartPage(links);
  const page = variant(html, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
  const program = variant(json, { 'content-type': 'application/json; charset=utf-8' });
  return {
    isRepeatable: true,
    onRequest({ request, url, endResponse }) {
      if (url.pathname !== '/') return;
      if (request.method !== 'GET' && request.method !== 'HEAD') return endResponse(notAllowed());
      const { text, headers } = isForBrowser(request) ? page : program;
      const body = request.method === 'HEAD' ? null : text;
      endResponse(conditionalResponse(request, headers) ?? new Response(body, { headers }));
    },
  };
}

function variant(text: string, headers: Record<string, string>) {
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  return { text, headers: { ...headers, etag, vary: 'Accept', 'cache-control': 'no-cache' } };
}

function notAllowed(): Response {
  return refusalResponse('This page is read-only: expected GET or HEAD. GraphQL is at /graphql.', {
    ...{ status: 405, code: 'BAD_REQUEST' },
    headers: { allow: 'GET, HEAD' },
  });
}
