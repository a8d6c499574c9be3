import type { Cache } from '../cache/cache.ts';
import type { Entry } from '../cache/entry.ts';
import type { CategorySnapshot, Snapshot } from '../cache/snapshot.ts';
import type { Viewer } from '../domains/context.ts';
import type { CacheCategory } from '../generated/schema.ts';
import { adviceFor } from './advice.ts';
import type { AlertWatch } from './alerts.ts';
import { publicNamespace, scopePrefix } from './cache-key.ts';
import type { RequestContext } from './request.ts';

type Category = CategorySnapshot<CacheCategory>;
type Statistics = Snapshot<CacheCategory>['total'] & { startedAt: string; snapshot: Snapshot<CacheCategory> };

/** Most tags shown of one entry. */
const maxTags = 100;

/** The resolvers of `cacheStats`: one snapshot of the cache in the shape of the schema. Nothing is reset. */
export function statisticsResolvers(cache: Cache<CacheCategory>, alerts: AlertWatch, startedAt: Date) {
  return {
    Query: {
      cacheStats(): Statistics {
        const snapshot = cache.snapshot();
        return { ...snapshot.total, startedAt: startedAt.toISOString(), snapshot };
      },
    },
    CacheStats: {
      categories: ({ snapshot }: Statistics, { only }: { only?: CacheCategory[] | null }) =>
        snapshot.categories.filter(({ category }) => only?.includes(category) ?? true),
      alerts: ({ snapshot }: Statistics) => alerts.check({ recent: cache.recent(), bytes: snapshot.total.bytes }),
    },
    CacheCategoryStats: {
      policy: ({ policy }: Category) => ({
        ttlSeconds: Math.round(policy.ttlMs / 1000),
        staleSeconds: Math.round(policy.staleMs / 1000),
        maxEntries: policy.maxEntries,
        maxBytes: policy.maxBytes,
        eviction: policy.eviction,
      }),
      rejections: ({ rejected }: Category) => rejected,
      overtaken: ({ raced }: Category) => raced,
      maxOvershootMs: ({ overshootMs }: Category) => overshootMs,
      sizing: ({ category }: Category) => cache.sizing(category),
      advice: (stats: Category) => adviceFor(stats, cache.sizing(stats.category)),
      hottest({ category }: Category, { first }: { first?: number | null }, context: RequestContext) {
        const isShown = shownEntries(context.viewer);
        const now = cache.now();
        return cache.hottest(category, first ?? 10, isShown).map((entry) => ({
          key: entry.key,
          hits: entry.hits,
          ageSeconds: Math.max(0, now - entry.createdAt) / 1000,
          expiresInSeconds: (entry.expiresAt - now) / 1000,
          bytes: entry.bytes,
          tags: entry.tags.flatMap(({ name }) => shownTag(name, entry.namespace)).slice(0, maxTags),
        }));
      },
    },
  };
}

/** Returns whether a viewer may see an entry. Keys and tags name nodes, so a confined viewer sees only entries of the same accounts. */
function shownEntries(viewer: Viewer): (entry: Entry) => boolean {
  const prefix = scopePrefix('WORKSPACE', viewer)!;
  return ({ namespace, key }) =>
    namespace === publicNamespace ||
    (namespace === prefix.namespace && (viewer.accountIds === null || key.startsWith(prefix.key)));
}

/** Returns a tag as the schema writes it, without its namespace; nothing for an engine tag. */
export function shownTag(name: string, namespace: string | undefined): string[] {
  const prefix = `${namespace}/`;
  return name.startsWith(prefix) ? [name.slice(prefix.length)] : [];
}
