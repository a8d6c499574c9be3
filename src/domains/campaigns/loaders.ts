import DataLoader from 'dataloader';
import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import type { PostPage } from '../posts/repository.ts';
import {
  type CampaignRecord,
  campaignsByIds,
  type PostsRequest,
  postCountsOf,
  postsOfCampaigns,
} from './repository.ts';

export function createCampaignLoaders({ queries, scope }: LoaderSource) {
  return {
    campaign: new DataLoader<string, CampaignRecord | null>(async (ids) =>
      inOrder(ids, await campaignsByIds(queries, scope, ids), (campaign) => campaign.id),
    ),
    postCount: new DataLoader<string, number>(async (ids) => {
      const counts = await postCountsOf(queries, scope, ids);
      return inOrder<(typeof counts)[number], string | null>(ids, counts, (row) => row.campaignId).map(
        (row) => row?.count ?? 0,
      );
    }),
    posts: new DataLoader<PostsRequest, PostPage, string>((requests) => postsOfCampaigns(queries, scope, requests), {
      cacheKeyFn: (request) => JSON.stringify(request),
    }),
  };
}
