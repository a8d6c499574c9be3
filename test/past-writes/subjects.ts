import { sql } from 'kysely';
import type { Queries } from '../../src/database/database.ts';

/** Some ids of the demo's data. */
export interface Demo {
  readonly workspaceId: string;
  /** The owner, and the confined member. */
  readonly userId: string;
  readonly otherUserId: string;
  /** An account that the confined member sees, and one that they do not. */
  readonly seen: string;
  readonly hidden: string;
  /** Of the confined member's session. */
  readonly tokenId: string;
}

/** A row of each table, so that every column of theirs is in some answer. In the order of their foreign keys. */
export async function insertSubjects(queries: Queries, demo: Demo): Promise<void> {
  const { workspaceId, userId, seen } = demo;
  const at = (minute: number | string) => `'2026-11-22 11:${minute}Z'`;
  const w = `'${workspaceId}'`;
  const statements = [
    `insert into users (id, name, email, email_key, created_at) values
      ('user_subject', 'Subject', 'subject@example.com', 'subject@example.com', ${at(10)}),
      ('user_outside', 'Outside', 'outside@example.com', 'outside@example.com', ${at(10)})`,
    `insert into memberships values (${w}, 'user_subject', 'EDITOR', null, ${at(10)})`,
    `insert into accounts (id, workspace_id, network, display_name, handle, handle_key, status, connected_at) values
      ('acc_subject', ${w}, 'X', 'Subject', 'subject', 'subject', 'CONNECTED', ${at(10)}),
      ('acc_other', ${w}, 'X', 'Other', 'other', 'other', 'CONNECTED', ${at(10)})`,
    `insert into templates (id, workspace_id, title, body, folded_title, folded_body, author_id, created_at, updated_at) values
      ('tpl_subject', ${w}, 'Subject', 'needle', 'subject', 'needle', '${userId}', ${at(10)}, ${at(10)}),
      ('tpl_other', ${w}, 'Other', 'Other', 'other', 'other', '${userId}', ${at('09')}, ${at('09')})`,
    `insert into gallery_templates (id, title, body, created_at) values ('tpl_gallery', 'Gallery', 'Text', ${at(10)})`,
    `insert into campaigns (id, workspace_id, name, folded_name, brief, folded_brief, status, starts_on, owner_id, created_at, updated_at) values
      ('camp_subject', ${w}, 'Subject', 'subject', 'needle', 'needle', 'ACTIVE', '2026-11-01', '${userId}', ${at(10)}, ${at(10)}),
      ('camp_other', ${w}, 'Other', 'other', null, null, 'PLANNED', null, '${userId}', ${at('09')}, ${at('09')})`,
    `insert into posts (id, workspace_id, text, folded_text, status, campaign_id, template_id, author_id, scheduled_at, published_at, rejection_reason, created_at, updated_at) values
      ('post_subject', ${w}, 'needle', 'needle', 'PUBLISHED', 'camp_subject', 'tpl_subject', '${userId}', ${at(20)}, ${at(21)}, 'No', ${at(10)}, ${at(10)}),
      ('post_other', ${w}, 'Other', 'other', 'SCHEDULED', null, null, '${userId}', ${at(20)}, null, null, ${at('09')}, ${at('09')})`,
    `insert into post_targets (id, workspace_id, post_id, account_id, position, text_override, folded_text_override, status, permalink, failure_message, published_at) values
      ('tgt_subject', ${w}, 'post_subject', '${seen}', 0, 'own', 'own', 'PUBLISHED', 'https://example.com/1', 'Once', ${at(21)}),
      ('tgt_subject2', ${w}, 'post_subject', 'acc_subject', 1, null, null, 'PUBLISHED', null, null, ${at(21)})`,
    `insert into media_assets (id, workspace_id, file_name, folded_file_name, mime_type, byte_size, sha256, storage_key, alt_text, folded_alt_text, created_at) values
      ('media_subject', ${w}, 'needle.png', 'needle.png', 'image/png', 9, 'x', 'subject', 'Needle', 'needle', ${at(10)}),
      ('media_third', ${w}, 'third.png', 'third.png', 'image/png', 9, 'z', 'third', null, null, ${at('09')}),
      ('media_other', ${w}, 'other.png', 'other.png', 'image/png', 9, 'y', 'other', null, null, ${at('09')})`,
    `insert into post_media values (${w}, 'post_subject', 'media_subject', 0), (${w}, 'post_subject', 'media_third', 1)`,
    `insert into calendar_notes values ('note_subject', ${w}, '2026-11-22', 'Subject', '${userId}', ${at(10)})`,
    `insert into conversations (id, workspace_id, account_id, kind, contact_name, contact_handle, contact_key, status, assignee_id, unread_count, snippet, last_activity_at, created_at) values
      ('conv_subject', ${w}, '${seen}', 'COMMENT', 'Contact', 'contact', 'contact subject', 'OPEN', '${userId}', 1, 'Hi', ${at(30)}, ${at(10)}),
      ('conv_other', ${w}, '${seen}', 'COMMENT', 'Other', 'other', 'contact other', 'OPEN', null, 0, 'Ho', ${at(29)}, ${at('09')})`,
    `insert into messages (id, workspace_id, conversation_id, direction, text, author_id, created_at) values
      ('msg_subject', ${w}, 'conv_subject', 'OUTBOUND', 'Hi', '${userId}', ${at(30)}),
      ('msg_earlier', ${w}, 'conv_subject', 'INBOUND', 'Ho', null, ${at(29)})`,
    `insert into saved_replies values ('reply_subject', ${w}, 'Subject', 'Body', ${at(10)})`,
    `insert into account_metrics (workspace_id, account_id, date, followers, views, reach, engagements, clicks) values
      (${w}, 'acc_subject', '2026-11-21', 10, 10, 10, 10, 10)`,
    `insert into post_metrics (workspace_id, post_id, date, views, reach, engagements, clicks) values
      (${w}, 'post_subject', '2026-11-21', 10, 10, 1000000, 10)`,
    `insert into ai_models values ('magpie-subject', 'Subject', 'built-in', 1, 1, 9)`,
    `insert into ai_generations (id, workspace_id, kind, prompt, model_id, fingerprint, suggestions, input_tokens, output_tokens, cost_usd, requested_by_id, created_at, account_id) values
      ('gen_subject', ${w}, 'REPLY', 'Prompt', 'magpie-subject', 'x', '[{"text": "Hi", "hashtags": []}]', 1, 1, 1, '${userId}', ${at(10)}, '${seen}')`,
    `insert into preferences values (${w}, '${userId}', 'en', 'DARK')
      on conflict (workspace_id, user_id) do update set theme = 'DARK'`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(queries);
}

/** Which row of a table is changed. */
export function subjects({ workspaceId, userId, otherUserId, tokenId }: Demo): Record<string, string> {
  const own = `workspace_id = '${workspaceId}' and user_id`;
  return {
    account_metrics: "account_id = 'acc_subject'",
    accounts: "id = 'acc_subject'",
    ai_generations: "id = 'gen_subject'",
    ai_models: "id = 'magpie-quill'",
    calendar_notes: "id = 'note_subject'",
    campaigns: "id = 'camp_subject'",
    conversations: "id = 'conv_subject'",
    gallery_templates: "id = 'tpl_gallery'",
    media_assets: "id = 'media_subject'",
    memberships: `${own} = '${otherUserId}'`,
    messages: "id = 'msg_subject'",
    post_media: "post_id = 'post_subject' and media_id <> 'media_third'",
    post_metrics: "post_id = 'post_subject'",
    post_targets: "id = 'tgt_subject'",
    posts: "id = 'post_subject'",
    preferences: `${own} = '${userId}'`,
    saved_replies: "id = 'reply_subject'",
    settings: `workspace_id = '${workspaceId}'`,
    templates: "id = 'tpl_subject'",
    tokens: `id = '${tokenId}'`,
    users: `id = '${otherUserId}'`,
    workspaces: `id = '${workspaceId}'`,
  };
}
