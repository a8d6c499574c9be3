import type { Trial } from '@magpie/cache/entries';
import { json, type Queries } from '../database/database.ts';
import { lockTable } from '../database/table-lock.ts';
import { transact } from '../database/transaction.ts';
import type { CacheCategory } from '../generated/schema.ts';
import { type ExperimentArm, withTrials } from './experiment-arms.ts';

/** An experiment on the lifetime of one category. */
export interface ExperimentRecord {
  readonly id: string;
  readonly category: CacheCategory;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly arms: readonly ExperimentArm[];
}

/** The experiment that runs. */
export async function findExperiment(queries: Queries): Promise<ExperimentRecord | undefined> {
  const row = await queries.selectFrom('cacheExperiments').selectAll().limit(1).executeTakeFirst();
  return row && { ...row, category: row.category as CacheCategory };
}

/** Lets the transaction alone write experiments until it ends. */
export async function lockExperiments(queries: Queries): Promise<void> {
  await lockTable(queries, 'cacheExperiments');
}

export async function insertExperiment(queries: Queries, { arms, ...row }: ExperimentRecord): Promise<void> {
  await queries
    .insertInto('cacheExperiments')
    .values({ ...row, arms: json(arms) })
    .execute();
}

export async function deleteExperiments(queries: Queries): Promise<void> {
  await queries.deleteFrom('cacheExperiments').execute();
}

/**
 * Adds rounds of one process to an experiment, by group of keys and arm, without effect once it has ended. Processes wait for each
 * other. Takes the lock of the table first, as what starts and ends experiments does: a row's lock before it could lead to a
 * deadlock.
 */
export async function addRounds(
  queries: Queries,
  { id, groups }: { id: string; groups: readonly (readonly Trial[])[] },
): Promise<void> {
  await transact(queries, async (transaction) => {
    await lockExperiments(transaction);
    const row = await transaction.selectFrom('cacheExperiments').select('arms').where('id', '=', id).executeTakeFirst();
    if (row === undefined) return;
    const arms = groups.reduce<readonly ExperimentArm[]>(withTrials, row.arms);
    await transaction
      .updateTable('cacheExperiments')
      .set({ arms: json(arms) })
      .where('id', '=', id)
      .execute();
  });
}
