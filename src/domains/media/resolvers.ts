import type { DeleteInput, PostStatus, Resolvers, UpdateMediaAssetInput } from '../../generated/schema.ts';
import { edgesOf, pageOf } from '../connection.ts';
import type { Context } from '../context.ts';
import { conflict, invalid, notFound, Refusal } from '../errors.ts';
import { inTransaction, mutation, mutationInSteps, type Transaction } from '../mutation.ts';
import { postStates } from '../posts/state.ts';
import { Problems } from '../problems.ts';
import { safeFileName } from './file-name.ts';
import { countMedia, listFilterOf, listMedia, lockAsset, lockPostsWith } from './repository.ts';
import { altTextOf, uploadMedia } from './upload.ts';

const maxFileNameLength = 255;

export const mediaResolvers: Resolvers = {
  Query: {
    media: (_parent, { filter, ...args }, { queries, viewer }) =>
      listMedia(queries, viewer, { filter: listFilterOf(filter), page: pageOf(args) }),
    mediaAsset: (_parent, { id }, { loaders }) => loaders.media.asset.load(id),
  },
  Mutation: {
    uploadMedia: mutationInSteps(uploadMedia),
    updateMediaAsset: mutation(updateMediaAsset),
    deleteMediaAsset: mutationInSteps(deleteMediaAsset),
  },
  MediaAsset: {
    url: ({ storageKey }) => `/media/${storageKey}`,
    usageCount: ({ id }, _args, { loaders }) => loaders.media.usageCount.load(id),
  },
  MediaAssetConnection: {
    edges: edgesOf,
    totalCount: ({ filter }, _args, { queries, viewer }) => countMedia(queries, viewer, filter),
  },
};

async function updateMediaAsset(input: UpdateMediaAssetInput, { queries, viewer }: Transaction) {
  const before = await lockAsset(queries, viewer, input.id);
  if (!before) throw new Refusal([notFound('id', 'Media asset', input.id)]);

  const problems = new Problems();
  const altText = input.altText === undefined ? before.altText : altTextOf(input.altText, problems);
  const fileName = input.fileName == null ? before.fileName : fileNameOf(input.fileName, problems);
  problems.settle();
  await queries.updateTable('mediaAssets').set({ altText, fileName }).where('id', '=', before.id).execute();
  return { mediaAsset: { ...before, altText, fileName } };
}

function fileNameOf(input: string, problems: Problems): string {
  const title = problems.title('fileName', input, maxFileNameLength);
  const fileName = safeFileName(title);
  if (title !== '' && fileName === '')
    problems.add(invalid('fileName', 'Expected a name with visible characters, but got none.'));
  return fileName;
}

/** Deletes the row, then the file: a failure in between leaves a file without an address. */
async function deleteMediaAsset({ id }: DeleteInput, context: Context) {
  const storageKey = await inTransaction(context, (transaction) => deleteRow(id, transaction));
  await context.ports.media.remove(storageKey);
  return { deletedId: id };
}

/** Whether a post is scheduled, being published, or can be retried, so that it would be published without the asset. */
function isToBePublished({ status, scheduledAt }: { status: PostStatus; scheduledAt: string | null }): boolean {
  return status !== 'PUBLISHED' && (scheduledAt !== null || !['DRAFT', 'PENDING_APPROVAL'].includes(status));
}

async function deleteRow(id: string, { queries, viewer, changes, now }: Transaction): Promise<string> {
  const asset = await lockAsset(queries, viewer, id);
  if (!asset) throw new Refusal([notFound('id', 'Media asset', id)]);
  const posts = await lockPostsWith(queries, viewer.workspaceId, id);
  if (posts.some(isToBePublished))
    throw new Refusal([
      conflict(
        'id',
        'Expected an asset that no planned or failed post uses, but got one in use: change these posts first.',
      ),
    ]);

  const postIds = posts.map((post) => post.id);
  if (postIds.length > 0)
    await queries
      .updateTable('posts')
      .set((eb) => ({ revision: eb('revision', '+', 1), updatedAt: now.toISOString() }))
      .where('id', 'in', postIds)
      .execute();
  await queries.deleteFrom('mediaAssets').where('id', '=', id).execute();
  changes.add('Post', ...postIds);
  for (const { post, targets } of await postStates({ queries, viewer }, postIds))
    changes.reach(
      targets.map(({ accountId }) => accountId),
      post.id,
    );
  return asset.storageKey;
}
