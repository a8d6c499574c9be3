import { createHash } from 'node:crypto';
import type { CacheUsage } from '@magpie/graphql-cache/parts';
import type { Viewer } from '../domains/scope.ts';
import { statusByConditions } from './conditional-request.ts';
import type { HttpPlugin } from './plugin.ts';

/**
 * Sets `Cache-Status` (RFC 9211), `Cache-Control` and `ETag`. A response is the viewer's own and can change with the next write, so
 * a client may store it but must revalidate it before each use: `no-cache`, with an `ETag` on GET to make that cheap.
 */
export function useCacheHeaders(): HttpPlugin {
  return {
    isRepeatable: true,
    async onResponse({ request, response, serverContext: { facts }, setResponse }) {
      const { operation, context } = facts;
      if (!operation || !context) return;
      const { cacheUsage, now, isCutOff } = context.state;
      response.headers.set('cache-status', withDetail(cacheStatus(operation.type, cacheUsage, now), isCutOff));
      response.headers.append('vary', 'Authorization, Accept, Accept-Encoding');
      if (operation.type !== 'query' || response.status !== 200 || facts.errorCodes.length > 0 || facts.json === null) {
        response.headers.set('cache-control', 'no-store');
        return;
      }
      response.headers.set('cache-control', 'private, no-cache');
      if (request.method !== 'GET') return;
      const etag = entityTag(facts.viewer, facts.json);
      response.headers.set('etag', etag);
      const status = statusByConditions(request.headers, etag);
      if (status === undefined) return;
      const headers = new Headers(response.headers);
      for (const name of ['content-type', 'content-length', 'content-encoding']) headers.delete(name);
      setResponse(new Response(null, { status, headers }));
    },
  };
}

const cacheName = 'Magpie';

export function cacheStatus(type: string, usage: CacheUsage, now: number): string {
  const { hits, stale, misses, bypasses } = usage;
  if (type !== 'query') return `${cacheName}; fwd=method`;
  if (misses > 0) return `${cacheName}; fwd=${forwardReason(usage)}; stored`;
  if (hits + stale === 0 || bypasses > 0) return `${cacheName}; fwd=bypass`;
  return hitStatus(usage.freshUntil - now);
}

/** The `Cache-Status` of a request that waited for the response to another one: `collapsed`, if that caused a load. */
export function collapsedStatus(usage: CacheUsage, now: number): string {
  return usage.misses > 0 ? `${cacheName}; fwd=${forwardReason(usage)}; collapsed` : hitStatus(usage.freshUntil - now);
}

function forwardReason({ hits, stale }: CacheUsage): string {
  return hits + stale > 0 ? 'partial' : 'miss';
}

/** The `Cache-Status` of a hit, with the seconds for which it stays fresh; negative when it is stale. */
export function hitStatus(freshMs: number): string {
  return `${cacheName}; hit; ttl=${Math.floor(freshMs / 1000)}`;
}

/** Adds that the response was made while the database could not be reached, so that it may be older than a write. */
export function withDetail(status: string, isCutOff: boolean): string {
  return isCutOff ? `${status}; detail=cut-off` : status;
}

/** A weak ETag, as the compression may differ. The viewer is hashed too, so that no tag is valid for another viewer's response. */
export function entityTag(viewer: Viewer | null, json: string): string {
  const owner = `${viewer?.workspaceId} ${viewer?.tokenId} ${viewer?.role}`;
  return `W/"${createHash('sha256').update(owner).update('\n').update(json).digest('base64url').slice(0, 27)}"`;
}
