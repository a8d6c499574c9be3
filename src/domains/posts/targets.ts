import type { NetworkName, TextOverrideInput } from '../../generated/schema.ts';
import { isWithinLength } from '../../text/graphemes.ts';
import type { AccountRecord } from '../accounts/repository.ts';
import { anyOf } from '../conditions.ts';
import { conflict, invalid, notFound, textTooLong } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import { lengthsInTransaction } from '../networks/measured-lengths.ts';
import { maxPostLength } from '../networks/text-length.ts';
import type { Problems } from '../problems.ts';
import type { TargetStatus } from './lifecycle.ts';
import type { PostTargetRecord } from './repository.ts';

/** The own text of a target; null if it has its post's. */
export type TextOverrides = ReadonlyMap<string, string | null>;

export const accountIdsOf = (targets: readonly PostTargetRecord[]) =>
  targets.map((target) => target.accountId).filter((accountId) => accountId !== null);

/** Maximum of targets per post, as in `@listSize` of `Post.targets`. */
const maxTargets = 20;

/** Checks the number of targets. Those on disconnected accounts remain, and count. */
export function checkRoom(
  problems: Problems,
  { targets, accountIds }: { targets: readonly PostTargetRecord[]; accountIds: readonly string[] },
): void {
  const disconnected = targets.length - accountIdsOf(targets).length;
  const count = disconnected + accountIds.length;
  if (count <= maxTargets) return;
  const message = `Expected at most ${maxTargets} targets, but got ${count}, ${disconnected} of them on disconnected accounts.`;
  problems.add(invalid('accountIds', message));
}

/** Refuses to remove a target that may be published: added again, it would be published twice. */
export async function checkRemoval(
  { queries, viewer: { workspaceId } }: Transaction,
  problems: Problems,
  { postId, accountIds }: { postId: string; accountIds: readonly string[] },
): Promise<void> {
  const unanswered = await queries
    .selectFrom('postTargets')
    .select('accountId')
    .where((eb) => eb.and({ workspaceId, postId }))
    .where('firstAttemptAt', 'is not', null)
    .where((eb) => eb.not(eb('accountId', '=', anyOf(accountIds))))
    .execute();
  for (const { accountId } of unanswered) {
    const message = `The post may already be published on account ${accountId}: publish or retry it first, which checks that.`;
    problems.add(conflict('accountIds', message));
  }
}

/** The texts of a post's targets after an input. Refuses texts for accounts on which the post has no target. */
export function overridesAfter(
  targets: readonly PostTargetRecord[],
  inputs: readonly TextOverrideInput[],
  { accountIds, problems }: { accountIds: readonly string[]; problems: Problems },
): TextOverrides {
  const overrides = new Map(targets.map(({ accountId, textOverride }) => [accountId ?? '', textOverride]));
  for (const [index, { accountId, text = null }] of inputs.entries()) {
    const path = ['textOverrides', String(index)];
    if (!accountIds.includes(accountId))
      problems.add(notFound([...path, 'accountId'], 'Target of this post on account', accountId));
    if (text !== null) problems.text([...path, 'text'], text, maxPostLength);
    overrides.set(accountId, text);
  }
  return overrides;
}

interface TextsOfAccounts {
  readonly accounts: readonly Pick<AccountRecord, 'id' | 'network'>[];
  readonly text: string;
  readonly overrides: TextOverrides;
}

/**
 * Measures each account's text as its network does. Adds one problem per network and text. Texts that are too long for Magpie are
 * not measured: they are refused already.
 */
export function checkTexts(problems: Problems, { accounts, text: ofPost, overrides }: TextsOfAccounts): void {
  const networksByText = new Map<string, Set<NetworkName>>();
  for (const { id, network } of accounts) {
    const text = overrides.get(id) ?? ofPost;
    networksByText.set(text, (networksByText.get(text) ?? new Set()).add(network));
  }
  const measurements = [...networksByText]
    .filter(([text]) => isWithinLength(text, maxPostLength))
    .map(([text, networks]) => ({ text, networks: [...networks] }));
  for (const { network, limit: maxLength, length, unit, isWithinLimit } of lengthsInTransaction(measurements).flat())
    if (!isWithinLimit) problems.add(textTooLong('text', { maxLength, length, unit, network }));
}

interface Placement {
  readonly postId: string;
  readonly accountIds: readonly string[];
  readonly status: TargetStatus;
  readonly overrides: TextOverrides;
}

/** Sets the targets of a post. Existing ones keep their ids; new ones get the post's status. */
export async function placeTargets(
  { queries, viewer: { workspaceId } }: Transaction,
  { postId, accountIds, status, overrides }: Placement,
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
        textOverride: overrides.get(accountId) ?? null,
      })),
    )
    .onConflict((conflicting) =>
      conflicting.columns(['postId', 'accountId']).doUpdateSet((eb) => ({
        position: eb.ref('excluded.position'),
        status: eb.ref('excluded.status'),
        textOverride: eb.ref('excluded.textOverride'),
      })),
    )
    .execute();
}
