import type { AiGenerationFilter, DeleteInput, Resolvers } from '../../generated/schema.ts';
import { edgesOf, pageOf } from '../connection.ts';
import { daysOf } from '../date-range.ts';
import { notFound, Refusal } from '../errors.ts';
import { mutation, mutationInSteps, type Transaction } from '../mutation.ts';
import { findBudget } from './budget.ts';
import { generate } from './generation.ts';
import {
  countGenerations,
  deleteGeneration,
  findOfferedModels,
  findUsage,
  type GenerationListFilter,
  listGenerations,
  reportGeneration,
} from './repository.ts';
import { altTextRequest, captionRequest, hashtagsRequest, replyRequest } from './requests.ts';

export const aiResolvers: Resolvers = {
  Query: {
    aiGenerations: (_parent, { filter, ...args }, { queries, viewer }) =>
      listGenerations(queries, viewer, { filter: listFilterOf(filter), page: pageOf(args) }),
    aiGeneration: (_parent, { id }, { loaders }) => loaders.ai.generation.load(id),
    aiUsage: (_parent, { range }, { queries, viewer }) => findUsage(queries, viewer, daysOf(range)),
    aiBudget: (_parent, _args, context) => findBudget(context),
    aiModels: (_parent, _args, { queries, ports }) => findOfferedModels(queries, ports.ai),
  },
  Mutation: {
    generateCaption: mutationInSteps(async (input, context) => generate(captionRequest(input), context)),
    generateHashtags: mutationInSteps(async (input, context) => generate(hashtagsRequest(input), context)),
    suggestReply: mutationInSteps(async (input, context) => generate(await replyRequest(input, context), context)),
    generateAltText: mutationInSteps(async (input, context) => generate(await altTextRequest(input, context), context)),
    deleteAiGeneration: mutation(deleteAiGeneration),
  },
  AiGeneration: {
    requestedBy: ({ requestedById }, _args, { loaders }) =>
      requestedById === null ? null : loaders.viewer.user.load(requestedById),
  },
  AiGenerationConnection: {
    edges: edgesOf,
    totalCount: ({ filter }, _args, { queries, viewer }) => countGenerations(queries, viewer, filter),
  },
};

function listFilterOf(filter: AiGenerationFilter | null | undefined): GenerationListFilter {
  return { kinds: filter?.kinds ?? null };
}

/** Generations that reused its output are kept: their costs and dates remain true. */
async function deleteAiGeneration({ id }: DeleteInput, { queries, viewer, changes }: Transaction) {
  const deleted = await deleteGeneration(queries, viewer, id);
  if (!deleted) throw new Refusal([notFound('id', 'AI generation', id)]);
  reportGeneration(changes, deleted);
  return { deletedId: id };
}
