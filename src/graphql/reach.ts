import { everyAccount } from '../domains/changes.ts';
import { typeOfId } from '../domains/ids.ts';

/*
 * The reach of an invalidation: the accounts to which the changed data belongs or belonged. It is sent as tags on which no entry
 * depends, so that it arrives wherever the other tags do: `Reach:post_1:acc_1,acc_2`, and `Reach::acc_1` for data without an id. A
 * confined viewer is notified only of data that belongs to one of their accounts. Data without a reach concerns only viewers who
 * see all accounts.
 */
const reachPrefix = 'Reach:';
/** Most accounts in one tag, because the length of a tag is limited. */
const maxAccounts = 10;

/** Types whose nodes, lists and counts belong to accounts. Of other types, only the edges of a node do, `Campaign:<id>:posts`. */
const typesOfAccounts = new Set([
  ...['Account', 'AiGeneration', 'AnalyticsReport', 'Calendar', 'Conversation', 'Message', 'Post', 'PostTarget'],
]);

/** Whether a tag names the reach of others. No entry depends on it. */
export const isReachTag = (tag: string) => tag.startsWith(reachPrefix);

export function reachTags(reached: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const tags: string[] = [];
  for (const [id, accounts] of reached) {
    const all = [...accounts].sort();
    for (let start = 0; start < all.length; start += maxAccounts)
      tags.push(`${reachPrefix}${id}:${all.slice(start, start + maxAccounts).join()}`);
  }
  return tags;
}

/** Returns the tags of an invalidation that a viewer of these accounts may know; `null` means all accounts. */
export function visibleTags(tags: readonly string[], accountIds: readonly string[] | null): readonly string[] {
  const data = tags.filter((tag) => !isReachTag(tag));
  if (accountIds === null) return data;
  const visibleAccounts = new Set([...accountIds, everyAccount]);
  const visibleIds = new Set(accountIds);
  let isAnyVisible = false;
  for (const tag of tags) {
    const [, id, accounts] = isReachTag(tag) ? tag.split(':', 3) : [];
    if (!accounts?.split(',').some((account) => visibleAccounts.has(account))) continue;
    visibleIds.add(id!);
    isAnyVisible = true;
  }
  return data.filter((tag) => {
    const [type, id, edge] = tag.split(':', 3);
    // Only viewers of all accounts of a token see it. The tag of the list, which contains all tokens, is enough.
    if (type === 'Token' || (type === 'ApiToken' && id !== undefined)) return false;
    if (!typesOfAccounts.has(type!) && edge === undefined) return true;
    return id !== undefined && typeOfId(id) ? visibleIds.has(id) : isAnyVisible;
  });
}
