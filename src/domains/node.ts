import type { Resolvers } from '../generated/schema.ts';
import type { Context } from './context.ts';
import { typeOfId } from './ids.ts';
import type { AnyNode, NodeFinders } from './node-finder.ts';
import * as domains from './registry.ts';

export const nodeResolvers: Resolvers = {
  Query: {
    node: (_parent, { id }, context) => findNode(id, context),
    nodes: (_parent, { ids }, context) => Promise.all(ids.map((id) => findNode(id, context))),
  },
  Node: {
    __resolveType: ({ id }) => {
      const type = typeOfId(id);
      if (type === undefined) throw new TypeError(`expected a node's id, but got ${id}`);
      return type;
    },
  },
  UserError: {
    __resolveType: (error) => error.__typename as 'InvalidInputError',
  },
};

const finders: NodeFinders = Object.assign(
  {},
  ...Object.values(domains).map((domain) => ('nodes' in domain ? domain.nodes : {})),
);

async function findNode(id: string, context: Context): Promise<AnyNode | null> {
  const type = typeOfId(id);
  return (type && (await finders[type]?.(id, context))) ?? null;
}
