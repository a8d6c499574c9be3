import { type AuditResults, type CategorySnapshot, isEngineTag, type Snapshot } from '@magpie/cache';
import { type Entry, isKeyTag, namespaceOfEngineTag } from '@magpie/cache/entries';
import { isPersonalKey, publicNamespace } from '@magpie/graphql-cache/parts';
import type { Viewer } from '../domains/scope.ts';
import type { CacheCategory, CacheStatsOf } from '../generated/schema.ts';
import type { Experiments } from '../operator/experiments.ts';
import type { InvalidationLog } from '../operator/invalidation-log.ts';
import type { OtherProcess, Processes } from '../operator/processes.ts';
import type { RemoteSnapshot } from '../remote/statistics.ts';
import { adviceFor } from './advice.ts';
import type { Alert } from './alerts.ts';
import type { EngineCache } from './principals.ts';
import { visibleTags } from './reach.ts';
import type { RequestContext } from './request.ts';
import { sharingWith } from './viewer-scope.ts';

/** The figures of a category of one process or of all, beside those of this one. */
interface Category extends CategorySnapshot<CacheCategory> {
  readonly own: CategorySnapshot<CacheCategory>;
}

/** As `Category`, of the whole cache. */
interface Statistics extends Total {
  readonly startedAt: string;
  readonly processCount: number;
  readonly categories: readonly Category[];
  readonly own: Snapshot<CacheCategory>;
}
type Total = Snapshot<CacheCategory>['total'];

/** Most tags shown of one entry. */
const maxTags = 100;

interface StatisticsOptions {
  readonly cache: EngineCache;
  /** Those of the schema: other categories are not in the figures. */
  readonly categories: readonly CacheCategory[];
  readonly checkAlerts: () => readonly Alert[];
  readonly remote: () => RemoteSnapshot | undefined;
  readonly invalidationLog: InvalidationLog;
  readonly experiments: Pick<Experiments, 'isOn'>;
  readonly processes: Processes;
}

/** The resolvers of `cacheStats`: one snapshot in the shape of the schema, of this process or of all. Nothing is reset. */
export function statisticsResolvers(options: StatisticsOptions) {
  const { cache, categories, remote, checkAlerts, invalidationLog, experiments, processes } = options;
  const statisticsWith = (others: readonly OtherProcess[]): Statistics => {
    const own = cache.snapshot(categories);
    const shown =
      others.length === 0
        ? own
        : cache.snapshot(
            categories,
            others.flatMap((other) => other.categories),
          );
    const [startedAt] = [processes.identity.startedAt, ...others.map((other) => other.startedAt)].sort();
    return {
      ...{ ...shown.total, startedAt: startedAt!, processCount: 1 + others.length, own },
      categories: shown.categories.map((stats, place) => ({ ...stats, own: own.categories[place]! })),
    };
  };
  return {
    Query: {
      cacheStats(_: unknown, { of }: { of: CacheStatsOf }, { queries }: RequestContext) {
        if (of === 'THIS_PROCESS') return statisticsWith([]);
        return processes.others(queries).then(statisticsWith);
      },
    },
    CacheStats: {
      categories: (statistics: Statistics, { only }: { only?: CacheCategory[] | null }) =>
        statistics.categories.filter(({ category }) => only?.includes(category) ?? true),
      alerts: () => checkAlerts(),
      remote: () => remote() ?? null,
      recentInvalidations: (_: Statistics, { first }: { first?: number | null }, { viewer }: RequestContext) =>
        shownInvalidations(invalidationLog, viewer, first ?? 20),
    },
    CacheCategoryStats: {
      rejections: ({ rejected }: Category) => rejected,
      overtaken: ({ overtaken }: Category) => overtaken,
      maxOvershootMs: ({ overshootMs }: Category) => overshootMs,
      sizing: ({ category }: Category) => cache.sizing(category),
      advice: ({ category, own }: Category) =>
        adviceFor(own, {
          sizing: cache.sizing(category),
          counts: cache.underPolicy(category),
          isTried: experiments.isOn(category),
        }),
      hottest({ category }: Category, { first }: { first?: number | null }, context: RequestContext) {
        if (first === 0) return []; // to find the hottest takes a look at each entry
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
    CacheAudit: {
      differedShare: ({ checked, differed }: AuditResults) => (checked === 0 ? null : differed / checked),
      examples({ examples }: AuditResults, _: unknown, { viewer, now }: RequestContext) {
        const isShown = shownEntries(viewer);
        const cacheNow = cache.now();
        return examples.filter(isShown).map(({ at, ageMs, namespace, tags, ...staleHit }) => ({
          ...staleHit,
          at: new Date(now.getTime() - (cacheNow - at)).toISOString(),
          ageSeconds: ageMs / 1_000,
          tags: tags.flatMap((name) => shownTag(name, namespace)).slice(0, maxTags),
        }));
      },
    },
  };
}

/** The latest invalidations that a viewer may know of. A confined viewer learns no mutation, as in explanations. */
function shownInvalidations(log: InvalidationLog, { workspaceId, accountIds }: Viewer, first: number) {
  const shown: { at: string; mutation: string | null; tags: readonly string[] }[] = [];
  for (const { at, cause, tags } of log.latest()) {
    if (shown.length >= first) break;
    const own = tags.flatMap((tag) => shownTag(tag, workspaceId));
    const visible = visibleTags(own, accountIds);
    if (visible.length > 0 || tags.some((tag) => isClearing(tag, workspaceId)))
      shown.push({ at, mutation: accountIds === null ? (cause ?? null) : null, tags: visible });
  }
  return shown;
}

/** Whether a tag stands for all entries of a category, a workspace, or both, this workspace's among them. */
function isClearing(tag: string, workspaceId: string): boolean {
  if (!isEngineTag(tag)) return false;
  const namespace = namespaceOfEngineTag(tag);
  return namespace === undefined ? !isKeyTag(tag) : namespace === workspaceId;
}

/**
 * Returns whether a viewer may see an entry. Keys and tags name nodes, so a confined viewer sees only entries of the same accounts.
 * Keys of personal entries name a member with their role: a viewer sees none but their own.
 */
function shownEntries(viewer: Viewer): (entry: Pick<Entry, 'namespace' | 'key'>) => boolean {
  const sharing = sharingWith(viewer);
  const [prefix, own] = [sharing.WORKSPACE!, sharing.VIEWER];
  return ({ namespace, key }) =>
    namespace === publicNamespace ||
    (namespace === prefix.namespace &&
      (viewer.accountIds === null || key.startsWith(prefix.key)) &&
      (!isPersonalKey(key) || (own !== undefined && key.startsWith(own.key))));
}

/** Returns a tag as the schema writes it, without its namespace; nothing for an engine tag. */
function shownTag(name: string, namespace: string | undefined): string[] {
  const prefix = `${namespace}/`;
  return name.startsWith(prefix) ? [name.slice(prefix.length)] : [];
}
