import { sql } from 'kysely';
import type { Queries } from '../../src/database/database.ts';
import { type Demo, subjects } from './subjects.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
}

/** The columns of a table that can be written. */
export async function columnsIn(queries: Queries, table: string): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select column_name as name, data_type as type from information_schema.columns
    where table_schema = current_schema() and table_name = ${table} and is_generated = 'NEVER'
    order by ordinal_position`.execute(queries);
  return rows;
}

const byType: Record<string, (column: string) => string> = {
  text: (column) => `coalesce(${column}, '') || 'x'`,
  integer: (column) => `${column} + 5`,
  bigint: (column) => `coalesce(${column}, 0) + 1`,
  numeric: (column) => `${column} + 1`,
  'double precision': (column) => `${column} + 1`,
  boolean: (column) => `not ${column}`,
  date: (column) => `coalesce(${column}, '2026-11-22') + 1`,
  'timestamp with time zone': (column) => `coalesce(${column}, '2026-11-22 11:00Z') + interval '1 minute'`,
  ARRAY: () => "array['other']",
  jsonb: () => `'[{"text": "Other", "hashtags": []}]'`,
};

/** Another value of a column, whatever constraints say. */
export function otherValue({ name, type }: Column): string {
  return byType[type]!(name);
}

/** Updates of the subject of a table by plain SQL: of all columns that name no other row at once, and of the others one by one. */
export function updatesOf(table: string, columns: readonly Column[], demo: Demo): string[] {
  const update = (assignments: readonly string[]) =>
    `update ${table} set ${assignments.join(', ')} where ${subjects(demo)[table]}`;
  if (table === 'tokens') return [update([`expires_at = '2026-01-01Z'`])];
  const references = referencesOf(demo);
  const own = columns.filter(
    ({ name }) => !/^(id|workspace_id)$/.test(name) && references[`${table}.${name}`] === undefined,
  );
  const special = valuesOf(demo);
  const ownValues = own
    .map((column) => [column.name, special[`${table}.${column.name}`] ?? otherValue(column)])
    .filter(([, value]) => value !== '');
  const referring = columns.flatMap(({ name }) => {
    const value = references[`${table}.${name}`];
    return value ? [update([`${name} = ${value}`])] : [];
  });
  const ofUsers = referring.filter((statement) => statement.includes("'user_"));
  // What is seen of a row is changed before the row is seen elsewhere.
  const elsewhere = referring.filter((statement) => !ofUsers.includes(statement)).reverse();
  return [
    ...ofUsers,
    ...(ownValues.length > 0 ? [update(ownValues.map((pair) => pair.join(' = ')))] : []),
    ...elsewhere,
  ];
}

/** Other rows to name; none where the column is part of the key of a row that nothing else identifies. */
function referencesOf({ otherUserId, hidden }: Demo): Record<string, string> {
  const user = `'${otherUserId}'`;
  return {
    'account_metrics.account_id': `'acc_other'`,
    'ai_generations.account_id': `'${hidden}'`,
    'ai_generations.model_id': `'magpie-quill'`,
    'ai_generations.requested_by_id': user,
    'calendar_notes.author_id': user,
    'campaigns.owner_id': user,
    'conversations.account_id': `'${hidden}'`,
    'conversations.assignee_id': user,
    'memberships.user_id': '',
    'messages.conversation_id': `'conv_other'`,
    'messages.author_id': user,
    'post_media.post_id': `'post_other'`,
    'post_media.media_id': `'media_other'`,
    'post_metrics.post_id': `'post_other'`,
    'post_targets.post_id': `'post_other'`,
    'post_targets.account_id': `'${hidden}'`,
    'posts.campaign_id': `'camp_other'`,
    'posts.template_id': `'tpl_other'`,
    'posts.author_id': user,
    'preferences.user_id': '',
    'templates.author_id': user,
  };
}

/** Where another value is not valid. An empty one leaves the column as it is. */
function valuesOf({ hidden }: Demo): Record<string, string> {
  return {
    'accounts.network': `'MASTODON'`,
    'accounts.status': `'PAUSED'`,
    'ai_generations.kind': '',
    'campaigns.status': `'COMPLETED'`,
    'conversations.kind': `'MENTION'`,
    'conversations.status': `'SNOOZED'`,
    'conversations.priority': `'HIGH'`,
    'memberships.role': `'READER'`,
    'memberships.account_ids': `array['${hidden}']`,
    'messages.direction': `'INBOUND'`,
    'post_targets.status': `'FAILED'`,
    'posts.status': `'PARTIALLY_PUBLISHED'`,
    'preferences.theme': `'LIGHT'`,
    'settings.time_zone': `'America/Lima'`,
    'settings.week_starts_on': `'SUNDAY'`,
    'users.email': `'changed@example.com'`,
  };
}

/** Rows like those of the demo, by plain SQL, for tables whose new rows show in an answer; and their deletion. */
export function insertionsAndDeletions({ workspaceId, seen, userId }: Demo): string[] {
  const copied = Object.entries(copies).flatMap(([table, { id, values = '' }]) => {
    const newId = id.replace(/_.*/, '_new');
    return [
      `insert into ${table} select (jsonb_populate_record(row, '{"id": "${newId}"${values}}')).* from ${table} as row where id = '${id}'`,
      `delete from ${table} where id = '${newId}'`,
    ];
  });
  return [
    ...copied,
    `insert into posts (id, workspace_id, text, folded_text, status, campaign_id, template_id, scheduled_at, created_at, updated_at)
      values ('post_new', '${workspaceId}', 'New', 'new', 'SCHEDULED', 'camp_subject', 'tpl_subject', '2026-11-22 11:50Z', '2026-11-22 11:50Z', '2026-11-22 11:50Z')`,
    `insert into post_targets (id, workspace_id, post_id, account_id, position, status)
      values ('tgt_new', '${workspaceId}', 'post_new', '${seen}', 0, 'SCHEDULED')`,
    `insert into post_media values ('${workspaceId}', 'post_new', 'media_subject', 0)`,
    `insert into account_metrics (workspace_id, account_id, date, views) values ('${workspaceId}', 'acc_subject', '2026-11-20', 7)`,
    `insert into post_metrics (workspace_id, post_id, date, views) values ('${workspaceId}', 'post_new', '2026-11-20', 7)`,
    `insert into memberships values ('${workspaceId}', 'user_outside', 'EDITOR', null, '2026-11-22 11:50Z')`,
    `delete from preferences where workspace_id = '${workspaceId}' and user_id = '${userId}'`,
    `insert into preferences values ('${workspaceId}', '${userId}', 'en', 'DARK')`,
    `delete from post_metrics where post_id = 'post_new'`,
    `delete from account_metrics where date = '2026-11-20'`,
    `delete from post_media where post_id = 'post_new'`,
    `delete from post_targets where id = 'tgt_new'`,
    `delete from memberships where user_id = 'user_outside'`,
    // With what hangs on them.
    `delete from posts where id in ('post_new', 'post_subject')`,
    `delete from media_assets where id = 'media_other'`,
    `delete from campaigns where id = 'camp_other'`,
    `delete from templates where id = 'tpl_other'`,
    `delete from conversations where id = 'conv_subject'`,
    `delete from accounts where id = '${seen}'`,
    `delete from users where id = 'user_subject'`,
    `update posts set updated_at = updated_at + interval '1 second', text = text || '!'`,
    'truncate saved_replies',
  ];
}

/** Tables of which a copy of the subject is inserted, with what must not be equal. */
const copies: Record<string, { id: string; values?: string }> = {
  calendar_notes: { id: 'note_subject', values: ', "date": "2026-11-22"' },
  messages: { id: 'msg_earlier' },
  saved_replies: { id: 'reply_subject' },
  ai_generations: { id: 'gen_subject' },
  gallery_templates: { id: 'tpl_gallery' },
  templates: { id: 'tpl_subject' },
  media_assets: { id: 'media_subject', values: ', "storage_key": "new"' },
  campaigns: { id: 'camp_subject' },
  accounts: { id: 'acc_subject', values: ', "handle": "new", "handle_key": "new"' },
  conversations: { id: 'conv_subject', values: ', "contact_key": "new"' },
};
