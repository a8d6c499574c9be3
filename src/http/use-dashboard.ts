import { fileURLToPath } from 'node:url';
import { conditionalResponse } from './conditional-request.ts';
import { type DashboardFile, readDashboard } from './dashboard-files.ts';
import type { HttpPlugin } from './plugin.ts';
import { refusalResponse } from './refusal.ts';
import { acceptsGzip } from './use-compression.ts';

export const dashboardPath = '/dashboard';

const builtFolder = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));

/** The Content-Security-Policy of the page: it loads its own files, sends requests to this server, and runs no inline script. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the operator's page, which is a client of the GraphQL API. Its files are read with the first request. */
export function useDashboard(folder = builtFolder): HttpPlugin {
  let reading: ReturnType<typeof readDashboard> | undefined;
  return {
    isRepeatable: true,
    async onRequest({ request, url, endResponse }) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return;
      if (url.pathname !== dashboardPath && !url.pathname.startsWith(`${dashboardPath}/`)) return;
      reading ??= readDashboard(folder).catch((error) => {
        reading = undefined; // it may be built again before the next request
        throw error;
      });
      const files = await reading;
      if (!files) reading = undefined; // it may be built before the next request
      const file = files?.get(url.pathname);
      if (file) endResponse(fileResponse(request, file, url.pathname === dashboardPath));
      else if (!files && url.pathname === dashboardPath) endResponse(notBuilt());
    },
  };
}

/** The page is asked for each time; its files are not, as their names change with their content. */
function fileResponse(request: Request, { content, gzipped, etag, type }: DashboardFile, isPage: boolean): Response {
  const headers: Record<string, string> = {
    etag,
    vary: 'Accept-Encoding',
    'cache-control': isPage ? 'no-cache' : 'public, max-age=31536000, immutable',
    'content-security-policy': policy,
  };
  const conditional = conditionalResponse(request, headers);
  if (conditional) return conditional;
  headers['content-type'] = type;
  const isCompressed = acceptsGzip(request.headers.get('accept-encoding'));
  if (isCompressed) headers['content-encoding'] = 'gzip';
  return new Response(request.method === 'HEAD' ? null : isCompressed ? gzipped : content, { headers });
}

function notBuilt(): Response {
  const message = 'The dashboard is not built: expected it in dist/dashboard. Run `npm run dashboard`, then reload.';
  return refusalResponse(message, { status: 503, code: 'UNAVAILABLE' });
}
