import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import type { PostPage } from '../posts/repository.ts';
import {
  type CampaignRecord,
  campaignsByIds,
  type PostsRequest,
  postCountsOf,
  postsOfCampaigns,
} from './repository.ts';

export function createCampaignLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    campaign: loader<string, CampaignRecord | null>(async (ids) =>
      inOrder(ids, await campaignsByIds(queries, scope, ids), (campaign) => campaign.id),
    ),
    postCount: loader<string, number>(async (ids) => {
      const counts = await postCountsOf(queries, scope, ids);
      return inOrder<(typeof counts)[number], string | null>(ids, counts, (row) => row.campaignId).map(
        (row) => row?.count ?? 0,
      );
    }),
    posts: loader<PostsRequest, PostPage, string>(
      (requests) => postsOfCampaigns(queries, scope, requests),
      (request) => JSON.stringify(request),
    ),
  };
}
