import type { LoaderSource } from '../loader-source.ts';
import {
  type AnalyticsReportRecord,
  computeReports,
  type PostPerformanceRecord,
  rankPosts,
  type Subject,
} from './repository.ts';

/** Reports in a statement: one of 400 days takes about 6 ms. */
const maxBatchSize = 20;

export function createAnalyticsLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    report: loader<Subject, AnalyticsReportRecord, string>(
      (subjects) => computeReports(queries, scope, subjects),
      keyOf,
      maxBatchSize,
    ),
    topPosts: loader<{ subject: Subject; limit: number }, PostPerformanceRecord[], string>(
      (requests) => rankPosts(queries, scope, requests),
      ({ subject, limit }) => `${limit} ${keyOf(subject)}`,
      maxBatchSize,
    ),
  };
}

const keyOf = ({ from, to, accountIds, campaignId }: Subject) => JSON.stringify([from, to, accountIds, campaignId]);
