import type { Queries } from '../../database/database.ts';
import type { AccountsTable } from '../../database/tables/posts.ts';
import { handleKey } from '../../text/folding.ts';
import type { Changes } from '../changes.ts';
import { anyOf, olderThan } from '../conditions.ts';
import { type Connection, connectionOf, type Page } from '../connection.ts';
import { idsOf } from '../ids.ts';
import type { Scope } from '../scope.ts';

export type AccountRecord = Omit<AccountsTable, 'workspaceId' | 'handleKey'>;

/** The condition on accounts; null means no condition. */
export interface AccountFilter {
  readonly networks: readonly AccountRecord['network'][] | null;
}

/** Reports an account that was changed or deleted. */
export function reportAccount(changes: Changes, id: string): void {
  changes.add('Account', id);
  changes.reach([id], id);
}

export type AccountPage = Connection<AccountRecord, AccountFilter>;

const columns = ['id', 'network', 'displayName', 'handle', 'status', 'followerCount', 'connectedAt'] as const;

/** Newest connection first. */
export async function findAccounts(
  queries: Queries,
  scope: Scope,
  { filter, page }: { filter: AccountFilter; page: Page },
): Promise<AccountPage> {
  const rows = await matching(queries, scope, filter)
    .select(columns)
    .where(olderThan(page, { instant: 'connectedAt', id: 'id' }))
    .orderBy('connectedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (account) => account.connectedAt, filter });
}

export async function countAccounts(queries: Queries, scope: Scope, filter: AccountFilter): Promise<number> {
  const { count } = await matching(queries, scope, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export function accountsByIds(queries: Queries, scope: Scope, ids: readonly string[]): Promise<AccountRecord[]> {
  return visible(queries, scope)
    .select(columns)
    .where('id', '=', anyOf(idsOf('Account', ids)))
    .execute();
}

/** Reads and locks an account: its other changes, and incoming messages on it, wait for the end of the transaction. */
export function lockAccount(queries: Queries, scope: Scope, id: string): Promise<AccountRecord | undefined> {
  return visible(queries, scope)
    .select(columns)
    .where('id', '=', anyOf(idsOf('Account', [id])))
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Reads and locks an account against all changes, including new targets and conversations on it. */
export function lockAccountToDelete(queries: Queries, scope: Scope, id: string): Promise<AccountRecord | undefined> {
  return visible(queries, scope)
    .select(columns)
    .where('id', '=', anyOf(idsOf('Account', [id])))
    .forUpdate()
    .executeTakeFirst();
}

export async function seesHandle(
  queries: Queries,
  scope: Scope,
  { network, handle }: Pick<AccountRecord, 'network' | 'handle'>,
): Promise<boolean> {
  const found = await visible(queries, scope)
    .select('id')
    .where('network', '=', network)
    .where('handleKey', '=', handleKey(handle))
    .executeTakeFirst();
  return found !== undefined;
}

/** Inserts an account, or reconnects the workspace's account with this network and handle, compared without case. */
export function connect(
  queries: Queries,
  scope: Scope,
  { displayName, ...account }: Omit<AccountRecord, 'displayName' | 'followerCount'> & { displayName?: string },
): Promise<AccountRecord> {
  const { status, connectedAt } = account;
  return queries
    .insertInto('accounts')
    .values({ ...account, displayName: displayName ?? account.handle, workspaceId: scope.workspaceId })
    .onConflict((conflict) =>
      conflict.columns(['workspaceId', 'network', 'handleKey']).doUpdateSet({ status, connectedAt, displayName }),
    )
    .returning(columns)
    .executeTakeFirstOrThrow();
}

export function changeAccount(
  queries: Queries,
  scope: Scope,
  { id, ...change }: Pick<AccountRecord, 'id'> & Partial<Pick<AccountRecord, 'displayName' | 'followerCount'>>,
): Promise<AccountRecord> {
  return queries
    .updateTable('accounts')
    .set({ id, ...change })
    .where('workspaceId', '=', scope.workspaceId)
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Deletes an account and its metrics. Targets and conversations are kept, without an account. */
export async function deleteAccount(queries: Queries, scope: Scope, id: string): Promise<void> {
  await queries.deleteFrom('accounts').where('workspaceId', '=', scope.workspaceId).where('id', '=', id).execute();
}

function matching(queries: Queries, scope: Scope, { networks }: AccountFilter) {
  return visible(queries, scope).$if(networks !== null, (query) => query.where('network', '=', anyOf(networks!)));
}

function visible(queries: Queries, { workspaceId, accountIds }: Scope) {
  return queries
    .selectFrom('accounts')
    .where('workspaceId', '=', workspaceId)
    .$if(accountIds !== null, (query) => query.where('id', '=', anyOf(accountIds!)));
}
