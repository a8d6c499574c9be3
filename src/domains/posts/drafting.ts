import type { CreatePostInput, UpdatePostInput } from '../../generated/schema.ts';
import { accountsByIds } from '../accounts/repository.ts';
import { invalid, staleRevision } from '../errors.ts';
import { lostResult, reserve } from '../idempotency.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import { maxPostLength } from '../networks/text-length.ts';
import { Problems } from '../problems.ts';
import { checkCampaign, checkMedia, checkTemplate, chosenAccounts } from './choices.ts';
import { checkInstant, isPlanned, lockPost, needsApproval, reportAfter, type TargetStatus } from './lifecycle.ts';
import { type PlannedContent, refusalsOf } from './readiness.ts';
import { type PostRecord, postsByIds } from './repository.ts';
import {
  accountIdsOf,
  checkRemoval,
  checkRoom,
  checkTexts,
  overridesAfter,
  placeTargets,
  type TextOverrides,
} from './targets.ts';

/** Creates a post, within `withMeasuredTexts`: a draft, or with an instant a scheduled post or one that awaits approval. */
export async function createPost(transaction: Transaction, input: CreatePostInput): Promise<PostRecord> {
  const { queries, viewer, now } = transaction;
  const { id, isReplay } = await reserve(transaction, {
    ...{ mutation: 'createPost', key: input.idempotencyKey, input },
    newId: newId('Post'),
  });
  if (isReplay) return replayed(transaction, id);

  const { text, accountIds, campaignId = null, templateId = null, scheduledAt = null } = input;
  const mediaIds = input.mediaIds ?? [];
  const problems = new Problems();
  if (scheduledAt) checkInstant(problems, { path: 'scheduledAt', at: scheduledAt, now });
  problems.text('text', text, maxPostLength);
  const overrides = overridesAfter([], input.textOverrides ?? [], { accountIds, problems });
  checkTexts(problems, {
    ...{ accounts: await chosenAccounts(transaction, problems, accountIds), text, overrides },
  });
  await checkMedia(transaction, problems, mediaIds);
  if (campaignId != null) await checkCampaign(transaction, problems, campaignId);
  if (templateId != null) await checkTemplate(transaction, problems, templateId);
  if (scheduledAt) await checkReadiness(transaction, problems, contentOf({ text, mediaIds, accountIds, overrides }));
  problems.settle();

  const planned = (await needsApproval(transaction)) ? 'PENDING_APPROVAL' : 'SCHEDULED';
  const status = scheduledAt ? planned : 'DRAFT';
  const instant = now.toISOString();
  await queries
    .insertInto('posts')
    .values({
      ...{ id, workspaceId: viewer.workspaceId, text, status, campaignId, templateId, scheduledAt },
      ...{ authorId: viewer.userId, createdAt: instant, updatedAt: instant },
    })
    .execute();
  await placeTargets(transaction, { postId: id, accountIds, status, overrides });
  await placeMedia(transaction, id, mediaIds);
  return reportAfter(transaction, { id, before: null });
}

/**
 * Changes a post that is not published on any network, within `withMeasuredTexts`. After a contributor's change, an approved post
 * needs approval again.
 */
export async function updatePost(transaction: Transaction, input: UpdatePostInput): Promise<PostRecord> {
  const { queries, viewer, now } = transaction;
  const { id, text, accountIds, mediaIds, campaignId, expectedRevision } = input;
  const problems = new Problems();
  if (text != null) problems.text('text', text, maxPostLength);
  const accounts = accountIds && (await chosenAccounts(transaction, problems, accountIds));
  if (mediaIds) await checkMedia(transaction, problems, mediaIds);
  if (campaignId != null) await checkCampaign(transaction, problems, campaignId);
  const before = await lockPost(transaction, { id, action: 'edit', problems });
  const { post, targets = [] } = before ?? {};
  if (accountIds) {
    checkRoom(problems, { targets, accountIds });
    await checkRemoval(transaction, problems, { postId: id, accountIds });
  }
  const nextText = text ?? post?.text ?? '';
  const nextAccountIds = accountIds ?? accountIdsOf(targets);
  const overrides = overridesAfter(targets, input.textOverrides ?? [], { accountIds: nextAccountIds, problems });
  if (post && (text != null || accounts || input.textOverrides)) {
    const accountsAfter = accounts ?? (await accountsByIds(queries, viewer, nextAccountIds));
    checkTexts(problems, { accounts: accountsAfter, text: nextText, overrides });
  }
  if (post && isPlanned(post.status)) {
    const content = { text: nextText, mediaIds: mediaIds ?? post.mediaIds, accountIds: nextAccountIds, overrides };
    await checkReadiness(transaction, problems, contentOf(content));
  }
  if (post && expectedRevision != null && expectedRevision !== post.revision)
    problems.add(staleRevision(expectedRevision, post.revision));
  problems.settle();

  const { status: current } = post!;
  const status = current === 'SCHEDULED' && (await needsApproval(transaction)) ? 'PENDING_APPROVAL' : current;
  await queries
    .updateTable('posts')
    .set((eb) => ({
      ...{ status, text: text ?? undefined, campaignId },
      ...{ revision: eb('revision', '+', 1), updatedAt: now.toISOString() },
    }))
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', id)
    .execute();
  await placeTargets(transaction, {
    ...{ postId: id, accountIds: nextAccountIds, status: status as TargetStatus, overrides },
  });
  if (mediaIds) await placeMedia(transaction, id, mediaIds);
  return reportAfter(transaction, { id, before: before! });
}

/**
 * The post of the first request as the viewer sees it now. Reported again, as the response to the first request may have been lost.
 */
async function replayed(transaction: Transaction, id: string): Promise<PostRecord> {
  const [post] = await postsByIds(transaction.queries, transaction.viewer, [id]);
  if (!post) throw lostResult('Post', id);
  await reportAfter(transaction, { id, before: null });
  return post;
}

interface NextContent extends Pick<PlannedContent, 'text' | 'mediaIds'> {
  readonly accountIds: readonly string[];
  readonly overrides: TextOverrides;
}

function contentOf({ text, mediaIds, accountIds, overrides }: NextContent): PlannedContent {
  const targets = accountIds.map((accountId) => ({ accountId, textOverride: overrides.get(accountId) ?? null }));
  return { text, mediaIds, targets };
}

/** Adds a problem for each reason for which a network would refuse a planned post. */
async function checkReadiness(transaction: Transaction, problems: Problems, content: PlannedContent): Promise<void> {
  for (const reason of await refusalsOf(transaction, content)) problems.add(invalid(null, reason));
}

async function placeMedia(
  { queries, viewer: { workspaceId } }: Transaction,
  postId: string,
  mediaIds: readonly string[],
): Promise<void> {
  await queries.deleteFrom('postMedia').where('workspaceId', '=', workspaceId).where('postId', '=', postId).execute();
  if (mediaIds.length === 0) return;
  await queries
    .insertInto('postMedia')
    .values(mediaIds.map((mediaId, position) => ({ workspaceId, postId, mediaId, position })))
    .execute();
}
