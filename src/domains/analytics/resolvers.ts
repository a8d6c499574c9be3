import type { Resolvers } from '../../generated/schema.ts';
import { daysOf } from '../date-range.ts';
import { badInput } from '../errors.ts';
import { mutation } from '../mutation.ts';
import { seriesOf } from './metrics.ts';
import { record } from './recording.ts';

const maxTopPosts = 50;

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
    topPosts: (subject, { limit }, { loaders }) => {
      const count = limit ?? 5;
      if (count < 0) throw badInput(`limit: expected 0 or more, but got ${count}.`);
      return loaders.analytics.topPosts.load({ subject, limit: Math.min(count, maxTopPosts) });
    },
  },

  PostPerformance: {
    post: ({ postId }, _, { loaders }) => loaders.posts.post.load(postId),
  },

  Mutation: {
    recordMetrics: mutation(async (input, tx) => ({ recorded: await record(input, tx) }), { recorded: 0 }),
  },
};
