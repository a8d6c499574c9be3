import { isForBrowser } from './accept.ts';
import { conditionalResponse } from './conditional-request.ts';
import type { Page } from './graphiql-page.ts';
import type { HttpPlugin } from './plugin.ts';
import { acceptsGzip } from './use-compression.ts';

/** Serves GraphiQL to browsers that open `/graphql`; programs do not accept HTML. */
export function useGraphiql(graphqlPath: string): HttpPlugin {
  let page: Promise<Page> | undefined;
  return {
    isRepeatable: true,
    async onRequest({ request, url, endResponse }) {
      if (request.method !== 'GET' || url.pathname !== graphqlPath) return;
      if (!isForBrowser(request)) return;
      // Nine megabytes of script, so it is imported with the first request.
      page ??= import('./graphiql-page.ts').then(({ makePage }) => makePage());
      endResponse(pageResponse(request, await page));
    },
  };
}

function pageResponse(request: Request, { gzipped, html, etag, policy }: Page): Response {
  const headers: Record<string, string> = {
    etag,
    vary: 'Accept, Accept-Encoding',
    'cache-control': 'no-cache',
    'content-security-policy': policy,
  };
  const conditional = conditionalResponse(request, headers);
  if (conditional) return conditional;
  headers['content-type'] = 'text/html; charset=utf-8';
  const isCompressed = acceptsGzip(request.headers.get('accept-encoding'));
  if (isCompressed) headers['content-encoding'] = 'gzip';
  return new Response(isCompressed ? gzipped : html, { headers });
}
