import type { Queries } from '../../database/database.ts';
import type { WorkspaceRole } from '../../generated/schema.ts';
import { anyOf } from '../conditions.ts';
import { idsOf } from '../ids.ts';
import type { Scope } from '../scope.ts';
import { type Authority, isWithin, leastAuthority } from './authority.ts';
import type { Member } from './repository.ts';

/** An API token of a workspace. `role` and `accountIds` are its effective authority: at most that of its maker. */
export interface ApiTokenRecord extends Authority {
  readonly id: string;
  readonly name: string;
  readonly makerId: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

export const maxApiTokens = 100;

export async function countApiTokens(queries: Queries, workspaceId: string): Promise<number> {
  const { count } = await queries
    .selectFrom('tokens')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('workspaceId', '=', workspaceId)
    .where('kind', '=', 'API')
    .executeTakeFirstOrThrow();
  return count;
}

/** The ids of the tokens that a member made or adopted. */
export async function apiTokenIdsOf(queries: Queries, { workspaceId, userId }: Member): Promise<string[]> {
  const rows = await queries
    .selectFrom('tokens')
    .select('id')
    .where((eb) => eb.and({ workspaceId, makerId: userId }))
    .execute();
  return rows.map(({ id }) => id);
}

/** Lists tokens, newest first, without those that see an account outside of the scope. */
export async function findApiTokens(queries: Queries, scope: Scope): Promise<ApiTokenRecord[]> {
  const rows = await selectApiTokens(queries, scope)
    .orderBy('tokens.createdAt', 'desc')
    .orderBy('tokens.id', 'desc')
    .limit(maxApiTokens)
    .execute();
  return withinReach(rows, scope);
}

export async function findApiTokensById(
  queries: Queries,
  scope: Scope,
  ids: readonly string[],
): Promise<ApiTokenRecord[]> {
  const rows = await selectApiTokens(queries, scope)
    .where('tokens.id', '=', anyOf(idsOf('ApiToken', ids)))
    .execute();
  return withinReach(rows, scope);
}

/** A token, locked until the transaction ends. */
export async function lockApiToken(queries: Queries, scope: Scope, id: string): Promise<ApiTokenRecord | undefined> {
  const rows = await selectApiTokens(queries, scope)
    .where('tokens.id', '=', anyOf(idsOf('ApiToken', [id])))
    .forUpdate('tokens')
    .execute();
  return withinReach(rows, scope)[0];
}

function selectApiTokens(queries: Queries, { workspaceId }: Scope) {
  return queries
    .selectFrom('tokens')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.workspaceId', '=', 'tokens.workspaceId')
        .onRef('memberships.userId', '=', 'tokens.makerId'),
    )
    .select(['tokens.id', 'tokens.name', 'tokens.makerId', 'tokens.createdAt', 'tokens.lastUsedAt'])
    .select(['tokens.role', 'tokens.accountIds'])
    .select(['memberships.role as makerRole', 'memberships.accountIds as makerAccountIds'])
    .$narrowType<{ role: WorkspaceRole }>()
    .where('tokens.workspaceId', '=', workspaceId)
    .where('tokens.kind', '=', 'API');
}

interface ApiTokenRow extends ApiTokenRecord {
  readonly makerRole: WorkspaceRole;
  readonly makerAccountIds: readonly string[] | null;
}

function withinReach(rows: readonly ApiTokenRow[], { accountIds: visible }: Scope): ApiTokenRecord[] {
  return rows
    .map(({ makerRole, makerAccountIds, ...token }) => ({
      ...token,
      ...leastAuthority(token, { role: makerRole, accountIds: makerAccountIds }),
    }))
    .filter(({ accountIds }) => isWithin(accountIds, visible));
}
