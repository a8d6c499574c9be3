import type { NodeFinders } from '../node-finder.ts';
import { createAccountLoaders } from './loaders.ts';
import { accountResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly accounts: ReturnType<typeof createAccountLoaders>;
  }
}

const nodes: NodeFinders = {
  Account: (id, { loaders }) => loaders.accounts.account.load(id),
};

export const accounts = { resolvers: accountResolvers, loaders: createAccountLoaders, nodes };
