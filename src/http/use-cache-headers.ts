import { createHash } from 'node:crypto';
import type { Viewer } from '../domains/context.ts';
import type { CacheUsage } from '../graphql/request.ts';
import { statusByConditions } from './conditional-request.ts';
import type { HttpPlugin } from './plugin.ts';

/**
 * Says what the cache did (`Cache-Status`, RFC 9211) and what others may keep. Answers are the viewer's own and can change with
 * the next write, so a client may keep one but must ask before each use: `no-cache`, with an `ETag` on GET to make that cheap.
 */
export function useCacheHeaders(): HttpPlugin {
  return {
    async onResponse({ request, response, serverContext: { facts }, setResponse }) {
      const { operation, context } = facts;
      if (!operation || !context) return;
      response.headers.set('cache-status', cacheStatus(operation.type, context.state.cacheUsage, context.state.now));
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

export const cacheName = 'Magpie';

export function cacheStatus(type: string, usage: CacheUsage, now: number): string {
  const { hits, stale, misses, bypasses } = usage;
  if (type !== 'query') return `${cacheName}; fwd=method`;
  if (misses > 0) return `${cacheName}; fwd=${forwardReason(usage)}; stored`;
  if (hits + stale === 0 || bypasses > 0) return `${cacheName}; fwd=bypass`;
  return hitStatus(usage.freshUntil - now);
}

/** Of somebody who was given another's answer, which they had waited for: `collapsed`, if it had to be loaded. */
export function collapsedStatus(usage: CacheUsage, now: number): string {
  return usage.misses > 0 ? `${cacheName}; fwd=${forwardReason(usage)}; collapsed` : hitStatus(usage.freshUntil - now);
}

function forwardReason({ hits, stale }: CacheUsage): string {
  return hits + stale > 0 ? 'partial' : 'miss';
}

/** A hit, with the seconds for which it stays fresh; negative when it was stale. */
export function hitStatus(freshMs: number): string {
  return `${cacheName}; hit; ttl=${Math.floor(freshMs / 1000)}`;
}

/** Weak, as compression may differ. The viewer is part of it: no tag of one viewer ever stands for another's answer. */
export function entityTag(viewer: Viewer | null, json: string): string {
  const owner = `${viewer?.workspaceId} ${viewer?.tokenId} ${viewer?.role}`;
  return `W/"${createHash('sha256').update(owner).update('\n').update(json).digest('base64url').slice(0, 27)}"`;
}
