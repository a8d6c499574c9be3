import { KeyError, LoadLimitError, type Lookup } from '@magpie/cache';
import type { Entry, EntryCache } from '@magpie/cache/entries';
import type { GraphQLResolveInfo } from 'graphql';
import { fieldKey, namespaced } from './cache-key.ts';
import type { ExecutionState, FieldLookup } from './execution-state.ts';
import type { CachePlan, FieldPlan } from './field-plan.ts';
import type { NodeTags } from './node-tags.ts';
import type { Nodes } from './nodes.ts';
import type { Args, Ports, Resolver } from './ports.ts';
import { reportable } from './reportable.ts';
import type { ScopePrefix } from './scope.ts';
import { resolveTags } from './tag-template.ts';
import { pathOf, traceCached, traceRead, traceUncacheable } from './trace.ts';

/** The cache that fields are kept in, whatever its categories. */
export type FieldCache = EntryCache<string>;

/** The parts that caching a field needs. */
export interface FieldCaching {
  readonly cache: FieldCache;
  readonly nodeTags: NodeTags;
}

type CachedPlan = FieldPlan & { readonly cache: CachePlan };

/**
 * Wraps a resolver: it returns the cached value; on a miss it calls `resolve`, and keeps the value with the tags of the field and
 * of the nodes in the value.
 */
export function cachedField(
  plan: CachedPlan,
  resolve: Resolver,
  { cache, nodeTags, ports }: FieldCaching & { ports: Ports },
): Resolver {
  const { type, isRoot } = plan;
  const { scope } = plan.cache;
  const { stateOf, confine, inBackground, isOfAnother, nodes, aroundLoad } = ports;
  const { coordinate } = plan;
  const { category } = plan.cache;
  return (source, args, context, info) => {
    const state = stateOf(context, info);
    const prefix = state.isCaching ? state.sharing[scope] : undefined;
    if (!prefix || (scope === 'VIEWER' && isOfAnother?.(source, context))) {
      bypass(cache, plan, { state, info });
      return resolve(source, args, context, info);
    }
    const scopedTo = (own: unknown) => (scope === 'VIEWER' || !confine ? own : confine(own, scope));
    const scoped = scopedTo(context);
    let lookup: Lookup | undefined;
    let entry: Entry | Promise<Entry>;
    try {
      const fragmentLookup = info.path.prev ? undefined : state.lookups.get(String(info.path.key));
      const parent = isRoot ? undefined : source;
      const request = {
        now: state.now,
        observe(observed: Lookup) {
          lookup = observed;
          explain(state, plan, { info, lookup });
        },
        ...(fragmentLookup ?? fieldLookup(plan, { prefix, args, parent, nodes })),
      };
      entry = cache.read<unknown>(request, async (loadContext) => {
        const isAudit = loadContext.reason === 'audit' && inBackground !== undefined;
        const seen = isAudit ? scopedTo(inBackground(context)) : scoped;
        const { reason } = loadContext;
        const value = await (aroundLoad
          ? aroundLoad({ coordinate, category, reason }, () => resolve(source, args, seen, info))
          : resolve(source, args, seen, info));
        if (value instanceof Error) throw value; // executors take a returned error as a thrown one
        if (hasErrorItem(value)) loadContext.validUntil(Number.NEGATIVE_INFINITY); // is not kept
        const { namespace, tags: held } = request;
        const search = { nodes: new Set<string>() };
        nodes.collect(value, type, search);
        for (const tag of nodeTags.of(search.nodes, { namespace, held })) loadContext.depend(tag);
        return value;
      });
    } catch (error) {
      if (error instanceof KeyError) bypass(cache, plan, { state, info });
      else bypassIfFull(error, { state, info });
      return resolve(source, args, scoped, info);
    }
    if (!(entry instanceof Promise)) return recordLookup(entry, { state, lookup: lookup!, info });
    return entry.then(
      (loaded) => recordLookup(loaded, { state, lookup: lookup!, info }),
      (error) => {
        bypassIfFull(error, { state, info });
        return resolve(source, args, scoped, info);
      },
    );
  };
}

/** Computes the lookup of a field with these arguments. Fragments use it too, without an execution. */
export function fieldLookup(
  { coordinate, cache: { category, ttlMs, tags } }: CachedPlan,
  { prefix, args, parent, nodes }: { prefix: ScopePrefix; args: Args; parent: unknown; nodes: Nodes },
): FieldLookup {
  return {
    category,
    coordinate,
    key: fieldKey(prefix, {
      coordinate,
      parent: parent === undefined ? undefined : identityOf(parent, { coordinate, nodes }),
      args,
    }),
    namespace: prefix.namespace,
    tags: resolveTags(tags, { args, parent }).map((tag) => namespaced(prefix.namespace, tag)),
    ttlMs,
  };
}

function identityOf(parent: unknown, { coordinate, nodes }: { coordinate: string; nodes: Nodes }): string {
  const identity = nodes.identityOf(parent);
  if (typeof identity === 'string') return identity;
  if (typeof identity === 'number' || typeof identity === 'bigint') return String(identity);
  throw new TypeError(
    `${coordinate}: expected a parent with an id or an identity, but got ${JSON.stringify(parent)?.slice(0, 80)}`,
  );
}

/** Whether a list has an error in the place of an item, as lists of a DataLoader's `loadMany` may. */
function hasErrorItem(value: unknown): boolean {
  return Array.isArray(value) && value.some((item) => item instanceof Error || hasErrorItem(item));
}

interface FieldExecution {
  readonly state: ExecutionState;
  readonly info: GraphQLResolveInfo;
}

/** Counts and traces a lookup, and returns the entry's value. */
function recordLookup(entry: Entry, { state, lookup, info }: FieldExecution & { lookup: Lookup }): unknown {
  const { cacheUsage } = state;
  if (lookup.status === 'HIT') cacheUsage.hits++;
  else if (lookup.status === 'STALE') cacheUsage.stale++;
  else cacheUsage.misses++;
  cacheUsage.freshUntil = Math.min(cacheUsage.freshUntil, entry.expiresAt);
  traceCached(state, info, { entry, lookup });
  return entry.value;
}

/** Records a bypass if the cache is at its limit of loads; the caller then runs the resolver. Throws any other error. */
function bypassIfFull(error: unknown, { state, info }: FieldExecution): void {
  if (!(error instanceof LoadLimitError)) {
    traceRead(state, info);
    throw reportable(error);
  }
  recordBypass({ state, info });
}

/** Counts a bypass. The selection around it cannot be kept as a fragment. */
function recordBypass({ state, info }: FieldExecution): void {
  state.cacheUsage.bypasses++;
  traceUncacheable(state, info);
}

/** Records that the cache takes no part: caching is off, the request has no such scope, or the key is not acceptable. */
function bypass(cache: FieldCache, plan: CachedPlan, { state, info }: FieldExecution): void {
  cache.countBypass(plan.cache.category, plan.coordinate);
  explain(state, plan, { info, lookup: { status: 'BYPASS', ageMs: 0, expiresInMs: 0, tier: undefined } });
  recordBypass({ state, info });
}

function explain(
  { explanations }: ExecutionState,
  { coordinate, cache: { category } }: CachedPlan,
  { info, lookup }: { info: GraphQLResolveInfo; lookup: Lookup },
): void {
  explanations?.push({ path: pathOf(info.path), coordinate, category, lookup });
}
