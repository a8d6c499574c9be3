import type { LoadContext } from '@magpie/cache';
import type { GraphQLField, GraphQLFieldResolver, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import type { ExecutionState } from './execution-state.ts';
import type { Nodes } from './nodes.ts';

export type Args = Record<string, unknown>;
export type Resolver = GraphQLFieldResolver<unknown, unknown, Args>;
/** A field with the type that declares it. */
export interface DeclaredField {
  readonly schema: GraphQLSchema;
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

/**
 * What the cache asks of the server around it. The ports of a field are read once, when the schema is planned; the functions that
 * they return run for each use of the field and allocate nothing of their own.
 */
// biome-ignore lint/suspicious/noExplicitAny: the type of the context is the server's
export interface Ports<Context = any> {
  /** Returns the state of the execution that a resolver's call belongs to. */
  stateOf(context: Context, info: GraphQLResolveInfo): ExecutionState;
  /** How the nodes in a value are found. */
  readonly nodes: Nodes;
  /**
   * Whether a resolver without a directive that leads to a list of nodes is an edge: whatever changes the list also invalidates the
   * parent's tag. Default: no, it must state what it depends on.
   */
  readonly hasListEdges?: boolean;
  /**
   * Returns the check that runs before a field is resolved or looked up; it throws to refuse. Undefined for a field without a
   * check. Throws a `TypeError` for a field whose directives make no sense.
   */
  accessTo?(field: DeclaredField): ((context: Context) => void) | undefined;
  /**
   * Returns the function that resolves arguments whose meaning depends on the moment ("this month") to fixed ones. Keys and tags
   * are made of its result. Undefined for a field that takes its arguments as they are.
   */
  argumentsOf?(field: DeclaredField): ((args: Args, context: Context) => Args) | undefined;
  /**
   * Returns the period in which `argumentsOf` resolves equal arguments to equal ones, such as the day. Undefined if that is always.
   */
  periodOf?(context: Context): string | undefined;
  /**
   * Returns the context for resolvers of a field that is shared: one that throws when a resolver reads what the requests do not
   * share.
   */
  confine?(context: Context, sharing: 'PUBLIC' | 'WORKSPACE'): Context;
  /**
   * Returns a context of the same viewer for a load that nobody waits for: with loaders of its own, so that it reads again what the
   * request has read. Default: the request's.
   */
  inBackground?(context: Context): Context;
  /** Runs each load of a cached field, for example within a span. Returns what `load` returns. */
  readonly aroundLoad?: AroundLoad;
  /**
   * Whether a value belongs to another viewer than the request's. Fields of `VIEWER` scope beneath such a value bypass the cache.
   */
  isOfAnother?(parent: unknown, context: Context): boolean;
  /**
   * Begins a mutation. Default: it invalidates in its own request's namespace and in that of `PUBLIC` entries, whatever its result.
   */
  beginWrite?(context: Context, mutation: MutationTags): Write<Context>;
}

/** What the schema says of a mutation. */
export interface MutationTags {
  /** The mutation's name. */
  readonly cause: string;
  /**
   * Returns the tags that it invalidates, without their namespace, as far as they are known: from its arguments, from the `changes`
   * of its `Write`, and from its result once there is one. None if it has no `@invalidates`.
   */
  tagsOf(result?: unknown): readonly string[];
}

export type AroundLoad = (
  load: { readonly coordinate: string; readonly category: string; readonly reason: LoadContext['reason'] },
  run: () => unknown,
) => unknown;

/** One running mutation. */
export interface Write<Context> {
  /** The context for its resolver. */
  readonly context: Context;
  /** The values of `{changes.Name}`. */
  readonly changes?: { get(name: string): readonly string[] };
  /** The namespaces whose data it changed. Read when the resolver has ended. */
  readonly namespaces: readonly string[];
  /** Further tags to invalidate, without their namespace. Read when the resolver has ended. */
  readonly tags?: readonly string[];
  /** Whether it is known that nothing was written. `result` is undefined if the resolver failed. */
  wroteNothing(result: unknown, hasFailed: boolean): boolean;
  /**
   * Invalidates in the place of the server's own way: for a mutation that writes its tags, before its commit, where other processes
   * read them. `result` is undefined if the resolver failed. The mutation waits for it.
   */
  invalidate?(result: unknown): Promise<void>;
  /** Called when the invalidation is done, also after an error. */
  end?(): void;
}
