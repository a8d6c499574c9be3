import type { Resolvers } from '../../generated/schema.ts';
import { daysOf } from '../date-range.ts';
import { mutation } from '../mutation.ts';
import { seriesOf } from './metrics.ts';
import { record } from './recording.ts';

export const analyticsResolvers: Resolvers = {
  Query: {
    analytics: (_, { range, filter }, { loaders }) => {
      const { from, to } = daysOf(range);
      const accountIds = filter?.accountIds ? [...new Set(filter.accountIds)].sort() : null;
      return loaders.analytics.report.load({ from, to, accountIds, campaignId: filter?.campaignId ?? null });
    },
  },

  Campaign: {
    analytics: ({ id }, { range }, { loaders }) => {
      const { from, to } = daysOf(range);
      return loaders.analytics.report.load({ from, to, accountIds: null, campaignId: id });
    },
  },

  AnalyticsReport: {
    series: (report, { metrics }) => seriesOf(report, metrics),
    topPosts: (subject, { limit }, { loaders }) => loaders.analytics.topPosts.load({ subject, limit: limit ?? 5 }),
  },

  PostPerformance: {
    post: ({ postId }, _, { loaders }) => loaders.posts.post.load(postId),
  },

  Mutation: {
    recordMetrics: mutation(async (input, tx) => ({ recorded: await record(input, tx) }), { recorded: 0 }),
  },
};
