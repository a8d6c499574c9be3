import type { NodeFinders } from '../node-finder.ts';
import { createSettingsLoaders } from './loaders.ts';
import { settingsResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly settings: ReturnType<typeof createSettingsLoaders>;
  }
}

const nodes: NodeFinders = {
  WorkspaceSettings: (id, { loaders }) => loaders.settings.settings.load(id),
};

export const settings = { resolvers: settingsResolvers, loaders: createSettingsLoaders, nodes };
