import { json, type Queries } from '../database/database.ts';
import { databaseAgo, databaseMsSince, databaseNow } from '../database/database-clock.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** A process as it last reported. */
export interface ProcessRow extends ProcessIdentity {
  /** ISO 8601, by the database's clock. */
  readonly reportedAt: string;
  /** Time since then, by the same clock. */
  readonly silentMs: number;
  readonly state: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

/** Most rows that are read. */
const maxProcesses = 100;

/** Adds or replaces the row of a process. */
export async function saveProcess(
  queries: Queries,
  { state, figures, report, ...identity }: ProcessIdentity & { state: string; figures: object; report: object },
): Promise<void> {
  const reported = { at: databaseNow, state, figures: json({ ...figures }), report: json(report) };
  await queries
    .insertInto('cacheProcesses')
    .values({ ...identity, ...reported })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(reported))
    .execute();
}

/** The processes but one, those that reported last first. */
export async function findProcesses(queries: Queries, { except }: { except: string }): Promise<ProcessRow[]> {
  return await queries
    .selectFrom('cacheProcesses')
    .select(['id', 'host', 'pid', 'version', 'runsBackgroundWork', 'startedAt', 'state', 'figures', 'at as reportedAt'])
    .select(databaseMsSince('at').as('silentMs'))
    .where('id', '<>', except)
    .orderBy('at', 'desc')
    .limit(maxProcesses)
    .execute();
}

/** The reports of the processes but one that have not been silent for longer. */
export async function findReports(
  queries: Queries,
  { except, silentForMs }: { except: string; silentForMs: number },
): Promise<{ startedAt: string; report: unknown }[]> {
  return await queries
    .selectFrom('cacheProcesses')
    .select(['startedAt', 'report'])
    .where('id', '<>', except)
    .where('at', '>=', databaseAgo(silentForMs))
    .orderBy('at', 'desc')
    .limit(maxProcesses)
    .execute();
}

export async function deleteProcess(queries: Queries, { id }: { id: string }): Promise<void> {
  await queries.deleteFrom('cacheProcesses').where('id', '=', id).execute();
}

/** Deletes the processes that have been silent for longer. Leaves those whose row another process deletes. */
export async function deleteSilent(queries: Queries, { silentForMs }: { silentForMs: number }): Promise<void> {
  const over = queries.selectFrom('cacheProcesses').select('id').where('at', '<', databaseAgo(silentForMs));
  await queries.deleteFrom('cacheProcesses').where('id', 'in', over.forUpdate().skipLocked()).execute();
}
