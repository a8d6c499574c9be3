import DataLoader from 'dataloader';
import { grouped, inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import {
  metricsOfPosts,
  type PostMetricsRecord,
  type PostRecord,
  type PostTargetRecord,
  postsByIds,
  targetsByIds,
  targetsOfPosts,
} from './repository.ts';

export function createPostLoaders({ queries, scope }: LoaderSource) {
  return {
    post: new DataLoader<string, PostRecord | null>(async (ids) =>
      inOrder(ids, await postsByIds(queries, scope, ids), (post) => post.id),
    ),
    target: new DataLoader<string, PostTargetRecord | null>(async (ids) =>
      inOrder(ids, await targetsByIds(queries, scope, ids), (target) => target.id),
    ),
    targetsOfPost: new DataLoader<string, PostTargetRecord[]>(async (postIds) =>
      grouped(postIds, await targetsOfPosts(queries, scope, postIds), (target) => target.postId),
    ),
    metricsOfPost: new DataLoader<string, PostMetricsRecord | null>(async (postIds) =>
      inOrder(postIds, await metricsOfPosts(queries, scope, postIds), (metrics) => metrics.postId),
    ),
  };
}
