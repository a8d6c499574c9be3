import type { Resolvers } from '../generated/schema.ts';
import { nodeResolvers } from './node.ts';
import * as domains from './registry.ts';

/** The resolvers of the product, one map for each domain. */
export const resolvers: readonly Resolvers[] = [
  nodeResolvers,
  ...Object.values(domains).map((domain) => domain.resolvers),
];
