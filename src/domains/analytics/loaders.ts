import DataLoader from 'dataloader';
import type { LoaderSource } from '../loaders.ts';
import {
  type AnalyticsReportRecord,
  computeReports,
  type PostPerformanceRecord,
  rankPosts,
  type Subject,
} from './repository.ts';

export function createAnalyticsLoaders({ queries, scope }: LoaderSource) {
  return {
    report: new DataLoader<Subject, AnalyticsReportRecord, string>(
      (subjects) => computeReports(queries, scope, subjects),
      {
        cacheKeyFn: keyOf,
      },
    ),
    topPosts: new DataLoader<{ subject: Subject; limit: number }, PostPerformanceRecord[], string>(
      (requests) => rankPosts(queries, scope, requests),
      { cacheKeyFn: ({ subject, limit }) => `${limit} ${keyOf(subject)}` },
    ),
  };
}

const keyOf = ({ from, to, accountIds, campaignId }: Subject) => JSON.stringify([from, to, accountIds, campaignId]);
