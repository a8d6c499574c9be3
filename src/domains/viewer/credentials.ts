import { createHash, randomBytes } from 'node:crypto';
import type { Queries } from '../../database/database.ts';
import type { SessionLimits } from '../../limits/limits.ts';
import { newId } from '../ids.ts';
import type { Scope, Viewer } from '../scope.ts';
import { type Authority, leastAuthority } from './authority.ts';

const touchedAfterMs = 60_000;
const tokenShape = /^mgp_[\w-]{43}$/;

/** The viewer whom a token identifies, with the token's own data. */
export interface FoundViewer extends Viewer {
  readonly tokenId: string;
  readonly expiresAt: string | null;
}

/** A new token: 32 random bytes, with a prefix that secret scanners recognise. It is shown once; only its hash is stored. */
export function newToken(): string {
  return `mgp_${randomBytes(32).toString('base64url')}`;
}

/** SHA-256, hex. A token has 256 random bits, so a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The viewer whom a token identifies, found by one statement; null when the token is unknown, revoked or expired. */
export async function findViewer(queries: Queries, token: string, now: Date): Promise<FoundViewer | null> {
  if (!tokenShape.test(token)) return null;
  const row = await queries
    .selectFrom('tokens')
    .innerJoin('settings', 'settings.workspaceId', 'tokens.workspaceId')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.workspaceId', '=', 'tokens.workspaceId')
        .on((eb) => eb('memberships.userId', '=', eb.fn.coalesce('tokens.userId', 'tokens.makerId'))),
    )
    .select(['tokens.id', 'tokens.workspaceId', 'tokens.userId', 'tokens.makerId', 'tokens.expiresAt'])
    .select(['tokens.role as ownRole', 'tokens.accountIds as ownAccountIds'])
    .select(['memberships.role', 'memberships.accountIds', 'settings.timeZone', 'settings.weekStartsOn'])
    .where('tokens.hash', '=', hashToken(token))
    .where((eb) => eb.or([eb('tokens.expiresAt', 'is', null), eb('tokens.expiresAt', '>', now.toISOString())]))
    .executeTakeFirst();
  if (!row) return null;
  const { id: tokenId, ownRole, ownAccountIds, ...found } = row;
  const own = { role: ownRole ?? found.role, accountIds: ownAccountIds };
  const kind = found.userId === null ? 'API_TOKEN' : 'MEMBER';
  return { kind, tokenId, ...found, ...leastAuthority(own, found) };
}

/** The viewer of the background work in a workspace; null when the workspace does not exist. */
export async function findSystemViewer(queries: Queries, workspaceId: string): Promise<Viewer | null> {
  const settings = await queries
    .selectFrom('settings')
    .select(['timeZone', 'weekStartsOn'])
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return settings ? systemViewer(workspaceId, settings) : null;
}

export function systemViewer(workspaceId: string, settings: Pick<Scope, 'timeZone' | 'weekStartsOn'>): Viewer {
  const { timeZone, weekStartsOn } = settings;
  return {
    kind: 'SYSTEM',
    tokenId: null,
    userId: null,
    makerId: null,
    role: 'OWNER',
    workspaceId,
    accountIds: null,
    timeZone,
    weekStartsOn,
  };
}

/** Records the use of a token, at most once a minute. */
export async function touchToken(queries: Queries, tokenId: string, now: Date): Promise<void> {
  await queries
    .updateTable('tokens')
    .set({ lastUsedAt: now.toISOString() })
    .where('id', '=', tokenId)
    .where((eb) =>
      eb.or([
        eb('lastUsedAt', 'is', null),
        eb('lastUsedAt', '<=', new Date(now.getTime() - touchedAfterMs).toISOString()),
      ]),
    )
    .execute();
}

/** A new session, and the ids of the sessions that were ended because of the limit. */
export interface NewSession {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
  readonly endedIds: readonly string[];
}

/** Opens a session of a member. Deletes their expired sessions, and ends the oldest ones beyond the limit. */
export async function issueSession(
  queries: Queries,
  session: { workspaceId: string; userId: string; name: string; limits: SessionLimits; now: Date },
): Promise<NewSession> {
  const { workspaceId, userId, name, limits, now } = session;
  // Locks the membership, as concurrent requests could together exceed the limit.
  await queries
    .selectFrom('memberships')
    .select('userId')
    .where((eb) => eb.and({ workspaceId, userId }))
    .forNoKeyUpdate()
    .execute();
  await queries
    .deleteFrom('tokens')
    .where((eb) => eb.and({ workspaceId, userId, kind: 'SESSION' }))
    .where('expiresAt', '<=', now.toISOString())
    .execute();
  const ended = await queries
    .deleteFrom('tokens')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('tokens')
        .select('id')
        .where((where) => where.and({ workspaceId, userId, kind: 'SESSION' }))
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .offset(limits.maxPerMember - 1),
    )
    .returning('id')
    .execute();
  const expiresAt = new Date(now.getTime() + limits.days * 86_400_000).toISOString();
  const inserted = await insertToken(queries, { workspaceId, userId, name, kind: 'SESSION', expiresAt, now });
  return { ...inserted, expiresAt, endedIds: ended.map(({ id }) => id) };
}

/** Creates an API token, which does not expire. */
export function issueApiToken(
  queries: Queries,
  apiToken: Authority & { workspaceId: string; makerId: string; name: string; now: Date },
): Promise<{ id: string; token: string }> {
  return insertToken(queries, { ...apiToken, kind: 'API', expiresAt: null });
}

async function insertToken(
  queries: Queries,
  {
    now,
    accountIds,
    ...row
  }: {
    workspaceId: string;
    kind: 'SESSION' | 'API';
    userId?: string;
    makerId?: string;
    role?: Authority['role'];
    accountIds?: Authority['accountIds'];
    name: string;
    expiresAt: string | null;
    now: Date;
  },
): Promise<{ id: string; token: string }> {
  const id = newId('ApiToken');
  const token = newToken();
  await queries
    .insertInto('tokens')
    .values({
      ...row,
      accountIds: accountIds && [...accountIds],
      id,
      hash: hashToken(token),
      createdAt: now.toISOString(),
      lastUsedAt: null,
    })
    .execute();
  return { id, token };
}
