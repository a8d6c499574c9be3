import type { TableRule, WorkspaceRule } from './table-rule.ts';
import { tagsOfRow } from './tag-sql.ts';

/** The cause of rows of the log that triggers write. */
const causeOfPastWrites = 'a write past Magpie';

/** With changed rows of more workspaces in one statement, the statement stands for everything of all. */
const maxWorkspaces = 50;
/** With more changed rows of a workspace in one statement, or more tags, the statement stands for everything of the workspace. */
const maxRows = 100;
const maxTags = 200;
/**
 * With more rows of the log for a workspace in one transaction, as deletions that cascade make them, the next stands for
 * everything.
 */
const maxLogged = 20;

/** SQL that creates the function by which triggers append to the log. A null workspace stands for all of them. */
export function appendFunction({ schema, tagsVersion }: { schema: string; tagsVersion: string }): string {
  return `
create or replace function ${schema}.magpie_log_past_write(workspace text, named text[]) returns void language plpgsql as $$
declare
  logged int;
begin
  select case when bool_or(workspace_id is null or tags = '{*}') then null else count(*) end into logged
  from ${schema}.invalidation_log
  where xid = pg_current_xact_id() and cause = '${causeOfPastWrites}' and (workspace_id is null or workspace_id = workspace);
  if logged is null then
    return; -- everything is logged already
  end if;
  if workspace is null then
    named := '{}';
  elsif logged >= ${maxLogged} or cardinality(named) > ${maxTags} then
    named := '{*}';
  end if;
  insert into ${schema}.invalidation_log (workspace_id, tags, cause, tags_version)
  values (workspace, named, '${causeOfPastWrites}', '${tagsVersion}');
end $$;
revoke execute on function ${schema}.magpie_log_past_write(text, text[]) from public`;
}

/** Logs everything of all workspaces. */
const everything = `perform magpie_log_past_write(null::text, '{}'::text[])`;

/** The name of a table's trigger function. */
export function functionOf(table: string): string {
  return `magpie_log_${table}`;
}

/**
 * SQL that creates the trigger function of a table. It has the rights of its owner, so that whoever may write the table need not be
 * able to write the log; so it looks for tables in one schema alone, and nobody may attach it to another table. Where the columns
 * are not as they should be, what was written stands for everything, and does not fail. Without the log it fails: nobody would hear
 * of it.
 */
export function tableFunction(table: string, { rule, schema }: { rule: TableRule; schema: string }): string {
  return `
create or replace function ${schema}.${functionOf(table)}() returns trigger language plpgsql
security definer set search_path = ${schema}, pg_temp as $$
begin
  case tg_op
    when 'INSERT' then ${afterInsert(rule)};
    when 'UPDATE' then ${afterUpdate(rule)};
    when 'DELETE' then ${logged(rule, allOf(rule, 'old_rows'))};
    when 'TRUNCATE' then ${everything};
  end case;
  return null;
exception when undefined_column or undefined_table or undefined_function or datatype_mismatch then
  ${everything};
  return null;
end $$;
revoke execute on function ${schema}.${functionOf(table)}() from public`;
}

function afterInsert(rule: TableRule): string {
  if (rule.workspace === null || !rule.isEverythingWhenNew) return logged(rule, allOf(rule, 'new_rows'));
  return everythingOf(`select ${rule.workspace} as workspace from new_rows`);
}

function afterUpdate(rule: TableRule): string {
  const named = logged(rule, changed(rule.read));
  if (rule.workspace === null) return named;
  const parts = [rule.workspace, 'id', 'workspace_id', ...(rule.everythingOf ?? [])];
  const moved = changed([...new Set(parts)].filter((column) => rule.read.includes(column)));
  return `${everythingOf(`select ${rule.workspace} as workspace from (${moved}) as moved`)};\n${named}`;
}

const allOf = ({ read }: TableRule, rows: string) => `select ${read.join(', ')} from ${rows}`;

/** The rows in which an update changed some of these columns, as they were and as they are. */
function changed(columns: readonly string[]): string {
  const [before, after] = ['old_rows', 'new_rows'].map((rows) => `select ${columns.join(', ')} from ${rows}`);
  return `(${before} except ${after}) union all (${after} except ${before})`;
}

/** Logs a row for each of these workspaces, or one for all if they are too many. */
function everythingOf(workspaces: string): string {
  return `
      perform magpie_log_past_write(workspace::text, '{*}'::text[]) from (
        select distinct case when count(*) over () <= ${maxWorkspaces} then workspace end as workspace
        from (select distinct workspace from (${workspaces}) as row) as each) as told`;
}

function logged(rule: TableRule, rows: string): string {
  if (rule.workspace === null) return `${everything} from (${rows} limit 1) as row`;
  return `
      perform magpie_log_past_write(workspace::text, tags::text[]) from (
        with written as materialized (${rows}),
          sizes as materialized (select ${rule.workspace} as workspace, count(*) as count from written group by ${rule.workspace}),
          small as (select workspace from sizes where count <= ${maxRows} and (select count(*) from sizes) <= ${maxWorkspaces}),
          named as (${tagsByWorkspace(rule)})
        select distinct case when (select count(*) from sizes) <= ${maxWorkspaces} then workspace end as workspace,
          case when count > ${maxRows} then '{*}' else coalesce(named.tags, '{}') end as tags
        from sizes left join named using (workspace)) as each`;
}

function tagsByWorkspace(rule: WorkspaceRule): string {
  return `
          select changed.${rule.workspace} as workspace, array_agg(distinct tag) as tags
          from (select written.* from written join small on small.workspace = written.${rule.workspace}) as changed
            cross join lateral unnest(${tagsOfRow(rule)}) as tag
          where tag is not null group by changed.${rule.workspace}`;
}
