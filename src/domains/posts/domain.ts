import type { NodeFinders } from '../node-finder.ts';
import { createPostLoaders } from './loaders.ts';
import { postResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly posts: ReturnType<typeof createPostLoaders>;
  }
}

const nodes: NodeFinders = {
  Post: (id, { loaders }) => loaders.posts.post.load(id),
  PostTarget: (id, { loaders }) => loaders.posts.target.load(id),
};

export const posts = { resolvers: postResolvers, loaders: createPostLoaders, nodes };
