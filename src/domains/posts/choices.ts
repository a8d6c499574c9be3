import { accountsByIds } from '../accounts/repository.ts';
import { anyOf } from '../conditions.ts';
import { invalid, notFound } from '../errors.ts';
import { idsOf } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import type { Problems } from '../problems.ts';

type ChosenAccount = Awaited<ReturnType<typeof accountsByIds>>[number];

/** Finds the accounts that an input selects for a post. Adds problems for missing, repeated and unknown ones. */
export async function chosenAccounts(
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

export async function checkMedia(
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

export async function checkCampaign(
  { queries, viewer }: Transaction,
  problems: Problems,
  campaignId: string,
): Promise<void> {
  const found = await queries
    .selectFrom('campaigns')
    .select('id')
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', anyOf(idsOf('Campaign', [campaignId])))
    .executeTakeFirst();
  if (!found) problems.add(notFound('campaignId', 'Campaign', campaignId));
}

export async function checkTemplate(
  { queries, viewer }: Transaction,
  problems: Problems,
  templateId: string,
): Promise<void> {
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
