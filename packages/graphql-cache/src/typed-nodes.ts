import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
} from 'graphql';
import { inspect } from './inspect.ts';
import { identityOfParent, type Nodes } from './nodes.ts';

/**
 * Nodes by the types of the schema: an object type with a field `id` is a node type, and its ids need to be unique within the type
 * only. Where a value does not say of which type it is, because its type is abstract or a resolver reads it under another name, its
 * ids count for each node type that is possible there: an entry depends on too much rather than on too little. Create it before the
 * resolvers of the schema are wrapped.
 */
export function nodesByType(schema: GraphQLSchema): Nodes {
  const shapes = new Shapes(schema);
  return {
    isNodeType,
    collect: (value, type, { nodes }) => new Search(shapes, nodes).collect(value, type),
    typeOf: (reference) => reference.slice(0, reference.indexOf(':')),
    tagOf: (reference) => reference,
    identityOf: identityOfParent,
    check(type) {
      const { id } = type.getFields();
      if (id && isResolved(id))
        throw new TypeError(
          `${type.name}.id: expected the member "id" of the value, which tags are made of, but got a resolver; state \`typeOfId\` instead`,
        );
      if (id) shapes.withTags.add(type.name);
    },
  };
}

function isNodeType(type: GraphQLObjectType): boolean {
  return 'id' in type.getFields();
}

function isResolved({ resolve }: GraphQLField<unknown, unknown>): boolean {
  return resolve !== undefined && resolve !== defaultFieldResolver;
}

/** Where the nodes in values of one type are. */
interface Shape {
  readonly isNode: boolean;
  /** Types of the fields that are read from the member of their name. */
  readonly properties: ReadonlyMap<string, GraphQLOutputType>;
  /** The node types beneath fields with a resolver, which may read any other member. */
  readonly resolved: readonly string[];
}

class Shapes {
  readonly schema: GraphQLSchema;
  /** Node types beneath cached fields, whose values must have an id. */
  readonly withTags = new Set<string>();
  readonly #shapes = new Map<string, Shape>();
  readonly #nodeTypes = new Map<string, readonly string[]>();

  constructor(schema: GraphQLSchema) {
    this.schema = schema;
    for (const type of Object.values(schema.getTypeMap()))
      if (isObjectType(type)) this.#shapes.set(type.name, this.#read(type));
  }

  of(type: GraphQLObjectType): Shape {
    return this.#shapes.get(type.name)!;
  }

  /** Returns the names of all node types that values of a type can contain. */
  nodeTypesUnder(type: GraphQLNamedType): readonly string[] {
    let names = this.#nodeTypes.get(type.name);
    if (!names) {
      names = [...objectTypesUnder(this.schema, type)].filter(isNodeType).map(({ name }) => name);
      this.#nodeTypes.set(type.name, names);
    }
    return names;
  }

  #read(type: GraphQLObjectType): Shape {
    const properties = new Map<string, GraphQLOutputType>();
    const resolved = new Set<string>();
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (!isCompositeType(named)) continue;
      if (!isResolved(field)) properties.set(field.name, field.type);
      else for (const name of this.nodeTypesUnder(named)) resolved.add(name);
    }
    return { isNode: isNodeType(type), properties, resolved: [...resolved] };
  }
}

/** Returns all object types that a selection beneath a type can reach, the type itself included. */
export function objectTypesUnder(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  reached: Set<GraphQLObjectType> = new Set(),
): Set<GraphQLObjectType> {
  if (isAbstractType(type)) for (const one of schema.getPossibleTypes(type)) objectTypesUnder(schema, one, reached);
  if (!isObjectType(type) || reached.has(type)) return reached;
  reached.add(type);
  for (const field of Object.values(type.getFields())) objectTypesUnder(schema, getNamedType(field.type), reached);
  return reached;
}

/** One search of a value. A value is searched once as each type, so that cycles end. */
class Search {
  readonly #shapes: Shapes;
  readonly #found: Set<string>;
  readonly #visited = new Map<string, Set<object>>();

  constructor(shapes: Shapes, found: Set<string>) {
    this.#shapes = shapes;
    this.#found = found;
  }

  collect(value: unknown, type: GraphQLOutputType): void {
    if (typeof value !== 'object' || value === null) return;
    const nullable = getNullableType(type);
    if (isObjectType(nullable)) this.#collectObject(value, nullable);
    else if (isListType(nullable) && Array.isArray(value))
      for (const item of value) this.collect(item, nullable.ofType);
    else if (isAbstractType(nullable) && this.#statedType(value)) this.#collectObject(value, this.#statedType(value)!);
    else if (isCompositeType(getNamedType(nullable)))
      this.#collectIds(value, this.#shapes.nodeTypesUnder(getNamedType(nullable)), nullable.toString());
  }

  #statedType({ __typename }: { __typename?: unknown }): GraphQLObjectType | undefined {
    const type = typeof __typename === 'string' ? this.#shapes.schema.getType(__typename) : undefined;
    return isObjectType(type) ? type : undefined;
  }

  #collectObject(value: object, type: GraphQLObjectType): void {
    if (this.#hasVisited(value, type.name)) return;
    const { isNode, properties, resolved } = this.#shapes.of(type);
    if (isNode && !this.#add(value, [type.name]) && this.#shapes.withTags.has(type.name))
      throw new TypeError(
        `${type.name}: expected a value with an id, which tags are made of, but got ${inspect(value).slice(0, 80)}`,
      );
    for (const [name, property] of properties) this.collect((value as Record<string, unknown>)[name], property); // getters too
    if (resolved.length === 0) return;
    for (const [name, member] of Object.entries(value))
      if (!properties.has(name)) this.#collectIds(member, resolved, type.name);
  }

  /** Adds each id at any depth as one of each type. */
  #collectIds(value: unknown, types: readonly string[], from: string): void {
    if (typeof value !== 'object' || value === null || this.#hasVisited(value, `within ${from}`)) return;
    this.#add(value, types);
    for (const member of Object.values(value)) this.#collectIds(member, types, from);
  }

  /** Returns whether the value has an id. */
  #add({ id }: { id?: unknown }, types: readonly string[]): boolean {
    if (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint') return false;
    for (const type of types) this.#found.add(`${type}:${id}`);
    return true;
  }

  #hasVisited(value: object, as: string): boolean {
    const visited = this.#visited.get(as) ?? new Set();
    this.#visited.set(as, visited);
    if (visited.has(value)) return true;
    visited.add(value);
    return false;
  }
}
