import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { functionOf } from './functions.ts';
import { rules } from './rules.ts';

/** Raise it when `triggerOf` changes: triggers of an earlier version are then replaced, those of a later one stay. */
export const triggersVersion = 1;

/** What an update of rows is called in its triggers. Deletions and insertions know one of the two. */
const [oldRows, newRows] = ['old table as old_rows', 'new table as new_rows'];
const events = {
  insert: `referencing ${newRows}`,
  update: `referencing ${oldRows} ${newRows}`,
  delete: `referencing ${oldRows}`,
  truncate: '',
};
export const triggerNames = Object.keys(events).map((event) => `magpie_after_${event}`);

/** SQL of a trigger of a table, which runs its function for what does not log itself. */
export function triggerOf(table: string, name: string): string {
  const event = name.slice('magpie_after_'.length) as keyof typeof events;
  return `
    create or replace trigger ${name} after ${event} on ${table} ${events[event]} for each statement
    when (current_setting('magpie.logs_itself', true) is distinct from 'on') execute function ${functionOf(table)}()`;
}

/** The triggers that are missing, switched off, or of an earlier version, by table. */
export async function findUnwatched(queries: Queries): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ table: string; name: string }>`
    select class.relname as table, trigger.tgname as name
    from pg_trigger as trigger
      join pg_class as class on class.oid = trigger.tgrelid
      join pg_proc as function on function.oid = trigger.tgfoid
    where class.relnamespace = current_schema()::regnamespace and trigger.tgenabled in ('O', 'A')
      and trigger.tgname = any(${triggerNames}) and function.proname = 'magpie_log_' || class.relname
      and substring(obj_description(trigger.oid, 'pg_trigger') from '^version ([0-9]+)$')::int >= ${triggersVersion}`.execute(
    queries,
  );
  const watched = new Set(rows.map(({ table, name }) => `${table}.${name}`));
  const missing = Object.keys(rules).map(
    (table) => [table, triggerNames.filter((name) => !watched.has(`${table}.${name}`))] as const,
  );
  return new Map(missing.filter(([, those]) => those.length > 0));
}

/** Needs a lock that waits for those that write to the table, and for its vacuum. */
export async function createTriggers(
  queries: Queries,
  { table, missing, lockTimeoutMs }: { table: string; missing: readonly string[]; lockTimeoutMs: number },
): Promise<void> {
  await queries.transaction().execute(async (transaction) => {
    await sql.raw(`set local lock_timeout = ${lockTimeoutMs}`).execute(transaction);
    for (const name of missing) {
      await sql.raw(triggerOf(table, name)).execute(transaction);
      await sql.raw(`comment on trigger ${name} on ${table} is 'version ${triggersVersion}'`).execute(transaction);
      await sql.raw(`alter table ${table} enable trigger ${name}`).execute(transaction);
    }
  });
}
