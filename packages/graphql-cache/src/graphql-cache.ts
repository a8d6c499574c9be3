import { type CacheOptions, isEngineTag, type Policy } from '@magpie/cache';
import { EntryCache } from '@magpie/cache/entries';
import { type ExecutionArgs, type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import { namespaced } from './cache-key.ts';
import type { FieldCache } from './cached-field.ts';
import { Documents } from './documents.ts';
import { afterExecution, explanationOf } from './execution.ts';
import type { FieldPlan } from './field-plan.ts';
import { executeJoined, type JoinedResult } from './joined-execution.ts';
import { LazyResolveInfo } from './lazy-resolve-info.ts';
import type { Invalidate } from './mutation-field.ts';
import { nodesById } from './nodes.ts';
import { type PlannedSchema, planSchema } from './planned-schema.ts';
import type { Ports } from './ports.ts';
import { CallState, QueryState } from './query-state.ts';
import { isRefusal } from './reportable.ts';
import { checkNamespace, publicNamespace, type RequestScope, sharingOf } from './scope.ts';
import { plainResult } from './serialized-data.ts';
import { provideStatistics } from './statistics-fields.ts';
import { nodesByType } from './typed-nodes.ts';

/** The ports that a server may add; see `Ports`. */
type FurtherPorts<Context> = Pick<
  Ports<Context>,
  'accessTo' | 'argumentsOf' | 'periodOf' | 'confine' | 'inBackground' | 'isOfAnother' | 'beginWrite'
>;

export interface GraphqlCacheOptions<Context> extends FurtherPorts<Context> {
  /** An executable schema with the directives. Its resolvers are wrapped in place; a schema takes one cache only. */
  readonly schema: GraphQLSchema;
  /** The categories that `@cache` names, each with what its policy has other than `defaultPolicy`. */
  readonly categories: Readonly<Record<string, Partial<Policy>>>;
  /** Who may share entries with a request; null for nobody. May be left out if all cached fields are `PUBLIC`. */
  readonly scopeOf?: (context: Context) => RequestScope | null;
  /** For ids that name their types, as `book_1`. Default: an object type with a field `id` is a node type. */
  readonly typeOfId?: (id: string) => string | undefined;
  /** Whether a response has `extensions.cache`, which explains each lookup. Default: none has. */
  readonly isExplained?: (context: Context) => boolean;
  /** Most bytes of prepared documents; default 48 MiB. */
  readonly maxDocumentBytes?: number;
  /** Limits, clock and hooks of the cache. */
  readonly cacheOptions?: Omit<CacheOptions<string>, 'policies'>;
  /** Sends tags that were invalidated here to other processes, which pass them to `cache.apply`. The mutation waits for it. */
  readonly spread?: Invalidate;
}

/** A minute of lifetime, a thousand entries, 16 MiB; nothing is served stale. */
export const defaultPolicy: Policy = {
  ttlMs: 60_000,
  staleMs: 0,
  staleIfErrorMs: 0,
  nullTtlMs: 5_000,
  maxEntries: 1_000,
  maxBytes: 16 * 1024 * 1024,
  eviction: 'arc',
};

/** The arguments of `execute` of graphql-js, without the schema. */
export type QueryArgs = Omit<ExecutionArgs, 'schema'>;

/** A schema with a cache. */
export interface GraphqlCache extends Pick<PlannedSchema, 'schema' | 'plans'> {
  readonly cache: FieldCache;
  /** The documents that were parsed, validated and prepared: `prepare` does that once for each text. */
  readonly documents: Documents;
  /** Executes an operation as `execute` of graphql-js does; a query is joined from fragments. */
  execute(args: QueryArgs): Promise<ExecutionResult>;
  /**
   * Executes a query, and returns its data as text. Returns undefined for what an executor must execute: mutations, `@defer`,
   * `@stream`, invalid variables, and everything while a resolver is replaced. Resolvers use the cache there too.
   */
  executeToText(args: QueryArgs): Promise<JoinedResult | undefined>;
  /**
   * For objects that keep what they read, such as DataLoaders: returns a function that gives each context one of its own, and a new
   * one after each invalidation. Without it, a load that begins after a write could be answered with what was read before.
   */
  perStamp<Context extends object, T>(create: (context: Context) => T): (context: Context) => T;
  /** Invalidates tags, written as in the schema, for a change that no mutation of the schema made. Call it after the commit. */
  invalidate(tags: readonly string[], options?: { namespace?: string; cause?: string }): Promise<void>;
}

/** Gives an executable schema a cache. Throws a `TypeError` that names the field for directives that make no sense. */
export function createGraphqlCache<Context = unknown>(options: GraphqlCacheOptions<Context>): GraphqlCache {
  const { schema, scopeOf, typeOfId, isExplained, spread } = options;
  const cache: FieldCache = new EntryCache({ isRefusal, ...options.cacheOptions, policies: policiesOf(options) });
  const invalidate: Invalidate = async (tags, cause) => {
    if (tags.every(isEngineTag)) cache.apply(tags, cause);
    else cache.invalidate(tags, cause);
    await spread?.(tags, cause);
  };
  const sharingWith = (context: Context) => sharingOf(scopeOf?.(context));
  const ports: Ports<Context> = {
    ...portsOf(options),
    stateOf: (context, info) =>
      LazyResolveInfo.stateOf(info) ?? new CallState({ sharing: () => sharingWith(context), now: () => cache.now() }),
    nodes: typeOfId ? nodesById(typeOfId) : nodesByType(schema),
  };
  const planned = planSchema(schema, { cache, invalidate, ports, isOpen: true });
  for (const plan of planned.plans.values()) checkPlan(plan, options);
  const documents = new Documents({ ...planned, maxBytes: options.maxDocumentBytes });
  const joining = { ...planned, cache, documents };
  provideStatistics(schema, { cache, documents });

  const executeToText = async (args: QueryArgs) => {
    if (!planned.isIntact()) return undefined;
    const context = args.contextValue as Context;
    const sharing = sharingWith(context);
    const explanations = isExplained?.(context) ? [] : undefined;
    const state = new QueryState({ sharing, now: cache.now(), explanations });
    const result = await executeJoined({ ...args, schema }, state, joining);
    const namespace = sharing.WORKSPACE?.namespace ?? publicNamespace;
    const explain = (one: Parameters<typeof explanationOf>[0]) => explanationOf(one, namespace);
    return result && (afterExecution(cache, { state, explain }, result) as JoinedResult);
  };
  return {
    ...{ schema, plans: planned.plans, cache, documents, executeToText },
    async execute(args) {
      const result = await executeToText(args);
      return result ? plainResult(result) : await execute({ ...args, schema });
    },
    perStamp: (create) => perStamp(cache, create),
    async invalidate(tags, { namespace = publicNamespace, cause = 'invalidate' } = {}) {
      if (namespace !== publicNamespace) checkNamespace(namespace);
      await invalidate(
        tags.map((tag) => namespaced(namespace, tag)),
        cause,
      );
    },
  };
}

function perStamp<Context extends object, T>(
  cache: FieldCache,
  create: (context: Context) => T,
): (context: Context) => T {
  const kept = new WeakMap<Context, { readonly stamp: number; readonly value: T }>();
  return (context) => {
    const { stamp } = cache;
    const earlier = kept.get(context);
    if (earlier?.stamp === stamp) return earlier.value;
    const value = create(context);
    kept.set(context, { stamp, value });
    return value;
  };
}

function policiesOf({ categories }: Pick<GraphqlCacheOptions<never>, 'categories'>): Record<string, Policy> {
  return Object.fromEntries(
    Object.entries(categories).map(([name, policy]) => [name, { ...defaultPolicy, ...policy }]),
  );
}

function portsOf<Context>(options: FurtherPorts<Context>): FurtherPorts<Context> {
  const { accessTo, argumentsOf, periodOf, confine, inBackground, isOfAnother, beginWrite } = options;
  return { accessTo, argumentsOf, periodOf, confine, inBackground, isOfAnother, beginWrite };
}

function checkPlan(
  { coordinate, cache, resolveArguments }: FieldPlan,
  { categories, scopeOf, periodOf }: Pick<GraphqlCacheOptions<never>, 'categories' | 'scopeOf' | 'periodOf'>,
): void {
  if (resolveArguments && !periodOf)
    throw new TypeError(`${coordinate}: expected \`periodOf\` beside \`argumentsOf\`, but got none`);
  if (!cache) return;
  if (!Object.hasOwn(categories, cache.category))
    throw new TypeError(
      `${coordinate}: expected one of the categories ${Object.keys(categories).join(', ')}, but got "${cache.category}"`,
    );
  if (cache.scope !== 'PUBLIC' && !scopeOf)
    throw new TypeError(`${coordinate}: expected \`scopeOf\`, because its scope is ${cache.scope}, but got none`);
}
