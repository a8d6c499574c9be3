import type { GraphQLObjectType, GraphQLOutputType } from 'graphql';

export interface NodeSearch {
  readonly nodes: Set<string>;
  readonly visited?: Set<object>;
}

/** Finds the nodes in values: the objects with an id that mutations name in tags, as `Book:{input.id}`. */
export interface Nodes {
  /** Whether a field of this type leads to a node. */
  isNodeType(type: GraphQLObjectType): boolean;
  /**
   * Adds to `search.nodes` a reference for each node in a value of a type, at any depth. It may add references that are no nodes.
   * `search.visited` holds values that were searched before.
   */
  collect(value: unknown, type: GraphQLOutputType, search: NodeSearch): void;
  /** Returns the name of a reference's type; undefined if the reference is no node. */
  typeOf(reference: string): string | undefined;
  /** Returns the node tag of a reference, `Book:1`. */
  tagOf(reference: string, type: string): string;
  /** Returns what identifies the parent of a nested cached field among all values of its type; undefined if nothing does. */
  identityOf(parent: unknown): unknown;
  /** Throws a `TypeError` for a type whose nodes cannot be found. Called for each type beneath a cached field. */
  check?(type: GraphQLObjectType): void;
}

/** Nodes whose ids name their types, as `book_1`: `typeOf` reads the type of an id. Node types implement the interface `Node`. */
export function nodesById(typeOf: (id: string) => string | undefined, identityOf = identityOfParent): Nodes {
  return {
    isNodeType: (type) => type.getInterfaces().some(({ name }) => name === 'Node'),
    collect(value, _type, { nodes, visited }) {
      if (typeof value !== 'object' || value === null || visited?.has(value)) return;
      visited?.add(value); // many edges lead to one node object, since they share a loader
      idsIn(value, nodes);
    },
    typeOf,
    tagOf: (id, type) => `${type}:${id}`,
    identityOf,
  };
}

/** Collects all `id` strings of a value, at any depth; some may not be node ids. */
export function idsIn(value: unknown, ids: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) {
    for (const item of value) idsIn(item, ids);
  } else if (typeof value === 'object' && value !== null) {
    const { id } = value as { id?: unknown };
    if (typeof id === 'string') ids.add(id);
    for (const name in value) {
      const member = (value as Record<string, unknown>)[name];
      if (typeof member === 'object' && member !== null) idsIn(member, ids);
    }
  }
  return ids;
}

/** The identity that a parent states: its `id`, or an `identity` that its resolver set. */
export function identityOfParent(parent: unknown): unknown {
  const { id, identity } = (parent ?? {}) as { id?: unknown; identity?: unknown };
  return id ?? identity;
}
