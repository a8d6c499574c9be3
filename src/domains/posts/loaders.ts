import { grouped, inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import {
  metricsOfPosts,
  type PostMetricsRecord,
  type PostRecord,
  type PostTargetRecord,
  postsByIds,
  targetsByIds,
  targetsOfPosts,
} from './repository.ts';

export function createPostLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    post: loader<string, PostRecord | null>(async (ids) =>
      inOrder(ids, await postsByIds(queries, scope, ids), (post) => post.id),
    ),
    target: loader<string, PostTargetRecord | null>(async (ids) =>
      inOrder(ids, await targetsByIds(queries, scope, ids), (target) => target.id),
    ),
    targetsOfPost: loader<string, PostTargetRecord[]>(async (postIds) =>
      grouped(postIds, await targetsOfPosts(queries, scope, postIds), (target) => target.postId),
    ),
    metricsOfPost: loader<string, PostMetricsRecord | null>(async (postIds) =>
      inOrder(postIds, await metricsOfPosts(queries, scope, postIds), (metrics) => metrics.postId),
    ),
  };
}
