import type { Cache } from '../cache/cache.ts';
import type { CacheCategory } from '../generated/schema.ts';
import type { RequestContext } from './request.ts';
import type { Warmer } from './warmer.ts';

/** `clearCache` and `warmCache`. */
export function cacheControlResolvers({ cache, warmer }: { cache: Cache<CacheCategory>; warmer: () => Warmer }) {
  const entries = () => cache.snapshot().total.entries;
  return {
    Mutation: {
      clearCache(
        _: unknown,
        { input }: { input: { categories?: CacheCategory[] | null } },
        { viewer }: RequestContext,
      ) {
        const before = entries();
        cache.clear({ namespace: viewer.workspaceId, categories: input.categories ?? undefined }, 'clearCache');
        return { clearedEntries: before - entries(), userErrors: [] };
      },
      async warmCache(_: unknown, __: unknown, { viewer }: RequestContext) {
        const before = entries();
        await warmer().warm(viewer);
        return { warmedEntries: Math.max(0, entries() - before), userErrors: [] };
      },
    },
  };
}
