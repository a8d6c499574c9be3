import { createHash } from 'node:crypto';
import type { Queries } from '../database/database.ts';
import { conflict, Refusal } from './errors.ts';
import type { Transaction } from './mutation.ts';
import type { Viewer } from './scope.ts';

const keptHours = 24;
const maxKeyLength = 255;

/**
 * Reserves an idempotency key inside the mutation's transaction. Returns the id of the effect: `newId` for the first request, and
 * the first one's id when the same sender repeats the request within 24 hours; with the instant of the first one. A concurrent
 * repetition waits for the first. The caller reads the result of a replay again for the viewer, as what they may see can have changed.
 */
export async function reserve(
  { queries, viewer, now }: Transaction,
  request: { mutation: string; key: string | null | undefined; input: object; newId: string },
): Promise<{ id: string; isReplay: boolean; reservedAt: Date }> {
  const { mutation, key, input, newId } = request;
  if (key == null) return { id: newId, isReplay: false, reservedAt: now };
  if (key === '' || key.length > maxKeyLength)
    throw new Refusal([conflict('idempotencyKey', `Expected 1–${maxKeyLength} characters, but got ${key.length}.`)]);
  const identity = { workspaceId: viewer.workspaceId, sender: senderOf(viewer), mutation, key };
  const requestHash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  await queries
    .deleteFrom('idempotencyKeys')
    .where((eb) => eb.and(identity))
    .where('createdAt', '<', expiredBefore(now))
    .execute();
  const inserted = await queries
    .insertInto('idempotencyKeys')
    .values({ ...identity, requestHash, resultId: newId, createdAt: now.toISOString() })
    .onConflict((conflicting) => conflicting.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return { id: newId, isReplay: false, reservedAt: now };
  const first = await queries
    .selectFrom('idempotencyKeys')
    .select(['resultId', 'requestHash', 'createdAt'])
    .where((eb) => eb.and(identity))
    .executeTakeFirstOrThrow();
  if (first.requestHash !== requestHash)
    throw new Refusal([conflict('idempotencyKey', 'This key was used with another input within the last 24 hours.')]);
  return { id: first.resultId, isReplay: true, reservedAt: new Date(first.createdAt) };
}

/** Releases a key whose request had no effect, so that it can be used again. */
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

/** The error of a replay whose result was deleted or is no longer visible to the viewer; it does not tell which. */
export function lostResult(type: string, id: string): Refusal {
  return new Refusal([
    conflict('idempotencyKey', `${type} ${id}, created with this key, was deleted, or you may no longer access it.`),
  ]);
}

/** Deletes up to `limit` expired keys, the oldest first, and returns their number. Keys that a request has locked are skipped. */
export async function deleteExpiredKeys(
  queries: Queries,
  { now, limit }: { now: Date; limit: number },
): Promise<number> {
  const { numDeletedRows } = await queries
    .with(
      (cte) => cte('expired').materialized(), // evaluated once, so that the limit holds
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

/** The sender of a request: a member with all their sessions, or an API token. */
function senderOf({ userId, tokenId }: Viewer): string {
  return userId ?? tokenId ?? 'system';
}
