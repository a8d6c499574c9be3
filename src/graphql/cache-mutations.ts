import type { Cache } from '../cache/cache.ts';
import type { CacheCategory } from '../generated/schema.ts';
import type { RequestContext } from './request.ts';
import type { Warmer } from './warmer.ts';

/** The resolvers of `clearCache` and `warmCache`. */
export function cacheMutationResolvers({
  cache,
  spread,
  warmer,
}: {
  cache: Cache<CacheCategory>;
  spread: (tags: readonly string[], cause: string) => Promise<void>;
  warmer: () => Warmer;
}) {
  const entries = () => cache.snapshot().total.entries;
  return {
    Mutation: {
      async clearCache(
        _: unknown,
        { input }: { input: { categories?: CacheCategory[] | null } },
        { viewer }: RequestContext,
      ) {
        const before = entries();
        const cleared: string[] = [];
        const stopListening = cache.onInvalidate((tags) => cleared.push(...tags));
        cache.clear({ namespace: viewer.workspaceId, categories: input.categories ?? undefined }, 'clearCache');
        stopListening();
        const clearedEntries = before - entries();
        await spread(cleared, 'clearCache');
        return { clearedEntries, userErrors: [] };
      },
      async warmCache(_: unknown, __: unknown, { viewer }: RequestContext) {
        const before = entries();
        await warmer().warm(viewer);
        return { warmedEntries: Math.max(0, entries() - before), userErrors: [] };
      },
    },
  };
}
