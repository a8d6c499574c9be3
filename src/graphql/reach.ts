import { everyAccount } from '../domains/changes.ts';
import { typeOfId } from '../domains/ids.ts';

/*
 * The reach of an invalidation: the accounts on which what it names hangs, or hung before. It goes with the tags, as tags on which
 * nothing depends, so that it comes wherever they come: `Reach:post_1:acc_1,acc_2`, and `Reach::acc_1` for what has no id. Whoever is
 * confined to some accounts is told only of what hangs on one of these. What reaches nobody is told to those who see all accounts.
 */
const reachPrefix = 'Reach:';
/** In one tag, which is bounded in length. */
const maxAccounts = 10;

/** Types whose nodes, lists and counts follow accounts. Of other types these do: what hangs on a node, `Campaign:<id>:posts`. */
const typesOfAccounts = new Set([
  ...['Account', 'AiGeneration', 'AnalyticsReport', 'Calendar', 'Conversation', 'Message', 'Post', 'PostTarget'],
]);

export function reachTags(reached: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const tags: string[] = [];
  for (const [id, accounts] of reached) {
    const all = [...accounts].sort();
    for (let start = 0; start < all.length; start += maxAccounts)
      tags.push(`${reachPrefix}${id}:${all.slice(start, start + maxAccounts).join()}`);
  }
  return tags;
}

/** The tags of an invalidation of which somebody is told who sees these accounts; null sees all. */
export function visibleTags(tags: readonly string[], accountIds: readonly string[] | null): readonly string[] {
  const data = tags.filter((tag) => !tag.startsWith(reachPrefix));
  if (accountIds === null) return data;
  const seen = new Set([...accountIds, everyAccount]);
  const heardIds = new Set(accountIds);
  let hearsAny = false;
  for (const tag of tags) {
    const [, id, accounts] = tag.startsWith(reachPrefix) ? tag.split(':', 3) : [];
    if (!accounts?.split(',').some((account) => seen.has(account))) continue;
    heardIds.add(id!);
    hearsAny = true;
  }
  return data.filter((tag) => {
    const [type, id, edge] = tag.split(':', 3);
    // A token is seen by those alone who see all of its accounts: the list, which holds all of them, tells enough.
    if (type === 'Token' || (type === 'ApiToken' && id !== undefined)) return false;
    if (!typesOfAccounts.has(type!) && edge === undefined) return true;
    return id !== undefined && typeOfId(id) ? heardIds.has(id) : hearsAny;
  });
}
