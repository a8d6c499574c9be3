import { accountsByIds } from '../accounts/repository.ts';
import { findMedia } from '../media/repository.ts';
import type { Transaction } from '../mutation.ts';
import { refusalOf } from '../networks/publishable.ts';
import type { PostTargetRecord } from './repository.ts';

export interface PlannedContent {
  readonly text: string;
  readonly mediaIds: readonly string[];
  readonly targets: readonly Pick<PostTargetRecord, 'accountId' | 'textOverride'>[];
}

/**
 * Why networks would refuse a post, other than the lengths of its texts; at most one reason for each target on an account that the
 * viewer sees. The others may be ids that an input has chosen, of which nothing may be told.
 */
export async function refusalsOf(
  { queries, viewer }: Transaction,
  { text, mediaIds, targets }: PlannedContent,
): Promise<string[]> {
  const accountIds = targets.map(({ accountId }) => accountId).filter((accountId) => accountId !== null);
  const accounts = await accountsByIds(queries, viewer, accountIds);
  const networks = new Map(accounts.map(({ id, network }) => [id, network]));
  const media = mediaIds.length === 0 ? [] : await findMedia(queries, viewer.workspaceId, mediaIds);
  const reasons = targets.flatMap(({ accountId, textOverride }) => {
    const network = accountId === null ? undefined : networks.get(accountId);
    return (network && refusalOf(network, { text: textOverride ?? text, media })) ?? [];
  });
  return [...new Set(reasons)];
}
