import type { CreateTemplateInput, DeleteInput, Resolvers, UpdateTemplateInput } from '../../generated/schema.ts';
import { edgesOf, pageOf } from '../connection.ts';
import { notFound, Refusal, staleRevision } from '../errors.ts';
import { lostResult, reserve } from '../idempotency.ts';
import { newId } from '../ids.ts';
import { mutation, type Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { normalizeHashtags } from './hashtags.ts';
import {
  countGallery,
  countTemplates,
  findTemplates,
  listGallery,
  listTemplates,
  lockTemplate,
  type TemplateRecord,
} from './repository.ts';

const maxTitleLength = 200;
const maxBodyLength = 10_000;

export const templateResolvers: Resolvers = {
  Query: {
    templates: (_parent, { filter, ...args }, { queries, viewer }) =>
      listTemplates(queries, { workspaceId: viewer.workspaceId, search: filter?.search ?? null, page: pageOf(args) }),
    template: (_parent, { id }, { loaders }) => loaders.templates.template.load(id),
    templateGallery: (_parent, args, { queries }) => listGallery(queries, pageOf(args)),
  },
  Mutation: {
    createTemplate: mutation(createTemplate),
    updateTemplate: mutation(updateTemplate),
    deleteTemplate: mutation(deleteTemplate),
  },
  Template: {
    author: ({ authorId }, _args, { loaders }) => (authorId === null ? null : loaders.viewer.user.load(authorId)),
    usageCount: ({ id }, _args, { loaders }) => loaders.templates.usageCount.load(id),
  },
  TemplateConnection: {
    edges: edgesOf,
    totalCount: ({ filter }, _args, { queries, viewer }) =>
      filter.from === 'gallery' ? countGallery(queries) : countTemplates(queries, viewer.workspaceId, filter.search),
  },
};

async function createTemplate({ idempotencyKey, ...input }: CreateTemplateInput, transaction: Transaction) {
  const { queries, viewer, now } = transaction;
  const problems = new Problems();
  const values = {
    title: problems.title('title', input.title, maxTitleLength),
    body: problems.text('body', input.body, maxBodyLength),
    hashtags: normalizeHashtags(input.hashtags ?? [], problems),
  };
  problems.settle();

  const request = { mutation: 'createTemplate', key: idempotencyKey, input, newId: newId('Template') };
  const { id, isReplay } = await reserve(transaction, request);
  if (!isReplay) {
    const createdAt = now.toISOString();
    const { workspaceId, userId: authorId } = viewer;
    await queries
      .insertInto('templates')
      .values({ id, workspaceId, authorId, ...values, createdAt, updatedAt: createdAt })
      .execute();
  }
  const [template] = await findTemplates(queries, viewer.workspaceId, [id]);
  if (!template) throw lostResult('Template', id);
  return { template };
}

async function updateTemplate(input: UpdateTemplateInput, { queries, viewer, now }: Transaction) {
  const before = await lockTemplate(queries, viewer.workspaceId, input.id);
  if (!before) throw new Refusal([notFound('id', 'Template', input.id)]);
  if (input.expectedRevision != null && input.expectedRevision !== before.revision)
    throw new Refusal([staleRevision(input.expectedRevision, before.revision)]);

  const problems = new Problems();
  const after = {
    title: problems.title('title', input.title ?? before.title, maxTitleLength),
    body: problems.text('body', input.body ?? before.body, maxBodyLength),
    hashtags: input.hashtags ? normalizeHashtags(input.hashtags, problems) : [...before.hashtags],
    revision: before.revision + 1,
    updatedAt: now.toISOString(),
  };
  problems.settle();
  await queries.updateTable('templates').set(after).where('id', '=', before.id).execute();
  const template: TemplateRecord = { ...before, ...after };
  return { template };
}

async function deleteTemplate({ id }: DeleteInput, { queries, viewer }: Transaction) {
  const template = await lockTemplate(queries, viewer.workspaceId, id);
  if (!template) throw new Refusal([notFound('id', 'Template', id)]);
  await queries.deleteFrom('templates').where('id', '=', id).execute();
  return { deletedId: id };
}
