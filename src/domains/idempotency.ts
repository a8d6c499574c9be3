import { createHash } from 'node:crypto';
import type { Queries } from '../database/database.ts';
import type { Viewer } from './context.ts';
import { conflict, Refusal } from './errors.ts';
import type { Transaction } from './mutation.ts';

const keptHours = 24;
const maxKeyLength = 255;

/**
 * Reserves an idempotency key inside the mutation's transaction. Returns the id that the effect is to have: `newId` the
 * first time, the first one's when its sender made the same request within 24 hours. A concurrent twin waits for the first.
 * The result of a replay is to be read again with the viewer's eyes: what they may see can have changed since.
 */
export async function reserve(
  { queries, viewer, now }: Transaction,
  request: { mutation: string; key: string | null | undefined; input: object; newId: string },
): Promise<{ id: string; isReplay: boolean }> {
  const { mutation, key, input, newId } = request;
  if (key == null) return { id: newId, isReplay: false };
  if (key === '' || key.length > maxKeyLength)
    throw new Refusal([conflict('idempotencyKey', `Expected 1–${maxKeyLength} characters, but got ${key.length}.`)]);
  const identity = { workspaceId: viewer.workspaceId, sender: senderOf(viewer), mutation, key };
  const requestHash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  await queries
    .deleteFrom('idempotencyKeys')
    .where((eb) => eb.and(identity))
    .where('createdAt', '<', expiredBefore(now))
    .execute();
  const made = await queries
    .insertInto('idempotencyKeys')
    .values({ ...identity, requestHash, resultId: newId, createdAt: now.toISOString() })
    .onConflict((conflicting) => conflicting.doNothing())
    .executeTakeFirst();
  if (made.numInsertedOrUpdatedRows === 1n) return { id: newId, isReplay: false };
  const first = await queries
    .selectFrom('idempotencyKeys')
    .select(['resultId', 'requestHash'])
    .where((eb) => eb.and(identity))
    .executeTakeFirstOrThrow();
  if (first.requestHash !== requestHash)
    throw new Refusal([conflict('idempotencyKey', 'This key was used with another input within the last 24 hours.')]);
  return { id: first.resultId, isReplay: true };
}

/** Gives a key back, as nothing came of what it was reserved for: the same key may be used anew. */
export async function release(
  { queries, viewer }: Transaction,
  { mutation, key, id }: { mutation: string; key: string | null | undefined; id: string },
): Promise<void> {
  if (key == null) return;
  await queries
    .deleteFrom('idempotencyKeys')
    .where((eb) => eb.and({ workspaceId: viewer.workspaceId, sender: senderOf(viewer), mutation, key, resultId: id }))
    .execute();
}

/** What a replay is told when its first result was deleted, or is beyond what the viewer sees by now: both read the same. */
export function lostResult(type: string, id: string): Refusal {
  return new Refusal([
    conflict('idempotencyKey', `${type} ${id}, which this key made, was deleted, or is not yours any more.`),
  ]);
}

/** Deletes up to `limit` expired keys, the oldest first, and returns how many. Keys that a request holds are left out. */
export async function deleteExpiredKeys(
  queries: Queries,
  { now, limit }: { now: Date; limit: number },
): Promise<number> {
  const { numDeletedRows } = await queries
    .with(
      (cte) => cte('expired').materialized(), // once, so that the limit holds
      (db) =>
        db
          .selectFrom('idempotencyKeys')
          .select(['workspaceId', 'sender', 'mutation', 'key'])
          .where('createdAt', '<', expiredBefore(now))
          .orderBy('createdAt')
          .limit(limit)
          .forUpdate()
          .skipLocked(),
    )
    .deleteFrom('idempotencyKeys')
    .using('expired')
    .whereRef('idempotencyKeys.workspaceId', '=', 'expired.workspaceId')
    .whereRef('idempotencyKeys.sender', '=', 'expired.sender')
    .whereRef('idempotencyKeys.mutation', '=', 'expired.mutation')
    .whereRef('idempotencyKeys.key', '=', 'expired.key')
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function expiredBefore(now: Date): string {
  return new Date(now.getTime() - keptHours * 3_600_000).toISOString();
}

/** A member by all of their sessions; an API token by itself. */
function senderOf({ userId, tokenId }: Viewer): string {
  return userId ?? tokenId ?? 'system';
}
