import type { LoaderSource } from '../loader-source.ts';
import {
  type AnalyticsReportRecord,
  computeReports,
  type PostPerformanceRecord,
  rankPosts,
  type Subject,
} from './repository.ts';

export function createAnalyticsLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    report: loader<Subject, AnalyticsReportRecord, string>(
      (subjects) => computeReports(queries, scope, subjects),
      keyOf,
    ),
    topPosts: loader<{ subject: Subject; limit: number }, PostPerformanceRecord[], string>(
      (requests) => rankPosts(queries, scope, requests),
      ({ subject, limit }) => `${limit} ${keyOf(subject)}`,
    ),
  };
}

const keyOf = ({ from, to, accountIds, campaignId }: Subject) => JSON.stringify([from, to, accountIds, campaignId]);
