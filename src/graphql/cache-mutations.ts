import type { CacheCategory } from '../generated/schema.ts';
import type { ClusterLog } from './cluster-log.ts';
import type { EngineCache } from './principals.ts';
import type { RequestContext } from './request.ts';
import type { Warmer } from './warmer.ts';

/** The resolvers of `clearCache` and `warmCache`. */
export function cacheMutationResolvers({
  cache,
  categories,
  clusterLog,
  warmer,
}: {
  cache: EngineCache;
  /** Those of the schema. */
  categories: readonly CacheCategory[];
  clusterLog: ClusterLog;
  warmer: () => Warmer;
}) {
  const entries = () => cache.snapshot(categories).total.entries;
  return {
    Mutation: {
      async clearCache(
        _: unknown,
        { input }: { input: { categories?: CacheCategory[] | null } },
        { viewer, queries }: RequestContext,
      ) {
        const before = entries();
        const cleared: string[] = [];
        const stopListening = cache.onInvalidate((tags) => cleared.push(...tags));
        cache.clear({ namespace: viewer.workspaceId, categories: input.categories ?? undefined }, 'clearCache');
        stopListening();
        const clearedEntries = before - entries();
        const invalidation = { workspaceId: viewer.workspaceId, tags: cleared, cause: 'clearCache' };
        const position = await clusterLog.write(queries, invalidation);
        await clusterLog.publish([{ invalidation, position }]);
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
