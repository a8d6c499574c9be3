import type { Queries } from '../database/database.ts';
import { type Background, createBackground, type Log } from './background.ts';
import { deleteExpiredKeys } from './idempotency.ts';

const batchSize = 1_000;
const maxBatches = 20;

/**
 * Deletes expired idempotency keys, at most 20,000 a round, in statements of 1,000. Several processes may run it. No cached value
 * depends on keys, so it runs no mutation.
 */
export function createKeySweeper({
  queries,
  log,
  pollMs = 60_000,
  now = () => new Date(),
}: {
  queries: Queries;
  log: Log;
  pollMs?: number;
  now?: () => Date;
}): Background {
  async function tick(): Promise<void> {
    for (let batch = 0; batch < maxBatches; batch++) {
      const deleted = await deleteExpiredKeys(queries, { now: now(), limit: batchSize });
      if (deleted < batchSize) return;
    }
  }
  return createBackground(tick, { name: 'idempotency keys', pollMs, log });
}
