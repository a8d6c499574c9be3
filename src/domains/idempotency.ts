import { createHash } from 'node:crypto';
import { conflict, Refusal } from './errors.ts';
import type { Transaction } from './mutation.ts';

const keptHours = 24;
const maxKeyLength = 255;

/**
 * Reserves an idempotency key inside the mutation's transaction. Returns the id that the effect is to have: `newId` the
 * first time, the first one's when the same request came before within 24 hours. A concurrent twin waits for the first.
 */
export async function reserve(
  { queries, viewer, now }: Transaction,
  request: { mutation: string; key: string | null | undefined; input: object; newId: string },
): Promise<{ id: string; isReplay: boolean }> {
  const { mutation, key, input, newId } = request;
  if (key == null) return { id: newId, isReplay: false };
  if (key === '' || key.length > maxKeyLength)
    throw new Refusal([conflict('idempotencyKey', `Expected 1–${maxKeyLength} characters, but got ${key.length}.`)]);
  const identity = { workspaceId: viewer.workspaceId, mutation, key };
  const requestHash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  await queries
    .deleteFrom('idempotencyKeys')
    .where((eb) => eb.and(identity))
    .where('createdAt', '<', new Date(now.getTime() - keptHours * 3_600_000).toISOString())
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
    .where((eb) => eb.and({ workspaceId: viewer.workspaceId, mutation, key, resultId: id }))
    .execute();
}
