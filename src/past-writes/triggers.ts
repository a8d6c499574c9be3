import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { functionOf } from './functions.ts';
import { rules } from './rules.ts';

/** Raise it when `triggersOf` changes: triggers of an earlier version are then replaced, those of a later one stay. */
export const triggersVersion = 1;

/** What an update of rows is called in its triggers. Deletions and insertions know one of the two. */
const [oldRows, newRows] = ['old table as old_rows', 'new table as new_rows'];
const events = {
  insert: `referencing ${newRows}`,
  update: `referencing ${oldRows} ${newRows}`,
  delete: `referencing ${oldRows}`,
  truncate: '',
};
const names = Object.keys(events).map((event) => `magpie_after_${event}`);

/** SQL of the triggers of a table, which run its function for what does not log itself. */
export function triggersOf(table: string): string[] {
  return Object.entries(events).map(
    ([event, referencing]) => `
      create or replace trigger magpie_after_${event} after ${event} on ${table} ${referencing} for each statement
      when (current_setting('magpie.logs_itself', true) is distinct from 'on') execute function ${functionOf(table)}()`,
  );
}

/** The tables of which a trigger is missing, switched off, or of an earlier version. */
export async function findUnwatched(queries: Queries): Promise<string[]> {
  const { rows } = await sql<{ table: string; watched: number }>`
    select class.relname as table, count(*)::int as watched
    from pg_trigger as trigger
      join pg_class as class on class.oid = trigger.tgrelid
      join pg_proc as function on function.oid = trigger.tgfoid
    where class.relnamespace = current_schema()::regnamespace and trigger.tgenabled in ('O', 'A')
      and trigger.tgname = any(${names}) and function.proname = 'magpie_log_' || class.relname
      and substring(obj_description(trigger.oid, 'pg_trigger') from '^version ([0-9]+)$')::int >= ${triggersVersion}
    group by class.relname`.execute(queries);
  const watched = new Map(rows.map(({ table, watched }) => [table, watched]));
  return Object.keys(rules).filter((table) => watched.get(table) !== names.length);
}

/** Needs a lock that waits for those that write to the table, and for its vacuum. */
export async function createTriggers(
  queries: Queries,
  { table, lockTimeoutMs }: { table: string; lockTimeoutMs: number },
): Promise<void> {
  await queries.transaction().execute(async (transaction) => {
    await sql.raw(`set local lock_timeout = ${lockTimeoutMs}`).execute(transaction);
    for (const text of triggersOf(table)) await sql.raw(text).execute(transaction);
    for (const name of names) {
      await sql.raw(`comment on trigger ${name} on ${table} is 'version ${triggersVersion}'`).execute(transaction);
      await sql.raw(`alter table ${table} enable trigger ${name}`).execute(transaction);
    }
  });
}
