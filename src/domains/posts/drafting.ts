import type { CreatePostInput, UpdatePostInput } from '../../generated/schema.ts';
import { isCompact } from '../../text/graphemes.ts';
import { accountsByIds } from '../accounts/repository.ts';
import { anyOf } from '../conditions.ts';
import { invalid, notFound, staleRevision, textTooLong } from '../errors.ts';
import { lostResult, reserve } from '../idempotency.ts';
import { idsOf, newId } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import { maxPostLength, textLength } from '../networks/text-length.ts';
import { Problems } from '../problems.ts';
import { checkInstant, lockPost, needsApproval, reportAfter, type TargetStatus } from './lifecycle.ts';
import { type PostRecord, type PostTargetRecord, postsByIds } from './repository.ts';

/** Creates a post: a draft, scheduled, or waiting for approval to be. */
export async function createPost(transaction: Transaction, input: CreatePostInput): Promise<PostRecord> {
  const { queries, viewer, now } = transaction;
  const { id, isReplay } = await reserve(transaction, {
    ...{ mutation: 'createPost', key: input.idempotencyKey, input },
    newId: newId('Post'),
  });
  if (isReplay) return replayed(transaction, id);

  const { text, accountIds, mediaIds = [], campaignId = null, templateId = null, scheduledAt = null } = input;
  const problems = new Problems();
  if (scheduledAt) checkInstant(problems, { path: 'scheduledAt', at: scheduledAt, now });
  problems.text('text', text, maxPostLength);
  checkTexts(problems, await chosenAccounts(transaction, problems, accountIds), () => text);
  await checkMedia(transaction, problems, mediaIds ?? []);
  if (campaignId) await checkCampaign(transaction, problems, campaignId);
  if (templateId) await checkTemplate(transaction, problems, templateId);
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
  await placeTargets(transaction, { postId: id, accountIds, status });
  await placeMedia(transaction, id, mediaIds ?? []);
  return reportAfter(transaction, { id, before: null });
}

/** Changes a post that is out nowhere. A contributor's change of an approved post asks for approval again. */
export async function updatePost(transaction: Transaction, input: UpdatePostInput): Promise<PostRecord> {
  const { queries, viewer, now } = transaction;
  const { id, text, accountIds, mediaIds, campaignId, expectedRevision } = input;
  const problems = new Problems();
  if (text != null) problems.text('text', text, maxPostLength);
  const accounts = accountIds && (await chosenAccounts(transaction, problems, accountIds));
  if (mediaIds) await checkMedia(transaction, problems, mediaIds);
  if (campaignId) await checkCampaign(transaction, problems, campaignId);
  const before = await lockPost(transaction, { id, action: 'edit', problems });
  const { post, targets = [] } = before ?? {};
  const nextAccountIds = accountIds
    ? [...accountIds, ...beyondReach(targets, viewer.accountIds)]
    : accountIdsOf(targets);
  if (post && (text != null || accounts)) {
    const everywhere = { ...viewer, accountIds: null };
    checkTexts(problems, await accountsByIds(queries, everywhere, nextAccountIds), textsOf(targets, text ?? post.text));
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
  await placeTargets(transaction, { postId: id, accountIds: nextAccountIds, status: status as TargetStatus });
  if (mediaIds) await placeMedia(transaction, id, mediaIds);
  return reportAfter(transaction, { id, before: before! });
}

/** The first request's post as the viewer sees it now. It is reported again: whether the first answer arrived, nobody knows. */
async function replayed(transaction: Transaction, id: string): Promise<PostRecord> {
  const [made] = await postsByIds(transaction.queries, transaction.viewer, [id]);
  if (!made) throw lostResult('Post', id);
  await reportAfter(transaction, { id, before: null });
  return made;
}

type ChosenAccount = Awaited<ReturnType<typeof accountsByIds>>[number];

async function chosenAccounts(
  { queries, viewer }: Transaction,
  problems: Problems,
  accountIds: readonly string[],
): Promise<ChosenAccount[]> {
  if (accountIds.length === 0) problems.add(invalid('accountIds', 'Expected at least one account, but got none.'));
  if (!checkDistinct(problems, { path: 'accountIds', ids: accountIds })) return [];
  const accounts = await accountsByIds(queries, viewer, accountIds);
  checkFound(problems, { path: 'accountIds', type: 'Account', ids: accountIds, found: accounts });
  return accounts;
}

/** Each account gets its own text or the post's; one problem a network. */
function checkTexts(
  problems: Problems,
  accounts: readonly ChosenAccount[],
  textOf: (accountId: string) => string,
): void {
  const seen = new Set<ChosenAccount['network']>();
  for (const { id, network } of accounts) {
    if (seen.has(network)) continue;
    const text = textOf(id);
    if (!isCompact(text, maxPostLength)) continue; // refused already
    const { length, limit: maxLength, unit, isWithinLimit } = textLength(network, text);
    if (isWithinLimit) continue;
    seen.add(network);
    problems.add(textTooLong('text', { maxLength, length, unit, network }));
  }
}

async function checkMedia(
  { queries, viewer }: Transaction,
  problems: Problems,
  mediaIds: readonly string[],
): Promise<void> {
  if (mediaIds.length === 0 || !checkDistinct(problems, { path: 'mediaIds', ids: mediaIds })) return;
  const found = await queries
    .selectFrom('mediaAssets')
    .select('id')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(idsOf('MediaAsset', mediaIds)))
    .execute();
  checkFound(problems, { path: 'mediaIds', type: 'MediaAsset', ids: mediaIds, found });
}

async function checkCampaign({ queries, viewer }: Transaction, problems: Problems, campaignId: string): Promise<void> {
  const found = await queries
    .selectFrom('campaigns')
    .select('id')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(idsOf('Campaign', [campaignId])))
    .executeTakeFirst();
  if (!found) problems.add(notFound('campaignId', 'Campaign', campaignId));
}

async function checkTemplate({ queries, viewer }: Transaction, problems: Problems, templateId: string): Promise<void> {
  const id = anyOf(idsOf('Template', [templateId]));
  const found = await queries
    .selectFrom('templates')
    .select('id')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', id)
    .unionAll(queries.selectFrom('galleryTemplates').select('id').where('id', '=', id))
    .executeTakeFirst();
  if (!found) problems.add(notFound('templateId', 'Template', templateId));
}

function checkDistinct(problems: Problems, { path, ids }: { path: string; ids: readonly string[] }): boolean {
  const isDistinct = new Set(ids).size === ids.length;
  if (!isDistinct) problems.add(invalid(path, 'Expected each id once, but got one more than once.'));
  return isDistinct;
}

function checkFound(
  problems: Problems,
  { path, type, ids, found }: { path: string; type: string; ids: readonly string[]; found: readonly { id: string }[] },
): void {
  const known = new Set(found.map(({ id }) => id));
  for (const [index, id] of ids.entries()) if (!known.has(id)) problems.add(notFound([path, String(index)], type, id));
}

export const accountIdsOf = (targets: readonly PostTargetRecord[]) =>
  targets.map((target) => target.accountId).filter((accountId) => accountId !== null);

/** Accounts that a confined viewer does not see are neither theirs to choose nor to drop. */
function beyondReach(targets: readonly PostTargetRecord[], visible: readonly string[] | null): string[] {
  return visible === null ? [] : accountIdsOf(targets).filter((accountId) => !visible.includes(accountId));
}

function textsOf(targets: readonly PostTargetRecord[], text: string): (accountId: string) => string {
  const overrides = new Map(targets.map((target) => [target.accountId, target.textOverride]));
  return (accountId) => overrides.get(accountId) ?? text;
}

/** Targets that stay keep their ids; new ones begin where the post stands. */
async function placeTargets(
  { queries, viewer: { workspaceId } }: Transaction,
  { postId, accountIds, status }: { postId: string; accountIds: readonly string[]; status: TargetStatus },
): Promise<void> {
  await queries
    .deleteFrom('postTargets')
    .where('workspaceId', '=', workspaceId)
    .where('postId', '=', postId)
    .where((eb) => eb.not(eb('accountId', '=', anyOf(accountIds))))
    .execute();
  if (accountIds.length === 0) return;
  await queries
    .insertInto('postTargets')
    .values(
      accountIds.map((accountId, position) => ({
        id: newId('PostTarget'),
        workspaceId,
        postId,
        accountId,
        position,
        status,
      })),
    )
    .onConflict((conflicting) =>
      conflicting
        .columns(['postId', 'accountId'])
        .doUpdateSet((eb) => ({ position: eb.ref('excluded.position'), status: eb.ref('excluded.status') })),
    )
    .execute();
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
