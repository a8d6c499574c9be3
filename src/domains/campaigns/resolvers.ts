import type { Resolvers } from '../../generated/schema.ts';
import { edgesOf, pageOf } from '../connection.ts';
import { invalid, notFound, Refusal, staleRevision } from '../errors.ts';
import { lostResult, reserve } from '../idempotency.ts';
import { newId } from '../ids.ts';
import { mutation } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { addPosts, removeAllPosts, removePosts } from './membership.ts';
import { campaignsByIds, countCampaigns, findCampaigns, lockCampaign, lockCampaignToDelete } from './repository.ts';

const maxNameLength = 200;
const maxBriefLength = 5_000;

export const campaignResolvers: Resolvers = {
  Query: {
    campaigns: (_, args, { queries, viewer }) => {
      const { status = null, search = null } = args.filter ?? {};
      return findCampaigns(queries, viewer, { filter: { status, search }, page: pageOf(args) });
    },
    campaign: (_, { id }, { loaders }) => loaders.campaigns.campaign.load(id),
  },

  Campaign: {
    owner: ({ ownerId }, _, { loaders }) => (ownerId === null ? null : loaders.viewer.user.load(ownerId)),
    postCount: ({ id }, _, { loaders }) => loaders.campaigns.postCount.load(id),
    posts: ({ id }, args, { loaders }) => loaders.campaigns.posts.load({ campaignId: id, page: pageOf(args) }),
  },

  CampaignConnection: {
    edges: edgesOf,
    totalCount: ({ filter }, _, { queries, viewer }) => countCampaigns(queries, viewer, filter),
  },

  Mutation: {
    createCampaign: mutation(async (input, transaction) => {
      const { queries, viewer, changes, now } = transaction;
      const { id, isReplay } = await reserve(transaction, {
        ...{ mutation: 'createCampaign', key: input.idempotencyKey, input },
        newId: newId('Campaign'),
      });
      changes.add('Campaign', id);
      if (isReplay) {
        const [campaign] = await campaignsByIds(queries, viewer, [id]);
        if (!campaign) throw lostResult('Campaign', id);
        return { campaign };
      }
      const { brief = null, startsOn = null, endsOn = null } = input;
      const problems = new Problems();
      const name = problems.title('name', input.name, maxNameLength);
      if (brief !== null) problems.text('brief', brief, maxBriefLength);
      checkDays(problems, { startsOn, endsOn });
      problems.settle();
      const instant = now.toISOString();
      await queries
        .insertInto('campaigns')
        .values({
          ...{ id, workspaceId: viewer.workspaceId, name, brief, status: 'PLANNED', startsOn, endsOn },
          ...{ ownerId: viewer.userId, createdAt: instant, updatedAt: instant },
        })
        .execute();
      const [campaign] = await campaignsByIds(queries, viewer, [id]);
      return { campaign };
    }),

    updateCampaign: mutation(async (input, { queries, viewer, changes, now }) => {
      const { id, brief, status, startsOn, endsOn, expectedRevision } = input;
      const problems = new Problems();
      const name = input.name == null ? undefined : problems.title('name', input.name, maxNameLength);
      if (brief != null) problems.text('brief', brief, maxBriefLength);
      const before = await lockCampaign(queries, viewer, id);
      if (!before) problems.add(notFound('id', 'Campaign', id));
      else {
        checkDays(problems, {
          startsOn: startsOn === undefined ? before.startsOn : startsOn,
          endsOn: endsOn === undefined ? before.endsOn : endsOn,
        });
        if (expectedRevision != null && expectedRevision !== before.revision)
          problems.add(staleRevision(expectedRevision, before.revision));
      }
      problems.settle();
      await queries
        .updateTable('campaigns')
        .set((eb) => ({
          ...{ name, brief, status: status ?? undefined, startsOn, endsOn },
          ...{ revision: eb('revision', '+', 1), updatedAt: now.toISOString() },
        }))
        .where('workspaceId', '=', viewer.workspaceId)
        .where('id', '=', id)
        .execute();
      changes.add('Campaign', id);
      const [campaign] = await campaignsByIds(queries, viewer, [id]);
      return { campaign };
    }),

    addPostsToCampaign: mutation(async (input, transaction) => {
      const campaign = await addPosts(transaction, input);
      transaction.changes.add('Campaign', campaign.id);
      return { campaign };
    }),

    removePostsFromCampaign: mutation(async (input, transaction) => {
      const campaign = await removePosts(transaction, input);
      transaction.changes.add('Campaign', campaign.id);
      return { campaign };
    }),

    deleteCampaign: mutation(async ({ id }, transaction) => {
      const { queries, viewer, changes } = transaction;
      const campaign = await lockCampaignToDelete(queries, viewer, id);
      if (!campaign) throw new Refusal([notFound('id', 'Campaign', id)]);
      changes.add('Campaign', id);
      await removeAllPosts(transaction, id);
      await queries
        .deleteFrom('campaigns')
        .where('workspaceId', '=', viewer.workspaceId)
        .where('id', '=', id)
        .execute();
      return { deletedId: id };
    }),
  },
};

function checkDays(problems: Problems, { startsOn, endsOn }: { startsOn: string | null; endsOn: string | null }): void {
  if (startsOn && endsOn && endsOn < startsOn)
    problems.add(invalid('endsOn', `Expected a day on or after the first (${startsOn}), but got ${endsOn}.`));
}
