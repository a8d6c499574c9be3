import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import type { AccessAudience, CacheCategory, CacheScope, Confinement, WorkspaceRole } from '../generated/schema.ts';
import { parseTagTemplate, type TagTemplate } from './tag-template.ts';

/** What the schema says of one field, read once. */
export interface FieldPlan {
  /** `Type.field`. */
  readonly coordinate: string;
  /** Name of the type that it returns, without lists and nulls. */
  readonly typeName: string;
  readonly access: AccessPlan | undefined;
  readonly cache: CachePlan | undefined;
  readonly invalidates: readonly TagTemplate[] | undefined;
  readonly dependsOn: readonly TagTemplate[] | undefined;
  /** Arguments that are ranges of days, with their defaults: they are resolved to days before anything reads them. */
  readonly ranges: ReadonlyMap<string, unknown>;
  /** How the value comes about; see `kindOf`. */
  readonly kind: FieldKind;
}

export interface AccessPlan {
  readonly role: WorkspaceRole;
  readonly audience: AccessAudience;
  readonly confinement: Confinement;
}

export interface CachePlan {
  readonly category: CacheCategory;
  readonly scope: CacheScope;
  readonly ttlMs: number | undefined;
  readonly tags: readonly TagTemplate[];
}

/**
 * `property`: read off the parent. `derived`: computed from the parent alone. `edge`: another node. `cached`, `dependent`: as
 * the directives say. `open`: none of these, so that nothing can be remembered of a selection that reaches it.
 */
export type FieldKind = 'property' | 'derived' | 'edge' | 'cached' | 'dependent' | 'open';

/** Throws, with the coordinate and what was expected, when a directive makes no sense where it stands. */
export function planField(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): FieldPlan {
  const coordinate = `${type.name}.${field.name}`;
  const read = <T>(name: string): T | undefined => {
    const directive = schema.getDirective(name);
    if (!directive || !field.astNode) return undefined;
    try {
      return getDirectiveValues(directive, field.astNode) as T | undefined;
    } catch (error) {
      throw new TypeError(`${coordinate}: @${name}: ${(error as Error).message}`);
    }
  };
  const cache = read<{ category: CacheCategory; scope: CacheScope; maxAge?: number; tags: string[] }>('cache');
  const invalidates = read<{ tags: string[] }>('invalidates');
  const dependsOn = read<{ tags: string[] }>('dependsOn');
  const parse = (tags: readonly string[]) => tags.map((tag) => parseTag(tag, coordinate));
  const plan: FieldPlan = {
    coordinate,
    typeName: getNamedType(field.type).name,
    access: read('access'),
    cache: cache && {
      category: cache.category,
      scope: cache.scope,
      ttlMs: cache.maxAge === undefined ? undefined : cache.maxAge * 1000,
      tags: parse(cache.tags),
    },
    invalidates: invalidates && parse(invalidates.tags),
    dependsOn: dependsOn && parse(dependsOn.tags),
    ranges: new Map(
      field.args
        .filter((arg) => getNamedType(arg.type).name === 'DateRangeInput')
        .map((arg) => [arg.name, arg.defaultValue]),
    ),
    kind: kindOf(schema, type, field, { isCached: cache !== undefined, isDependent: dependsOn !== undefined }),
  };
  refuseMisuse(schema, plan, {
    type,
    field,
    maxAge: cache?.maxAge,
    hasNothing: read('invalidatesNothing') !== undefined,
  });
  return plan;
}

const directiveNames = ['cache', 'dependsOn', 'invalidates', 'invalidatesNothing', 'access'];

/** An interface's field is resolved by the types that implement it: what its directives say would go unheard. */
export function refuseDirectivesOf(type: GraphQLInterfaceType): void {
  for (const field of Object.values(type.getFields()))
    for (const { name } of field.astNode?.directives ?? [])
      if (directiveNames.includes(name.value))
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
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  { isCached, isDependent }: { isCached: boolean; isDependent: boolean },
): FieldKind {
  if (isCached) return 'cached';
  if (isDependent) return 'dependent';
  if (!field.resolve || field.resolve === defaultFieldResolver) return 'property';
  if (isConnection(type) && field.name !== 'totalCount') return 'derived';
  return isNode(schema, field) ? 'edge' : 'open';
}

/** Relay's fields of a connection are another view of its page. */
function isConnection(type: GraphQLObjectType): boolean {
  return type.name.endsWith('Connection') && 'pageInfo' in type.getFields();
}

function isNode(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): boolean {
  const named = getNamedType(field.type);
  const isNodeType = (type: GraphQLObjectType) => type.getInterfaces().some((of) => of.name === 'Node');
  if (isObjectType(named)) return isNodeType(named);
  return isAbstractType(named) && schema.getPossibleTypes(named).every(isNodeType);
}

function refuseMisuse(
  schema: GraphQLSchema,
  { coordinate, access, cache, invalidates, dependsOn }: FieldPlan,
  {
    type,
    field,
    maxAge,
    hasNothing,
  }: {
    type: GraphQLObjectType;
    field: GraphQLField<unknown, unknown>;
    maxAge: number | undefined;
    hasNothing: boolean;
  },
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
  if (access && (!isRoot || isSubscription))
    refuse('@access on a query or a mutation', `it on a field of ${type.name}`); // answers from the cache ask at the root alone
  if (maxAge !== undefined && maxAge <= 0) refuse('a maxAge above 0 seconds', String(maxAge));
  if (cache?.scope === 'PUBLIC' && type !== schema.getQueryType())
    refuse('PUBLIC scope on a root field, which no workspace stands above', `it on a field of ${type.name}`);
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
