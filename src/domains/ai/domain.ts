import type { NodeFinders } from '../node-finder.ts';
import { createAiLoaders } from './loaders.ts';
import { aiResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly ai: ReturnType<typeof createAiLoaders>;
  }
}

const nodes: NodeFinders = {
  AiGeneration: (id, { loaders }) => loaders.ai.generation.load(id),
};

export const ai = { resolvers: aiResolvers, loaders: createAiLoaders, nodes };
