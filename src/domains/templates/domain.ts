import type { NodeFinders } from '../node-finder.ts';
import { createTemplateLoaders } from './loaders.ts';
import { templateResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly templates: ReturnType<typeof createTemplateLoaders>;
  }
}

const nodes: NodeFinders = {
  Template: (id, { loaders }) => loaders.templates.template.load(id),
};

export const templates = { resolvers: templateResolvers, loaders: createTemplateLoaders, nodes };
