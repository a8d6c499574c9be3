import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { isDatabaseError } from '../database/errors.ts';
import { appendFunction, functionOf, tableFunction } from './functions.ts';
import { rules, rulesVersion } from './rules.ts';
import { createTriggers, findUnwatched } from './triggers.ts';

/**
 * The number of the advisory lock of those that install at the same time. It ends with the transaction, so that a pooler may be
 * between.
 */
const installLock = 624744;
/**
 * For how long a trigger waits for those that write to its table. Whoever writes later waits behind it, so it tries again instead.
 */
const defaultLockTimeoutMs = 500;
const attempts = 5;
/** Of the transaction that replaces functions, so that a process that is stopped in it does not keep others from starting. */
const limits = `set local lock_timeout = '10s'; set local idle_in_transaction_session_timeout = '5s'`;
const pauseMs = 200;

export interface InstallOptions {
  readonly queries: Queries;
  readonly log: { warn(message: string): void };
  readonly pause?: (ms: number) => Promise<unknown>;
  readonly lockTimeoutMs?: number;
}

/** SQL of all functions. Rows that they log are named by these rules, and say so by `tagsVersion`. */
export function functionsOf({ schema, tagsVersion }: { schema: string; tagsVersion: string }): string[] {
  const tables = Object.entries(rules).map(([table, rule]) => tableFunction(table, { rule, schema }));
  return [appendFunction({ schema, tagsVersion }), ...tables];
}

/**
 * Installs what logs the writes of other programs: functions, all in one transaction, unless those of a later version are there,
 * and triggers where they are missing or of an earlier version. A transaction that logs itself says so by `magpie.logs_itself`.
 */
export async function installTriggers({
  tagsVersion,
  ...options
}: InstallOptions & { tagsVersion: string }): Promise<void> {
  await options.queries.transaction().execute(async (transaction) => {
    await sql.raw(limits).execute(transaction);
    await sql`select pg_advisory_xact_lock(${installLock})`.execute(transaction);
    const { schema, installed, isWhole } = await findInstalled(transaction);
    const functions = functionsOf({ schema, tagsVersion });
    const version = `rules ${rulesVersion} ${createHash('sha256').update(functions.join()).digest('hex')}`;
    const [, installedRules = 0] = /^rules (\d+)/.exec(installed ?? '') ?? [];
    if ((installed === version && isWhole) || Number(installedRules) > rulesVersion) return;
    for (const text of functions) await sql.raw(text).execute(transaction);
    await sql
      .raw(`comment on function ${schema}.magpie_log_past_write(text, text[]) is '${version}'`)
      .execute(transaction);
  });
  await repairTriggers(options).catch((error: Error) =>
    options.log.warn(`writes past Magpie may not be logged, as triggers could not be created: ${error.message}`),
  );
}

interface Installed {
  readonly schema: string;
  /** The version of the functions; null if there are none. */
  readonly installed: string | null;
  /** Whether each table has its function. */
  readonly isWhole: boolean;
}

async function findInstalled(transaction: Queries): Promise<Installed> {
  const names = Object.keys(rules).map(functionOf);
  const { rows } = await sql<Installed>`
    select quote_ident(current_schema()) as schema, (select count(*) = ${names.length} from pg_proc
      where pronamespace = current_schema()::regnamespace and proname = any(${names})) as "isWhole", obj_description(to_regprocedure(
      quote_ident(current_schema()) || '.magpie_log_past_write(text, text[])'), 'pg_proc') as installed`.execute(
    transaction,
  );
  return rows[0]!;
}

/**
 * Creates triggers that are missing, switched off, as after `alter table … disable trigger` or a restored table, or of an earlier
 * version. Warns of tables that somebody keeps locked: until a later call, writes of other programs to them may not be logged.
 */
export async function repairTriggers(options: InstallOptions): Promise<void> {
  for (const [table, missing] of await findUnwatched(options.queries))
    if (!(await createInAttempts({ table, missing }, options)))
      options.log.warn(
        `writes past Magpie to ${table} may not be logged: its triggers could not be created, as the table is locked`,
      );
}

const lockNotAvailable = '55P03';

/** Returns whether the table got its triggers: false if it was locked at each attempt. */
async function createInAttempts(
  unwatched: { table: string; missing: readonly string[] },
  options: InstallOptions,
): Promise<boolean> {
  const { queries, pause = wait, lockTimeoutMs = defaultLockTimeoutMs } = options;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await pause(pauseMs);
    try {
      // The last time longer than a second, after which a vacuum of the database itself gives way.
      const limit = attempt === attempts ? 3 * lockTimeoutMs : lockTimeoutMs;
      await createTriggers(queries, { ...unwatched, lockTimeoutMs: limit });
      return true;
    } catch (error) {
      if (!isDatabaseError(error) || error.code !== lockNotAvailable) throw error;
    }
  }
  return false;
}
