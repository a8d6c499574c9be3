import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { cachedField, type FieldCache } from './cached-field.ts';
import { type FieldPlan, planField, refuseDirectivesOf } from './field-plan.ts';
import { type Invalidate, mutationField } from './mutation-field.ts';
import { NodeTags } from './node-tags.ts';
import type { Ports, Resolver } from './ports.ts';
import { reportable } from './reportable.ts';
import { traceNodes, traceRead, traceTags, traceUncacheable } from './trace.ts';
import { objectTypesUnder } from './typed-nodes.ts';
import { isPromise } from './values.ts';

/** A schema whose directives are in force. */
export interface PlannedSchema {
  readonly schema: GraphQLSchema;
  /** By coordinate, `Type.field`. */
  readonly plans: ReadonlyMap<string, FieldPlan>;
  readonly nodeTags: NodeTags;
  readonly ports: Ports;
  /** Returns whether all resolvers are those of the plan. Others may hide from it what they read. */
  isIntact(): boolean;
}

export interface PlanOptions {
  /** Undefined: `@cache` has no effect. */
  readonly cache: FieldCache | undefined;
  /** Invalidates tags. Not needed where each `Write` does it itself. */
  readonly invalidate?: Invalidate;
  readonly ports: Ports;
  /** Whether tags are invalidated by hand too; see `NodeTags`. */
  readonly isOpen?: boolean;
}

const planned = new WeakSet<GraphQLSchema>();

/**
 * Applies the directives of an executable schema, in place. Each field's resolver is wrapped, from the outside in: the access
 * check, the resolution of arguments, then what its directive or kind needs. Throws a `TypeError` for a directive that makes no
 * sense, and for a schema that was planned before.
 */
export function planSchema(schema: GraphQLSchema, { cache, invalidate, ports, isOpen }: PlanOptions): PlannedSchema {
  if (planned.has(schema)) throw new TypeError('expected a schema without a cache, but got one that has one already');
  planned.add(schema);
  Object.values(schema.getTypeMap())
    .filter(isInterfaceType)
    .forEach((type) => void refuseDirectivesOf(type));
  const types = objectTypes(schema);
  const plans = new Map<string, FieldPlan>();
  for (const type of types)
    for (const field of Object.values(type.getFields())) {
      const plan = planField({ schema, type, field }, ports);
      plans.set(plan.coordinate, plan);
    }
  const nodeTags = new NodeTags(plans, ports.nodes, isOpen);
  const { cached, shared } = typesUnderCachedFields(schema, plans);
  for (const type of cached) ports.nodes.check?.(type);
  for (const type of types)
    for (const field of Object.values(type.getFields())) {
      const plan = plans.get(`${type.name}.${field.name}`)!;
      refuseBeneathShared(plan, shared.has(type));
      const resolve = wrap(plan, field.resolve as Resolver | undefined, {
        ...{ cache, invalidate, nodeTags, ports },
        rootOf: type === schema.getQueryType() ? 'query' : type === schema.getMutationType() ? 'mutation' : undefined,
        isShared: shared.has(type),
      });
      if (resolve) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
      if (field.subscribe && plan.checkAccess)
        field.subscribe = withAccess(plan.checkAccess, field.subscribe as Resolver) as typeof field.subscribe;
    }
  return { schema, plans, nodeTags, ports, isIntact: rememberResolvers(types) };
}

function rememberResolvers(types: readonly GraphQLObjectType[]): () => boolean {
  const fields = types.flatMap((type) => Object.values(type.getFields()));
  const resolvers = fields.map(({ resolve }) => resolve);
  return () => fields.every(({ resolve }, index) => resolve === resolvers[index]);
}

function refuseBeneathShared({ coordinate, kind, cache }: FieldPlan, isShared: boolean): void {
  if (!isShared) return;
  if (kind === 'untracked')
    throw new TypeError(
      `${coordinate}: expected @cache or @dependsOn on a resolver beneath a cached field, but got neither`,
    );
  if (cache?.scope === 'VIEWER')
    throw new TypeError(`${coordinate}: expected WORKSPACE scope beneath a field that is shared, but got VIEWER`);
}

interface WrapOptions extends PlanOptions {
  readonly nodeTags: NodeTags;
  readonly rootOf: 'query' | 'mutation' | undefined;
  /**
   * Whether a selection beneath a shared cached field can reach the type, so that its resolvers must not read one viewer's data.
   */
  readonly isShared: boolean;
}

/** Wraps a resolver as the plan requires; returns undefined for a plain property, which needs no resolver. */
function wrap(plan: FieldPlan, resolve: Resolver | undefined, around: WrapOptions): Resolver | undefined {
  const { ports, rootOf } = around;
  const isUnplanned = !plan.cache && !plan.invalidates && !plan.checkAccess && !plan.resolveArguments;
  if (plan.kind === 'property' && (!rootOf || isUnplanned)) return undefined;
  let wrapped = resolve ?? (defaultFieldResolver as Resolver);
  if (around.isShared && ports.confine) wrapped = withSharedContext(wrapped, ports.confine);
  if (rootOf === 'mutation') wrapped = mutationField(plan, wrapped, around);
  else if (plan.cache && around.cache)
    wrapped = cachedField({ ...plan, cache: plan.cache }, wrapped, { ...around, cache: around.cache });
  else if (plan.kind === 'edge' && !rootOf) wrapped = tracedEdge(plan, wrapped, ports);
  else if (plan.dependsOn) wrapped = tracedDependent(plan, wrapped, ports);
  else if (plan.kind === 'untracked') wrapped = tracedUncacheable(wrapped, ports);
  if (plan.resolveArguments) wrapped = withArguments(plan.resolveArguments, wrapped);
  if (plan.checkAccess) wrapped = withAccess(plan.checkAccess, wrapped);
  return wrapped;
}

function withAccess(check: NonNullable<FieldPlan['checkAccess']>, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    check(context);
    return resolve(source, args, context, info);
  };
}

function withArguments(resolveArguments: NonNullable<FieldPlan['resolveArguments']>, resolve: Resolver): Resolver {
  return (source, args, context, info) => resolve(source, resolveArguments(args, context), context, info);
}

function withSharedContext(resolve: Resolver, confine: NonNullable<Ports['confine']>): Resolver {
  return (source, args, context, info) => resolve(source, args, confine(context, 'WORKSPACE'), info);
}

function tracedEdge({ type }: FieldPlan, resolve: Resolver, { stateOf, nodes }: Ports): Resolver {
  const of = { nodes, type };
  return (source, args, context, info) => {
    const trace = traceRead(stateOf(context, info), info);
    const result = resolve(source, args, context, info);
    return whenResolved(result, (value) => trace && traceNodes(trace, value, of));
  };
}

function tracedDependent(plan: FieldPlan, resolve: Resolver, { stateOf, nodes }: Ports): Resolver {
  const tags = plan.dependsOn!;
  const of = { nodes, type: plan.type };
  return (source, args, context, info) => {
    const trace = traceRead(stateOf(context, info), info);
    const result = resolve(source, args, context, info);
    return whenResolved(result, (value) => {
      if (!trace) return;
      traceTags(trace, { tags, args, parent: source });
      traceNodes(trace, value, of);
    });
  };
}

function tracedUncacheable(resolve: Resolver, { stateOf }: Ports): Resolver {
  return (source, args, context, info) => {
    traceUncacheable(stateOf(context, info), info);
    return resolve(source, args, context, info);
  };
}

function whenResolved(result: unknown, observe: (value: unknown) => void): unknown {
  if (isPromise(result))
    return result.then(
      (value) => {
        observe(value);
        return value;
      },
      (error) => {
        throw reportable(error);
      },
    );
  observe(result);
  return result;
}

function objectTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[];
}

/** Returns the object types that a selection beneath a cached field can reach: all of them, and those beneath a shared field. */
function typesUnderCachedFields(schema: GraphQLSchema, plans: ReadonlyMap<string, FieldPlan>) {
  const cached = new Set<GraphQLObjectType>();
  const shared = new Set<GraphQLObjectType>();
  for (const { cache, type } of plans.values()) {
    if (!cache) continue;
    objectTypesUnder(schema, getNamedType(type), cached);
    if (cache.scope !== 'VIEWER') objectTypesUnder(schema, getNamedType(type), shared);
  }
  return { cached, shared };
}
