import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import type { Cache } from '../cache/cache.ts';
import type { Entry } from '../cache/entry.ts';
import { KeyError, LoadLimitError } from '../cache/errors.ts';
import type { Lookup } from '../cache/request.ts';
import type { Viewer } from '../domains/context.ts';
import type { CacheCategory } from '../generated/schema.ts';
import { fieldKey, namespaced, parentIdentity, type ScopePrefix, scopePrefix } from './cache-key.ts';
import type { CachePlan, FieldPlan } from './field-plan.ts';
import { idsIn, type NodeTags } from './node-tags.ts';
import { reportable } from './reportable.ts';
import type { RequestContext } from './request.ts';
import { resolveTags } from './tag-template.ts';
import { pathOf, traceCached, traceRead, traceUncacheable } from './trace.ts';

type Resolver = GraphQLFieldResolver<unknown, RequestContext, Record<string, unknown>>;
export type FieldCache = Cache<CacheCategory>;

/** The parameters of a cache lookup for a field. Independent of an execution, so that fragments can use it. */
export interface FieldLookup {
  readonly category: CacheCategory;
  readonly coordinate: string;
  readonly key: string;
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly ttlMs: number | undefined;
}

/** The parts that caching a field needs. */
export interface FieldCaching {
  readonly cache: FieldCache;
  readonly nodeTags: NodeTags;
}

/**
 * Wraps a resolver: it returns the cached value; on a miss it calls `resolve`, and keeps the value with the tags of the field and of the
 * nodes in the value.
 */
export function cachedField(
  plan: FieldPlan & { cache: CachePlan },
  resolve: Resolver,
  { cache, nodeTags }: FieldCaching,
): Resolver {
  const isRoot = plan.coordinate.startsWith('Query.');
  return (source, args, context, info) => {
    const { state } = context;
    const prefix = state.isCaching ? scopePrefix(plan.cache.scope, state.viewer) : undefined;
    if (!prefix || (plan.cache.scope === 'VIEWER' && isAnotherViewer(state.viewer, source))) {
      bypass(cache, plan, { context, info });
      return resolve(source, args, context, info);
    }
    const scoped =
      plan.cache.scope === 'PUBLIC' ? context.unscoped : plan.cache.scope === 'WORKSPACE' ? context.shared : context;
    let lookup: Lookup | undefined;
    let entry: Entry | Promise<Entry>;
    try {
      const fragmentLookup = info.path.prev ? undefined : state.lookups.get(String(info.path.key));
      const request = {
        now: state.now,
        observe(observed: Lookup) {
          lookup = observed;
          explain(context, plan, { info, lookup });
        },
        ...(fragmentLookup ?? fieldLookup(plan, { prefix, args, parent: isRoot ? undefined : source })),
      };
      entry = cache.read<unknown>(request, async (loadContext) => {
        const value = await resolve(source, args, scoped, info);
        const { namespace, tags: held } = request;
        for (const tag of nodeTags.of(idsIn(value), { namespace, held })) loadContext.depend(tag);
        return value;
      });
    } catch (error) {
      if (error instanceof KeyError) bypass(cache, plan, { context, info });
      else bypassIfFull(error, { context, info });
      return resolve(source, args, scoped, info);
    }
    if (!(entry instanceof Promise)) return recordLookup(entry, { context, lookup: lookup!, info });
    return entry.then(
      (loaded) => recordLookup(loaded, { context, lookup: lookup!, info }),
      (error) => {
        bypassIfFull(error, { context, info });
        return resolve(source, args, scoped, info);
      },
    );
  };
}

/** Whether a parent is a viewer other than the request's: `signIn` returns another user, or one in another workspace. */
function isAnotherViewer(viewer: Viewer | null, parent: unknown): boolean {
  const { userId, workspaceId } = (parent ?? {}) as Partial<Viewer>;
  return userId !== undefined && (userId !== viewer?.userId || workspaceId !== viewer.workspaceId);
}

/** Computes the lookup of a field with these arguments. Fragments use it too, without an execution. */
export function fieldLookup(
  plan: FieldPlan & { cache: CachePlan },
  { prefix, args, parent }: { prefix: ScopePrefix; args: Record<string, unknown>; parent: unknown },
): FieldLookup {
  const { category, ttlMs, tags } = plan.cache;
  return {
    category,
    coordinate: plan.coordinate,
    key: fieldKey(prefix, {
      coordinate: plan.coordinate,
      parent: parent === undefined ? undefined : parentIdentity(parent, plan.coordinate),
      args,
    }),
    namespace: prefix.namespace,
    tags: resolveTags(tags, { args, parent }).map((tag) => namespaced(prefix.namespace, tag)),
    ttlMs,
  };
}

/** Counts and traces a lookup, and returns the entry's value. */
function recordLookup(entry: Entry, { context, lookup, info }: FieldExecution & { lookup: Lookup }): unknown {
  const { cacheUsage } = context.state;
  if (lookup.status === 'HIT') cacheUsage.hits++;
  else if (lookup.status === 'STALE') cacheUsage.stale++;
  else cacheUsage.misses++;
  cacheUsage.freshUntil = Math.min(cacheUsage.freshUntil, entry.expiresAt);
  traceCached(context, info, { entry, lookup });
  return entry.value;
}

interface FieldExecution {
  readonly context: RequestContext;
  readonly info: GraphQLResolveInfo;
}

/** Records a bypass if the cache is at its limit of loads; the caller then runs the resolver. Throws any other error. */
function bypassIfFull(error: unknown, { context, info }: FieldExecution): void {
  if (!(error instanceof LoadLimitError)) {
    traceRead(context, info);
    throw reportable(error);
  }
  recordBypass(context, info);
}

/** Counts a bypass. The selection around it cannot be kept as a fragment. */
function recordBypass(context: RequestContext, info: GraphQLResolveInfo): void {
  context.state.cacheUsage.bypasses++;
  traceUncacheable(context, info);
}

/** Records that the cache takes no part: caching is off, the viewer has no such scope, or the key is not acceptable. */
function bypass(cache: FieldCache, plan: FieldPlan & { cache: CachePlan }, { context, info }: FieldExecution): void {
  cache.countBypass(plan.cache.category, plan.coordinate);
  explain(context, plan, { info, lookup: { status: 'BYPASS', ageMs: 0, expiresInMs: 0, tier: undefined } });
  recordBypass(context, info);
}

function explain(
  { state }: RequestContext,
  { coordinate, cache: { category } }: FieldPlan & { cache: CachePlan },
  { info, lookup }: { info: GraphQLResolveInfo; lookup: Lookup },
): void {
  state.explanations?.push({ path: pathOf(info.path), coordinate, category, lookup });
}
