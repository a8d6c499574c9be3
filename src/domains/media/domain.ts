import type { NodeFinders } from '../node-finder.ts';
import { createMediaLoaders } from './loaders.ts';
import { mediaResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly media: ReturnType<typeof createMediaLoaders>;
  }
}

const nodes: NodeFinders = {
  MediaAsset: (id, { loaders }) => loaders.media.asset.load(id),
};

export const media = { resolvers: mediaResolvers, loaders: createMediaLoaders, nodes };
