import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
} from 'graphql';
import type { Args, DeclaredField, Ports } from './ports.ts';
import type { CacheScope } from './scope.ts';
import { parseTagTemplate, type TagTemplate } from './tag-template.ts';

/** The directives of one field, read once when the schema is planned. */
export interface FieldPlan {
  /** `Type.field`. */
  readonly coordinate: string;
  /** Whether it is a field of the query type. */
  readonly isRoot: boolean;
  readonly type: GraphQLOutputType;
  /** Name of the returned type, without list and non-null wrappers. */
  readonly typeName: string;
  readonly cache: CachePlan | undefined;
  readonly invalidates: readonly TagTemplate[] | undefined;
  readonly dependsOn: readonly TagTemplate[] | undefined;
  /** How the value is obtained; see `FieldKind`. */
  readonly kind: FieldKind;
  /** See `Ports.accessTo`. */
  readonly checkAccess: ((context: unknown) => void) | undefined;
  /** See `Ports.argumentsOf`. */
  readonly resolveArguments: ((args: Args, context: unknown) => Args) | undefined;
}

export interface CachePlan {
  readonly category: string;
  readonly scope: CacheScope;
  readonly ttlMs: number | undefined;
  readonly tags: readonly TagTemplate[];
}

/**
 * `property`: read from the parent, or a method of it, which is known only when it is executed. `derived`: computed from the parent
 * alone. `edge`: another node. `cached`, `dependent`: by directive. `untracked`: none of these; a selection that contains such a
 * field cannot be kept as a fragment.
 */
export type FieldKind = 'property' | 'derived' | 'edge' | 'cached' | 'dependent' | 'untracked';

/** The ports that a plan is read with. */
export type PlanPorts = Pick<Ports, 'nodes' | 'hasListEdges' | 'accessTo' | 'argumentsOf'>;

/**
 * Reads the directives of a field. Throws a `TypeError` that names the coordinate and what was expected for a misplaced directive.
 */
export function planField({ schema, type, field }: DeclaredField, ports: PlanPorts): FieldPlan {
  const coordinate = `${type.name}.${field.name}`;
  const read = <T>(name: string) => readDirective({ schema, type, field }, name) as T | undefined;
  const cache = read<{ category: string; scope: CacheScope; maxAge?: number; tags: string[] }>('cache');
  const invalidates = read<{ tags: string[] }>('invalidates');
  const dependsOn = read<{ tags: string[] }>('dependsOn');
  const parse = (tags: readonly string[]) => tags.map((tag) => parseTag(tag, coordinate));
  const plan: FieldPlan = {
    coordinate,
    isRoot: type === schema.getQueryType(),
    type: field.type,
    typeName: getNamedType(field.type).name,
    cache: cache && {
      category: cache.category,
      scope: cache.scope,
      ttlMs: cache.maxAge === undefined ? undefined : cache.maxAge * 1000,
      tags: parse(cache.tags),
    },
    invalidates: invalidates && parse(invalidates.tags),
    dependsOn: dependsOn && parse(dependsOn.tags),
    kind: kindOf({ schema, type, field }, { ...ports, isCached: !!cache, isDependent: !!dependsOn }),
    checkAccess: ports.accessTo?.({ schema, type, field }),
    resolveArguments: ports.argumentsOf?.({ schema, type, field }),
  };
  const hasNothing = read('invalidatesNothing') !== undefined;
  refuseMisuse(plan, { schema, type, field, maxAge: cache?.maxAge, hasNothing });
  return plan;
}

/** Returns the arguments of a field's directive; undefined if it has none. Throws a `TypeError` for invalid ones. */
export function readDirective({ schema, type, field }: DeclaredField, name: string): unknown {
  const directive = schema.getDirective(name);
  if (!directive || !field.astNode) return undefined;
  try {
    return getDirectiveValues(directive, field.astNode);
  } catch (error) {
    throw new TypeError(`${type.name}.${field.name}: @${name}: ${(error as Error).message}`);
  }
}

/**
 * Throws for directives on an interface's fields. The implementing types resolve them, so those directives would have no effect.
 */
export function refuseDirectivesOf(
  type: GraphQLInterfaceType,
  names: readonly string[] = ['cache', 'dependsOn', 'invalidates', 'invalidatesNothing'],
): void {
  for (const field of Object.values(type.getFields()))
    for (const { name } of field.astNode?.directives ?? [])
      if (names.includes(name.value))
        throw new TypeError(
          `${type.name}.${field.name}: expected its directives on the types that implement ${type.name}, but got @${name.value}`,
        );
}

function parseTag(tag: string, coordinate: string): TagTemplate {
  try {
    return parseTagTemplate(tag);
  } catch (error) {
    throw new TypeError(`${coordinate}: ${(error as Error).message}`);
  }
}

function kindOf(
  { schema, type, field }: DeclaredField,
  { nodes, hasListEdges, isCached, isDependent }: PlanPorts & { isCached: boolean; isDependent: boolean },
): FieldKind {
  if (isCached) return 'cached';
  if (isDependent) return 'dependent';
  if (!field.resolve || field.resolve === defaultFieldResolver) return 'property';
  if (isConnection(type) && pageFields.has(field.name)) return 'derived';
  if (!hasListEdges && isListType(getNullableType(field.type))) return 'untracked';
  const named = getNamedType(field.type);
  const possible = isAbstractType(named) ? schema.getPossibleTypes(named) : isObjectType(named) ? [named] : [];
  return possible.length > 0 && possible.every((one) => nodes.isNodeType(one)) ? 'edge' : 'untracked';
}

/** The fields of a Relay connection whose resolvers derive them from its page. Others, such as `totalCount`, may read anything. */
const pageFields: ReadonlySet<string> = new Set(['edges', 'nodes', 'pageInfo']);

/** Whether a type is a Relay connection. */
function isConnection(type: GraphQLObjectType): boolean {
  return type.name.endsWith('Connection') && 'pageInfo' in type.getFields();
}

function refuseMisuse(
  { coordinate, cache, invalidates, dependsOn }: FieldPlan,
  { schema, type, field, maxAge, hasNothing }: DeclaredField & { maxAge: number | undefined; hasNothing: boolean },
): void {
  const refuse = (expected: string, got: string): never => {
    throw new TypeError(`${coordinate}: expected ${expected}, but got ${got}`);
  };
  const isMutation = type === schema.getMutationType();
  const isSubscription = type === schema.getSubscriptionType();
  if (cache && isMutation) refuse('no @cache on a mutation', '@cache');
  if (cache && isSubscription) refuse('no @cache on a subscription', '@cache');
  if (cache && dependsOn) refuse('@cache or @dependsOn', 'both');
  const isRoot = isMutation || isSubscription || type === schema.getQueryType();
  if (dependsOn && isRoot) refuse('@dependsOn on a nested field', 'a root field');
  if (maxAge !== undefined && maxAge <= 0) refuse('a maxAge above 0 seconds', String(maxAge));
  if (cache?.scope === 'PUBLIC' && type !== schema.getQueryType())
    refuse(
      'PUBLIC scope on a root field only, because a nested one may belong to a workspace',
      `it on a field of ${type.name}`,
    );
  for (const tag of [...(cache?.tags ?? []), ...(dependsOn ?? [])]) {
    if (tag.readsResult) refuse('placeholders that read arguments or the parent', tag.text);
    refuseUnknownArguments(tag, field, refuse);
  }
  for (const tag of invalidates ?? []) refuseUnknownArguments(tag, field, refuse);
  if (!isMutation && (invalidates || hasNothing)) refuse('@invalidates on a mutation only', 'another field');
  if (isMutation && Number(invalidates !== undefined) + Number(hasNothing) !== 1)
    refuse('exactly one of @invalidates and @invalidatesNothing', invalidates ? 'both' : 'neither');
}

function refuseUnknownArguments(
  tag: TagTemplate,
  field: GraphQLField<unknown, unknown>,
  refuse: (expected: string, got: string) => never,
): void {
  for (const part of tag.parts)
    if (typeof part !== 'string' && part.root === 'args' && !field.args.some((arg) => arg.name === part.path[0]))
      refuse(`an argument of the field, parent, result or changes in "${tag.text}"`, `{${part.path.join('.')}}`);
}
