import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Queries } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { noEvidence } from '../../src/operator/sequential-test.ts';
import { bothEngines, createTestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';

const migrations = new URL('../../src/database/migrations/', import.meta.url);

/** A database as it was before the migrations from `first` on. */
async function databaseBefore(queries: Queries, first: string): Promise<void> {
  await sql`drop schema public cascade`.execute(queries);
  await sql`create schema public`.execute(queries);
  const folder = await createFolder();
  const earlier = (await readdir(migrations)).filter((name) => name < first);
  for (const name of earlier) await copyFile(new URL(name, migrations), join(folder, name));
  await migrate(queries, { folder: pathToFileURL(`${folder}/`) });
}

const run = (queries: Queries, text: string) => sql.raw(text).execute(queries);
const rowsOf = async (queries: Queries, text: string) => (await run(queries, text)).rows;

const team = `
  insert into workspaces (id, name, created_at) values ('ws_1', 'W', now());
  insert into users (id, name, email, created_at) select id, 'N', id || '@example.com', now()
    from unnest(array['user_confined', 'user_owner', 'user_later', 'user_editor']) id;
  insert into accounts (id, workspace_id, network, display_name, handle, status, connected_at)
    select id, 'ws_1', 'X', id, id, 'CONNECTED', now() from unnest(array['acc_1', 'acc_2']) id;
  insert into memberships (workspace_id, user_id, role, account_ids, created_at) values
    ('ws_1', 'user_confined', 'OWNER', array['acc_1'], '2026-01-01Z'), ('ws_1', 'user_owner', 'OWNER', null, '2026-01-02Z'),
    ('ws_1', 'user_later', 'OWNER', null, '2026-01-03Z'), ('ws_1', 'user_editor', 'EDITOR', array['acc_2'], '2026-01-01Z');
  insert into conversations
      (id, workspace_id, account_id, kind, contact_name, contact_handle, status, assignee_id, last_activity_at, created_at)
    select 'conv_' || user_id || coalesce(account_id, ''), 'ws_1', account_id, 'COMMENT', 'C', 'c', 'OPEN', user_id, now(), now()
    from unnest(array['user_owner', 'user_editor']) user_id, unnest(array['acc_1', 'acc_2', null]) account_id;
`;

describe.each(bothEngines)('a database of an earlier version, on %s', (engine) => {
  it('keeps the idempotency keys of which it knows who sent them', async () => {
    const { queries } = await createTestDatabase(engine);
    await databaseBefore(queries, '005_idempotency_senders.sql');
    await run(queries, team);
    await run(
      queries,
      `insert into posts (id, workspace_id, text, status, author_id, created_at, updated_at)
         values ('post_1', 'ws_1', '', 'DRAFT', 'user_owner', now(), now()), ('post_2', 'ws_1', '', 'DRAFT', null, now(), now());
       insert into idempotency_keys (workspace_id, mutation, key, request_hash, result_id, created_at)
         select 'ws_1', 'createPost', id, '', id, now() from unnest(array['post_1', 'post_2', 'post_3']) id`,
    );
    await migrate(queries);
    expect(await rowsOf(queries, 'select key, sender from idempotency_keys')).toEqual([
      { key: 'post_1', sender: 'user_owner' },
    ]);
  });

  it('gives its API tokens to the oldest owner who sees all accounts', async () => {
    const { queries } = await createTestDatabase(engine);
    await databaseBefore(queries, '006_api_token_makers.sql');
    await run(queries, team);
    await run(
      queries,
      `insert into workspaces (id, name, created_at) values ('ws_2', 'Nobody', now());
       insert into tokens (id, workspace_id, kind, hash, user_id, role, name, created_at) values
         ('tok_api', 'ws_1', 'API', 'a', null, 'EDITOR', '', now()), ('tok_session', 'ws_1', 'SESSION', 's', 'user_editor', null, '', now()),
         ('tok_orphan', 'ws_2', 'API', 'o', null, 'EDITOR', '', now())`,
    );
    await migrate(queries);
    expect(await rowsOf(queries, 'select id, user_id, maker_id, role, account_ids from tokens order by id')).toEqual([
      { id: 'tok_api', userId: null, makerId: 'user_owner', role: 'EDITOR', accountIds: null },
      { id: 'tok_session', userId: 'user_editor', makerId: null, role: null, accountIds: null },
    ]);
  });

  it('takes conversations from members who do not see them', async () => {
    const { queries } = await createTestDatabase(engine);
    await databaseBefore(queries, '006_api_token_makers.sql');
    await run(queries, team);
    await migrate(queries);
    const kept = 'select assignee_id, account_id from conversations where assignee_id is not null order by 1, 2';
    expect(await rowsOf(queries, kept)).toEqual([
      { assigneeId: 'user_editor', accountId: 'acc_2' },
      { assigneeId: 'user_owner', accountId: 'acc_1' },
      { assigneeId: 'user_owner', accountId: 'acc_2' },
      { assigneeId: 'user_owner', accountId: null },
    ]);
  });

  it('finds what its targets said already', async () => {
    const { queries } = await createTestDatabase(engine);
    await databaseBefore(queries, '011_folded_overrides.sql');
    await run(
      queries,
      `insert into workspaces (id, name, created_at) values ('ws_1', 'W', now());
       insert into posts (id, workspace_id, text, folded_text, status, created_at, updated_at)
         values ('post_1', 'ws_1', '', '', 'DRAFT', now(), now());
       insert into post_targets (id, workspace_id, post_id, position, text_override, status)
         values ('tgt_1', 'ws_1', 'post_1', 0, 'Été', 'FAILED'), ('tgt_2', 'ws_1', 'post_1', 1, null, 'FAILED')`,
    );
    await migrate(queries);
    expect(await rowsOf(queries, 'select folded_text_override from post_targets order by id')).toEqual([
      { foldedTextOverride: 'ete' },
      { foldedTextOverride: null },
    ]);
  });

  it('finds words between which a zero-width space stands', async () => {
    const { queries } = await createTestDatabase(engine);
    await databaseBefore(queries, '020_folded_spaces.sql');
    const text = 'Coffee \u200b beans';
    const before = 'coffee  beans';
    await run(
      queries,
      `insert into workspaces (id, name, created_at) values ('ws_1', 'W', now());
       insert into posts (id, workspace_id, text, folded_text, status, created_at, updated_at)
         values ('post_1', 'ws_1', '${text}', '${before}', 'DRAFT', now(), now()),
           ('post_2', 'ws_1', 'Tea', 'tea', 'DRAFT', now(), now());
       insert into post_targets (id, workspace_id, post_id, position, text_override, folded_text_override, status)
         values ('tgt_1', 'ws_1', 'post_1', 0, '${text}', '${before}', 'FAILED');
       insert into templates (id, workspace_id, title, folded_title, body, folded_body, created_at, updated_at)
         values ('tpl_1', 'ws_1', '${text}', '${before}', '${text}', '${before}', now(), now());
       insert into campaigns (id, workspace_id, name, folded_name, brief, folded_brief, status, created_at, updated_at)
         values ('camp_1', 'ws_1', '${text}', '${before}', '${text}', '${before}', 'PLANNED', now(), now());
       insert into media_assets
           (id, workspace_id, file_name, folded_file_name, alt_text, folded_alt_text, mime_type, byte_size, sha256, storage_key, created_at)
         values ('media_1', 'ws_1', '${text}', '${before}', '${text}', '${before}', 'image/png', 1, '', 'k', now())`,
    );
    const untouched = "select xmin::text from posts where id = 'post_2'";
    const version = await rowsOf(queries, untouched);
    await migrate(queries);
    const folded = await rowsOf(
      queries,
      `select folded_text from posts where id = 'post_1' union all select folded_text_override from post_targets
         union all select unnest(array[folded_title, folded_body]) from templates
         union all select unnest(array[folded_name, folded_brief]) from campaigns
         union all select unnest(array[folded_file_name, folded_alt_text]) from media_assets`,
    );
    expect(folded).toEqual(Array.from({ length: 8 }, () => ({ foldedText: 'coffee beans' })));
    expect(await rowsOf(queries, untouched)).toEqual(version);
  });

  it('keeps which posts may be published, with their texts, and takes the others for answered', async () => {
    const { queries } = await createTestDatabase(engine);
    await databaseBefore(queries, '021_unanswered_calls.sql');
    const failure = (id: string, attempts: number, message: string) =>
      `('${id}', 'ws_1', 'post_1', 0, null, null, 'FAILED', ${attempts}, '2026-11-22', '${message}')`;
    await run(
      queries,
      `insert into workspaces (id, name, created_at) values ('ws_1', 'W', now());
       insert into posts (id, workspace_id, text, folded_text, status, created_at, updated_at)
         values ('post_1', 'ws_1', 'Hello', 'hello', 'PUBLISHING', now(), now());
       insert into post_targets (id, workspace_id, post_id, position, text_override, folded_text_override, status, attempts,
           first_attempt_at, failure_message)
         values ('tgt_1', 'ws_1', 'post_1', 0, 'Own', 'own', 'PUBLISHING', 1, '2026-11-22', null),
           ('tgt_3', 'ws_1', 'post_1', 0, null, null, 'SCHEDULED', 0, null, null),
           ${failure('tgt_4', 5, 'Publishing failed in 5 attempts.')}, ${failure('tgt_5', 1, 'They blocked you.')},
           ${failure('tgt_6', 2, 'The post may already be published: look for it.')};
       insert into post_targets (id, workspace_id, post_id, position, status, attempts, first_attempt_at, published_at)
         values ('tgt_2', 'ws_1', 'post_1', 0, 'PUBLISHED', 2, '2026-11-22', now())`,
    );
    await migrate(queries);
    const statement =
      'select first_attempt_at is not null as is_open, unanswered_texts as texts from post_targets order by id';
    const answered = { isOpen: false, texts: [] };
    expect(await rowsOf(queries, statement)).toEqual([
      { isOpen: true, texts: ['Own'] },
      ...[answered, answered],
      { isOpen: true, texts: ['Hello'] },
      ...[answered, answered],
    ]);
  });

  it('goes on with its experiment, whose evidence of what is behind begins anew', async () => {
    const { queries } = await createTestDatabase(engine);
    await databaseBefore(queries, '019_experiment_evidence.sql');
    const evidence = { comparisons: 3, weight: 3, sum: 0.1, strongest: 0.2 };
    const hitEvidence = { ...evidence, squares: 0.01, scale: 0.01 };
    const arm = (ttlMs: number) => ({ ttlMs, hits: 5, hitEvidence, behindEvidence: { ...evidence, capitals: [1] } });
    const arms = JSON.stringify([arm(300_000), arm(900_000)]);
    await run(queries, `insert into cache_experiments values ('exp_1', 'TEMPLATES', now(), '${arms}')`);
    await migrate(queries);
    const [row] = await rowsOf(queries, 'select arms from cache_experiments');
    expect(row).toEqual({
      arms: [300_000, 900_000].map((ttlMs) => ({ ...arm(ttlMs), behindEvidence: noEvidence })),
    });
  });
});
