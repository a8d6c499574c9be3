import { networkResolvers } from './resolvers.ts';

export const networks = { resolvers: networkResolvers };
