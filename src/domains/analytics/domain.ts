import { createAnalyticsLoaders } from './loaders.ts';
import { analyticsResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly analytics: ReturnType<typeof createAnalyticsLoaders>;
  }
}

export const analytics = { resolvers: analyticsResolvers, loaders: createAnalyticsLoaders };
