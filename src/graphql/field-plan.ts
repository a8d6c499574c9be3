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

/** The directives of one field, read once when the schema is built. */
export interface FieldPlan {
  /** `Type.field`. */
  readonly coordinate: string;
  /** Name of the returned type, without list and non-null wrappers. */
  readonly typeName: string;
  readonly access: AccessPlan | undefined;
  readonly cache: CachePlan | undefined;
  readonly invalidates: readonly TagTemplate[] | undefined;
  readonly dependsOn: readonly TagTemplate[] | undefined;
  /** Arguments of type `DateRangeInput` with their defaults. Presets are resolved to days before anything reads them. */
  readonly ranges: ReadonlyMap<string, unknown>;
  /** How the value is obtained; see `FieldKind`. */
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
 * `property`: read from the parent. `derived`: computed from the parent alone. `edge`: another node. `cached`, `dependent`: by
 * directive. `untracked`: none of these; a selection that contains such a field cannot be kept as a fragment.
 */
export type FieldKind = 'property' | 'derived' | 'edge' | 'cached' | 'dependent' | 'untracked';

/** Reads the directives of a field. Throws a `TypeError` that names the coordinate and what was expected for a misplaced directive. */
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

/** Throws for directives on an interface's fields. The implementing types resolve them, so those directives would have no effect. */
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
  return isNode(schema, field) ? 'edge' : 'untracked';
}

/** Whether a type is a Relay connection, whose fields other than `totalCount` derive from its page. */
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
    refuse('@access on a query or a mutation', `it on a field of ${type.name}`); // a cached result is checked at the root field only
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
