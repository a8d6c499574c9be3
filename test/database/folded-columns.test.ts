import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Queries } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { bothEngines, createTestDatabase } from '../setup/databases.ts';

const migrations = fileURLToPath(new URL('../../src/database/migrations/', import.meta.url));
const createdAt = '2026-01-01T00:00:00.000Z';

/** Takes a database back to what it was before the folded columns. */
async function takeBack(queries: Queries): Promise<void> {
  await sql`drop schema public cascade`.execute(queries);
  await sql`create schema public`.execute(queries);
  const folder = await mkdtemp(join(tmpdir(), 'magpie-test-'));
  const names = (await readdir(migrations)).sort();
  const earlier = names.slice(
    0,
    names.findIndex((name) => name.endsWith('_folded_columns.sql')),
  );
  for (const name of earlier) await copyFile(join(migrations, name), join(folder, name));
  await migrate(queries, { folder: pathToFileURL(`${folder}/`) });
  await rm(folder, { recursive: true });
}

describe.each(bothEngines)('folded columns on %s', (engine) => {
  let queries: Queries;
  beforeAll(async () => {
    ({ queries } = await createTestDatabase(engine));
    await takeBack(queries);
    await sql
      .raw(`
      insert into workspaces values ('ws_1', 'One', '${createdAt}'), ('ws_2', 'Two', '${createdAt}');
      insert into users (id, name, email, created_at)
        values ('user_1', 'Jürgen', 'jürgen@example.com', '${createdAt}');
      insert into accounts (id, workspace_id, network, display_name, handle, status, connected_at) values
        ('acc_2', 'ws_1', 'X', 'Second', 'acmeco', 'CONNECTED', '2026-02-01'),
        ('acc_1', 'ws_1', 'X', 'First', 'AcmeCo', 'CONNECTED', '2026-01-01'),
        ('acc_3', 'ws_1', 'X', 'Third', '@ACMECO', 'CONNECTED', '2026-03-01'),
        ('acc_4', 'ws_1', 'THREADS', 'Fourth', 'acmeco', 'CONNECTED', '2026-01-01'),
        ('acc_5', 'ws_2', 'X', 'Fifth', 'Acmeco', 'CONNECTED', '2026-01-01');
      insert into conversations
        (id, workspace_id, account_id, kind, contact_name, contact_handle, status, last_activity_at, created_at) values
        ('conv_1', 'ws_1', 'acc_1', 'COMMENT', 'Alice', 'Alice', 'OPEN', '2026-01-02', '2026-01-01'),
        ('conv_2', 'ws_1', 'acc_1', 'COMMENT', 'Alice', '@alice', 'OPEN', '2026-01-03', '2026-01-01'),
        ('conv_3', 'ws_1', 'acc_1', 'MENTION', 'Alice', 'alice', 'OPEN', '2026-01-01', '2026-01-01');
      insert into posts (id, workspace_id, text, status, created_at, updated_at)
        select 'post_' || n, 'ws_1', 'Bárbara ' || n, 'DRAFT', '${createdAt}', '${createdAt}' from generate_series(1, 1203) as n;
      insert into campaigns (id, workspace_id, name, brief, status, created_at, updated_at)
        values ('camp_1', 'ws_1', 'Été', null, 'PLANNED', '${createdAt}', '${createdAt}');
    `)
      .execute(queries);
    await migrate(queries);
  });

  it('are filled for the rows that are there, all of them', async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*) from posts where folded_text = 'barbara ' || substr(id, 6)`.execute(queries);
    expect(rows).toEqual([{ count: 1_203 }]);
    expect(await queries.selectFrom('campaigns').select(['foldedName', 'foldedBrief']).execute()).toEqual([
      { foldedName: 'ete', foldedBrief: null },
    ]);
    expect(await queries.selectFrom('users').select('emailKey').execute()).toEqual([
      { emailKey: 'jürgen@example.com' },
    ]);
  });

  it('leave both of two accounts that are one by now, and the name to the one that was there first', async () => {
    expect(await queries.selectFrom('accounts').select(['id', 'handle', 'handleKey']).orderBy('id').execute()).toEqual([
      { id: 'acc_1', handle: 'AcmeCo', handleKey: 'acmeco' },
      { id: 'acc_2', handle: 'acmeco', handleKey: 'acmeco acc_2' },
      { id: 'acc_3', handle: '@ACMECO', handleKey: 'acmeco acc_3' },
      { id: 'acc_4', handle: 'acmeco', handleKey: 'acmeco' },
      { id: 'acc_5', handle: 'Acmeco', handleKey: 'acmeco' },
    ]);
  });

  it('leave both of two conversations with one contact, and the contact to the one that was used last', async () => {
    expect(await queries.selectFrom('conversations').select(['id', 'contactKey']).orderBy('id').execute()).toEqual([
      { id: 'conv_1', contactKey: 'alice conv_1' },
      { id: 'conv_2', contactKey: 'alice' },
      { id: 'conv_3', contactKey: 'alice' },
    ]);
  });

  it('are written with their columns, by every way to write them', async () => {
    const row = { workspaceId: 'ws_1', status: 'DRAFT', createdAt, updatedAt: createdAt } as const;
    const textOf = async (id: string) =>
      (await queries.selectFrom('posts').select('foldedText').where('id', '=', id).executeTakeFirst())?.foldedText;
    await queries
      .insertInto('posts')
      .values([
        { ...row, id: 'post_a', text: 'É' },
        { ...row, id: 'post_b', text: 'Ö', campaignId: sql<string>`'camp_1'` },
      ])
      .execute();
    expect([await textOf('post_a'), await textOf('post_b')]).toEqual(['e', 'o']);
    await queries
      .insertInto('posts')
      .values({ ...row, id: 'post_a', text: 'Ü' })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ text: 'Å' }))
      .execute();
    expect(await textOf('post_a')).toBe('a');
    await queries.updateTable('posts').set({ text: 'Ñ', revision: 2 }).where('id', '=', 'post_a').execute();
    expect(await textOf('post_a')).toBe('n');
    await queries.updateTable('posts').set({ revision: 3 }).where('id', '=', 'post_a').execute();
    expect(await textOf('post_a')).toBe('n');
  });

  it('are written where a row takes the place of another, from what it would have had', async () => {
    const target = { workspaceId: 'ws_1', postId: 'post_1', accountId: 'acc_1', position: 0, status: 'DRAFT' as const };
    const place = async (textOverride: string | null) => {
      await queries
        .insertInto('postTargets')
        .values([{ ...target, id: `tgt_${textOverride}`, textOverride }])
        .onConflict((conflict) =>
          conflict
            .columns(['postId', 'accountId'])
            .doUpdateSet((eb) => ({ textOverride: eb.ref('excluded.textOverride') })),
        )
        .execute();
      return queries.selectFrom('postTargets').select(['id', 'textOverride', 'foldedTextOverride']).execute();
    };
    const kept = (textOverride: string | null, foldedTextOverride: string | null) => [
      { id: 'tgt_É', textOverride, foldedTextOverride },
    ];
    expect(await place('É')).toEqual(kept('É', 'e'));
    expect(await place('Ö')).toEqual(kept('Ö', 'o'));
    expect(await place(null)).toEqual(kept(null, null));
    const wrong = queries
      .insertInto('posts')
      .values({ workspaceId: 'ws_1', status: 'DRAFT', createdAt, updatedAt: createdAt, id: 'post_1', text: 'É' })
      .onConflict((conflict) => conflict.column('id').doUpdateSet((eb) => ({ text: eb.ref('excluded.id') })));
    await expect(wrong.execute()).rejects.toThrow('foldedText: expected a text to fold, but got an expression');
  });

  it('cannot be folded from what the database computes', async () => {
    const update = queries.updateTable('posts').set({ text: sql<string>`text || '!'` });
    await expect(update.execute()).rejects.toThrow('foldedText: expected a text to fold, but got an expression');
  });
});
