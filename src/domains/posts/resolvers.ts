import type {
  CreatePostInput,
  PostFilter as PostFilterInput,
  Resolvers,
  UpdatePostInput,
} from '../../generated/schema.ts';
import { edgesOf, pageOf } from '../connection.ts';
import { inTransaction, mutation, mutationInSteps, type Transaction } from '../mutation.ts';
import { lengthsOn, withMeasuredTexts } from '../networks/measured-lengths.ts';
import { Problems } from '../problems.ts';
import { createPost, updatePost } from './drafting.ts';
import {
  advance,
  approved,
  awaitingApproval,
  checkInstant,
  lockPost,
  needsApproval,
  plannedFor,
  publishedAt,
  rejected,
  retriedAt,
  unscheduled,
} from './lifecycle.ts';
import { claimTargets, recordPostMetrics, recordPublication, recordUpload } from './publishing.ts';
import { countPosts, findPosts, type PostFilter, targetsOfPosts } from './repository.ts';
import { reportChange } from './state.ts';
import { accountIdsOf } from './targets.ts';

const maxReasonLength = 1_000;

export const postResolvers: Resolvers = {
  Query: {
    posts: (_, args, { queries, viewer }) =>
      findPosts(queries, viewer, { filter: filterOf(args.filter), page: pageOf(args) }),
    post: (_, { id }, { loaders }) => loaders.posts.post.load(id),
  },

  Post: {
    targets: ({ id }, _, { loaders }) => loaders.posts.targetsOfPost.load(id),
    media: async ({ mediaIds }, _, { loaders }) => present(await loaders.media.asset.loadMany(mediaIds)),
    campaign: ({ campaignId }, _, { loaders }) =>
      campaignId === null ? null : loaders.campaigns.campaign.load(campaignId),
    template: ({ templateId }, _, { loaders }) =>
      templateId === null ? null : loaders.templates.template.load(templateId),
    author: ({ authorId }, _, { loaders }) => (authorId === null ? null : loaders.viewer.user.load(authorId)),
    metrics: ({ id }, _, { loaders }) => loaders.posts.metricsOfPost.load(id),
    lengths: async ({ id, text }, _, { loaders, viewer }) => {
      const targets = await loaders.posts.targetsOfPost.load(id);
      const accounts = present(await loaders.accounts.account.loadMany(accountIdsOf(targets)));
      const networks = [...new Set(accounts.map(({ network }) => network))];
      return lengthsOn(viewer.workspaceId, { networks, text });
    },
  },

  PostTarget: {
    account: ({ accountId }, _, { loaders }) => (accountId === null ? null : loaders.accounts.account.load(accountId)),
    length: async ({ accountId, postId, textOverride }, _, { loaders, viewer }) => {
      const account = accountId === null ? null : await loaders.accounts.account.load(accountId);
      const text = textOverride ?? (await loaders.posts.post.load(postId))?.text;
      if (!account || text === undefined) return null;
      const [length] = await lengthsOn(viewer.workspaceId, { networks: [account.network], text });
      return length!;
    },
  },

  PostConnection: {
    edges: edgesOf,
    totalCount: ({ filter }, _, { queries, viewer, loaders }) =>
      isOfOneCampaign(filter)
        ? loaders.campaigns.postCount.load(filter.campaignId)
        : countPosts(queries, viewer, filter),
  },

  Mutation: {
    createPost: measuredMutation(async (input: CreatePostInput, tx) => ({ post: await createPost(tx, input) })),

    updatePost: measuredMutation(
      async (input: UpdatePostInput, tx) => {
        const post = await updatePost(tx, input);
        const targets = await targetsOfPosts(tx.queries, tx.viewer, [post.id]);
        return { post, targetsWithOwnText: targets.filter(({ textOverride }) => textOverride !== null) };
      },
      { targetsWithOwnText: [] },
    ),

    schedulePost: mutation(async ({ at, ...input }, tx) => {
      const problems = new Problems();
      checkInstant(problems, { path: 'at', at, now: tx.now });
      const status = (await needsApproval(tx)) ? 'PENDING_APPROVAL' : 'SCHEDULED';
      return { post: await advance(tx, { ...input, action: 'schedule', problems }, plannedFor(status, at)) };
    }),

    unschedulePost: mutation(async (input, tx) => ({
      post: await advance(tx, { ...input, action: 'unschedule' }, unscheduled),
    })),

    requestPostApproval: mutation(async (input, tx) => ({
      post: await advance(tx, { ...input, action: 'request approval of' }, awaitingApproval),
    })),

    approvePost: mutation(async (input, tx) => ({
      post: await advance(tx, { ...input, action: 'approve' }, approved),
    })),

    rejectPost: mutation(async ({ reason, ...input }, tx) => {
      const problems = new Problems();
      problems.presentText('reason', reason, maxReasonLength);
      return { post: await advance(tx, { ...input, action: 'reject', problems }, rejected(reason)) };
    }),

    publishPost: mutation(async (input, tx) => ({
      post: await advance(tx, { ...input, action: 'publish' }, publishedAt(tx.now)),
    })),

    retryPost: mutation(async (input, tx) => ({
      post: await advance(tx, { ...input, action: 'retry' }, retriedAt(tx.now)),
    })),

    deletePost: mutation(async ({ id }, tx) => {
      const problems = new Problems();
      const before = await lockPost(tx, { id, action: 'delete', problems });
      problems.settle();
      await tx.queries
        .deleteFrom('posts')
        .where('workspaceId', '=', tx.viewer.workspaceId)
        .where('id', '=', id)
        .execute();
      reportChange(tx, before!, null);
      return { deletedId: id };
    }),

    claimTargets: mutation(async (input, tx) => ({ targets: await claimTargets(tx, input) }), { targets: [] }),

    recordPublication: mutation(async (input, tx) => ({ post: await recordPublication(tx, input) })),

    recordUpload: mutation((input, tx) => recordUpload(tx, input)),

    recordPostMetrics: mutation(async (input, tx) => ({ post: await recordPostMetrics(tx, input) })),
  },
};

/** Creates the resolver of a mutation whose transaction measures texts. */
function measuredMutation<Input, T extends object, Refused extends Partial<T> = object>(
  run: (input: Input, transaction: Transaction) => Promise<T>,
  refused?: Refused,
) {
  return mutationInSteps<Input, T, Refused>(
    (input, context) =>
      withMeasuredTexts(context.viewer.workspaceId, () => inTransaction(context, (tx) => run(input, tx))),
    refused,
  );
}

function filterOf(filter: PostFilterInput | null | undefined): PostFilter {
  const { status = null, accountIds = null, campaignId, search = null } = filter ?? {};
  return { status, accountIds, search, ...(campaignId !== undefined && { campaignId }) };
}

/** Whether a filter has no other condition than a campaign: the counts of several campaigns are loaded in one statement. */
function isOfOneCampaign(filter: PostFilter): filter is PostFilter & { campaignId: string } {
  return filter.campaignId != null && !filter.status && !filter.accountIds && filter.search === null;
}

/** The loaded nodes, without those that were deleted meanwhile. Throws the first error. */
function present<T>(loaded: readonly (T | null | Error)[]): T[] {
  const failure = loaded.find((item) => item instanceof Error);
  if (failure) throw failure;
  return loaded.filter((item): item is T => item !== null);
}
