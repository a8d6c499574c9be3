import type { NodeFinders } from '../node-finder.ts';
import { mayAs } from './authority.ts';
import { createViewerLoaders } from './loaders.ts';
import { viewerResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly viewer: ReturnType<typeof createViewerLoaders>;
  }
}

const nodes: NodeFinders = {
  // Requires the same role as `@access` on `Query.apiTokens`.
  ApiToken: async (id, { loaders, viewer }) => (mayAs(viewer.role, 'ADMIN') ? loaders.viewer.apiToken.load(id) : null),
  User: (id, { loaders }) => loaders.viewer.colleague.load(id),
  Workspace: async (id, { loaders, viewer }) => (id === viewer.workspaceId ? loaders.viewer.workspace.load(id) : null),
};

export const viewer = { resolvers: viewerResolvers, loaders: createViewerLoaders, nodes };
