import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { resolveDateRange } from '../domains/date-range.ts';
import type { DateRangeInput } from '../generated/schema.ts';
import { checkAccess } from './access.ts';
import { cachedField, type FieldCache } from './cached-field.ts';
import { type FieldPlan, planField, refuseDirectivesOf } from './field-plan.ts';
import { type Invalidate, mutationField } from './mutation-field.ts';
import { NodeTags } from './node-tags.ts';
import { reportable } from './reportable.ts';
import type { RequestContext } from './request.ts';
import { scalars } from './scalars.ts';
import { traceDependent, traceNodes, traceRead, traceUncacheable } from './trace.ts';

type Resolver = GraphQLFieldResolver<unknown, RequestContext, Record<string, unknown>>;
type ResolverMaps = NonNullable<Parameters<typeof makeExecutableSchema>[0]['resolvers']>;

const schemaFolder = new URL('../../schema/', import.meta.url);

/** Reads the schema files, one string for each. */
export function readTypeDefs(): string[] {
  return readdirSync(schemaFolder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => readFileSync(new URL(file, schemaFolder), 'utf8'));
}

export interface PlannedSchema {
  readonly schema: GraphQLSchema;
  /** By coordinate, `Type.field`. */
  readonly plans: ReadonlyMap<string, FieldPlan>;
  readonly nodeTags: NodeTags;
}

/**
 * Builds the schema and applies its directives. Each field's resolver is wrapped, from the outside in: the access check, the resolution
 * of date ranges, then what its directive or kind needs. Without a cache, `@cache` has no effect.
 */
export function buildPlannedSchema({
  typeDefs,
  resolvers,
  cache,
  invalidate,
}: {
  typeDefs: readonly string[];
  resolvers: readonly object[];
  cache: FieldCache | undefined;
  invalidate: Invalidate;
}): PlannedSchema {
  const schema = makeExecutableSchema({
    typeDefs: [...typeDefs],
    resolvers: [scalars, ...resolvers] as ResolverMaps,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  Object.values(schema.getTypeMap()).filter(isInterfaceType).forEach(refuseDirectivesOf);
  const plans = new Map<string, FieldPlan>();
  for (const type of objectTypes(schema))
    for (const field of Object.values(type.getFields())) {
      const plan = planField(schema, type, field);
      plans.set(plan.coordinate, plan);
    }
  const nodeTags = new NodeTags(plans);
  const cachedTypes = typesUnderCachedFields(schema, plans);
  for (const type of objectTypes(schema))
    for (const field of Object.values(type.getFields())) {
      const plan = plans.get(`${type.name}.${field.name}`)!;
      if (plan.kind === 'untracked' && cachedTypes.has(type))
        throw new TypeError(
          `${plan.coordinate}: expected @cache or @dependsOn on a resolver beneath a cached field, but got neither`,
        );
      if (plan.cache?.scope === 'VIEWER' && cachedTypes.has(type))
        throw new TypeError(
          `${plan.coordinate}: expected WORKSPACE scope beneath a field that is shared, but got VIEWER`,
        );
      const resolve = wrap(plan, field.resolve as Resolver | undefined, {
        ...{ cache, invalidate, nodeTags },
        rootOf: type === schema.getQueryType() ? 'query' : type === schema.getMutationType() ? 'mutation' : undefined,
        isShared: cachedTypes.has(type),
      });
      if (resolve) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
    }
  return { schema, plans, nodeTags };
}

interface WrapOptions {
  readonly cache: FieldCache | undefined;
  readonly invalidate: Invalidate;
  readonly nodeTags: NodeTags;
  readonly rootOf: 'query' | 'mutation' | undefined;
  /** Whether a selection beneath a shared cached field can reach the type, so that its resolvers must not read one viewer's data. */
  readonly isShared: boolean;
}

/** Wraps a resolver as the plan requires; returns undefined for a plain property, which needs no resolver. */
function wrap(plan: FieldPlan, resolve: Resolver | undefined, around: WrapOptions): Resolver | undefined {
  if (plan.kind === 'property' && !around.rootOf) return undefined;
  let wrapped = resolve ?? (defaultFieldResolver as Resolver);
  if (around.isShared) wrapped = withSharedContext(wrapped);
  if (around.rootOf === 'mutation') wrapped = mutationField(around.invalidate, plan, wrapped);
  else if (plan.cache && around.cache)
    wrapped = cachedField({ ...plan, cache: plan.cache }, wrapped, { ...around, cache: around.cache });
  else if (plan.kind === 'edge' && !around.rootOf) wrapped = tracedEdge(wrapped);
  else if (plan.dependsOn) wrapped = tracedDependent(plan, wrapped);
  else if (plan.kind === 'untracked') wrapped = tracedUncacheable(wrapped);
  if (plan.ranges.size > 0) wrapped = withDays(plan, wrapped);
  if (around.rootOf || plan.access) wrapped = withAccess(plan, wrapped);
  return wrapped;
}

function withAccess(plan: FieldPlan, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    checkAccess(plan, context.state);
    return resolve(source, args, context, info);
  };
}

/** Resolves presets of date ranges to days before anything reads them. */
function withDays(plan: FieldPlan, resolve: Resolver): Resolver {
  return (source, args, context, info) => resolve(source, resolveRanges(plan, args, context), context, info);
}

export function resolveRanges(
  plan: FieldPlan,
  args: Record<string, unknown>,
  context: Pick<RequestContext, 'viewer' | 'now'>,
): Record<string, unknown> {
  const resolved = { ...args };
  for (const [name, byDefault] of plan.ranges)
    resolved[name] = resolveDateRange((args[name] ?? byDefault) as DateRangeInput, context.viewer, context.now);
  return resolved;
}

function withSharedContext(resolve: Resolver): Resolver {
  return (source, args, context, info) => resolve(source, args, context.shared, info);
}

function tracedEdge(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const trace = traceRead(context, info);
    const result = resolve(source, args, context, info);
    return whenResolved(result, (value) => trace && traceNodes(trace, value));
  };
}

function tracedDependent(plan: FieldPlan, resolve: Resolver): Resolver {
  const tags = plan.dependsOn!;
  return (source, args, context, info) => {
    const trace = traceRead(context, info);
    const result = resolve(source, args, context, info);
    return whenResolved(result, (value) => trace && traceDependent(trace, { tags, args, parent: source, value }));
  };
}

function tracedUncacheable(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    traceUncacheable(context, info);
    return resolve(source, args, context, info);
  };
}

function whenResolved(result: unknown, observe: (value: unknown) => void): unknown {
  if (result instanceof Promise)
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

/** Returns all object types that a selection beneath a shared cached field can reach. */
function typesUnderCachedFields(schema: GraphQLSchema, plans: ReadonlyMap<string, FieldPlan>): Set<GraphQLObjectType> {
  const reached = new Set<GraphQLObjectType>();
  const reach = (type: ReturnType<typeof getNamedType>) => {
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(reach);
    if (!isObjectType(type) || reached.has(type)) return;
    reached.add(type);
    for (const field of Object.values(type.getFields())) reach(getNamedType(field.type));
  };
  for (const type of objectTypes(schema))
    for (const field of Object.values(type.getFields())) {
      const scope = plans.get(`${type.name}.${field.name}`)?.cache?.scope;
      if (scope && scope !== 'VIEWER') reach(getNamedType(field.type));
    }
  return reached;
}
