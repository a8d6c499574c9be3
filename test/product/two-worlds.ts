import { type RawBuilder, type Selectable, sql } from 'kysely';
import { json, type Queries } from '../../src/database/database.ts';
import type { Tables } from '../../src/database/tables.ts';
import { anyOf } from '../../src/domains/conditions.ts';
import { type NodeType, typeOfId } from '../../src/domains/ids.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { testId } from '../setup/ids.ts';
import { confine, type Session, signInAs } from './magpie.ts';

/** A database with accounts that a member does not see, and one in which these and all that hangs on them alone never were. */
export interface TwoWorlds {
  readonly full: TestDatabase;
  readonly reduced: TestDatabase;
  /** An ADMIN who is confined to some accounts; the same in both. */
  readonly confined: Session;
  readonly owner: Session;
  readonly seen: readonly string[];
  readonly hidden: readonly string[];
  /** Ids of nodes that there are in the full one alone, by type. */
  readonly hiddenIds: ReadonlyMap<NodeType, readonly string[]>;
  /** Posts that go to accounts that they see, and to others. */
  readonly mixedPosts: readonly string[];
  /** Campaigns, media and templates of posts that are hidden or go elsewhere too: all three are everybody's to see. */
  readonly usedIds: ReadonlyMap<NodeType, readonly string[]>;
}

export async function createTwoWorlds(): Promise<TwoWorlds> {
  const [full, reduced] = [
    await createTestDatabase('postgres', { template: 'seeded' }),
    await createTestDatabase('postgres', { template: 'seeded' }),
  ];
  const owner = await signInAs(full, 'OWNER');
  const confined = await signInAs(full, 'ADMIN');
  const { seen, hidden } = await confine(full, confined, 2);
  await addMore(full.queries, { workspaceId: owner.workspaceId, maker: owner.userId, seen, hidden });
  for (const [role, accountIds] of [
    ['READER', [seen[0]!, ...hidden]],
    ['EDITOR', hidden],
  ] as const) {
    const { userId } = await signInAs(full, role);
    await full.queries
      .updateTable('memberships')
      .set({ accountIds: [...accountIds] })
      .where('userId', '=', userId)
      .execute();
  }
  await copyRows(full.queries, reduced.queries);
  const campaignId = testId('Campaign');
  for (const { queries } of [full, reduced])
    await addEmptyCampaign(queries, { id: campaignId, workspaceId: owner.workspaceId });
  const mixedPosts = await findMixedPosts(full.queries, owner.workspaceId, seen);
  await reduce(reduced.queries, { workspaceId: owner.workspaceId, seen });
  const [all, left] = [await idsIn(full.queries), new Set(await idsIn(reduced.queries))];
  const hiddenIds = new Map<NodeType, string[]>();
  for (const id of all.filter((one) => !left.has(one))) {
    const type = typeOfId(id)!;
    hiddenIds.set(type, [...(hiddenIds.get(type) ?? []), id]);
  }
  const usedIds = await findUsed(full.queries, [...hiddenIds.get('Post')!, ...mixedPosts]);
  return { full, reduced, confined, owner, seen, hidden, hiddenIds, mixedPosts, usedIds };
}

/** What the demo has not: API tokens that see the same, more, others, and all accounts; answers by AI; and what hangs on no account. */
async function addMore(
  queries: Queries,
  { workspaceId, maker, seen, hidden }: { workspaceId: string; maker: string; seen: string[]; hidden: string[] },
): Promise<void> {
  const createdAt = '2026-11-21T12:00:00.000Z';
  for (const accountIds of [seen, seen.slice(0, 1), [...seen, ...hidden], hidden, null]) {
    const id = testId('ApiToken');
    await queries
      .insertInto('tokens')
      .values({
        ...{ id, workspaceId, kind: 'API', hash: id, userId: null, makerId: maker, role: 'READER', accountIds },
        ...{ name: id, createdAt, expiresAt: null, lastUsedAt: null },
      })
      .execute();
  }
  for (const accountId of [seen[0]!, hidden[0]!, hidden[1]!, null])
    for (const reusedFrom of [null, testId('AiGeneration')])
      await queries
        .insertInto('aiGenerations')
        .values({
          ...{ id: testId('AiGeneration'), workspaceId, kind: 'REPLY', accountId, prompt: null, reusedFrom },
          ...{
            modelId: 'magpie-quill',
            fingerprint: `${accountId}`,
            suggestions: json([{ text: 'Hi', hashtags: [] }]),
          },
          ...{ inputTokens: 9, outputTokens: 9, costUsd: '0.25', requestedById: maker, createdAt },
        })
        .execute();
  await queries
    .insertInto('posts')
    .values({ id: testId('Post'), workspaceId, text: 'Nowhere', status: 'DRAFT', createdAt, updatedAt: createdAt })
    .execute();
  await queries
    .insertInto('conversations')
    .values({
      ...{ id: testId('Conversation'), workspaceId, accountId: null, kind: 'REVIEW', status: 'OPEN', createdAt },
      ...{ contactName: 'Nobody', contactHandle: 'nobody', lastActivityAt: createdAt, unreadCount: 3, snippet: 'x' },
    })
    .execute();
}

/** One that anybody may delete. */
async function addEmptyCampaign(queries: Queries, campaign: { id: string; workspaceId: string }): Promise<void> {
  const createdAt = '2026-11-22T11:00:00.000Z';
  await queries
    .insertInto('campaigns')
    .values({ ...campaign, name: 'Empty', status: 'ACTIVE', createdAt, updatedAt: createdAt })
    .execute();
}

/** Confinement, credentials, and the answers by AI that were added. */
async function copyRows(from: Queries, to: Queries): Promise<void> {
  for (const { workspaceId, userId, accountIds } of await from.selectFrom('memberships').selectAll().execute())
    await to
      .updateTable('memberships')
      .set({ accountIds })
      .where((eb) => eb.and({ workspaceId, userId }))
      .execute();
  for (const table of ['tokens', 'aiGenerations'] as const)
    for (const { suggestions, ...row } of (await from
      .selectFrom(table as 'aiGenerations')
      .selectAll()
      .execute()) as Selectable<Tables['aiGenerations']>[])
      await to
        .insertInto(table as 'aiGenerations')
        .values(table === 'tokens' ? row : ({ ...row, suggestions: json(suggestions) } as never))
        .onConflict((conflicting) => conflicting.doNothing())
        .execute();
}

/** Takes out what hangs on other accounts alone. Of a post that goes to some of both, what goes there, with its numbers. */
async function reduce(
  queries: Queries,
  { workspaceId, seen }: { workspaceId: string; seen: readonly string[] },
): Promise<void> {
  const inWorkspace = sql`workspace_id = ${workspaceId}`;
  const isHidden = sql`(account_id is null or not account_id = any(${seen}::text[]))`;
  const run = (statement: RawBuilder<unknown>) => statement.execute(queries);
  await run(
    sql`delete from post_metrics where post_id in (select post_id from post_targets where ${inWorkspace} and ${isHidden})`,
  );
  await run(sql`delete from post_targets where ${inWorkspace} and ${isHidden}`);
  await run(
    sql`delete from posts where ${inWorkspace} and not exists (select from post_targets where post_id = posts.id)`,
  );
  await run(sql`
    update posts set published_at = (select min(published_at) from post_targets where post_id = posts.id),
      status = (select case
        when bool_or(status not in ('PUBLISHED', 'FAILED')) then 'PUBLISHING' when bool_and(status = 'PUBLISHED') then 'PUBLISHED'
        when bool_and(status = 'FAILED') then 'FAILED' else 'PARTIALLY_PUBLISHED' end
        from post_targets where post_id = posts.id)
    where ${inWorkspace} and status not in ('DRAFT', 'PENDING_APPROVAL', 'SCHEDULED')`);
  await run(sql`delete from conversations where ${inWorkspace} and ${isHidden}`);
  await run(sql`delete from ai_generations where ${inWorkspace} and kind = 'REPLY' and ${isHidden}`);
  await run(sql`delete from accounts where ${inWorkspace} and not id = any(${seen}::text[])`);
  await run(
    sql`delete from tokens where ${inWorkspace} and kind = 'API' and (account_ids is null or not account_ids <@ ${seen}::text[])`,
  );
  await run(sql`
    update memberships set account_ids = array(select unnest(account_ids) intersect select unnest(${seen}::text[]) order by 1)
    where ${inWorkspace} and account_ids is not null`);
}

async function findMixedPosts(queries: Queries, workspaceId: string, seen: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select post_id as id from post_targets where workspace_id = ${workspaceId} group by post_id
    having bool_or(account_id = any(${seen}::text[])) and not bool_and(coalesce(account_id = any(${seen}::text[]), false))
    order by 1`.execute(queries);
  return rows.map(({ id }) => id);
}

async function findUsed(queries: Queries, posts: readonly string[]): Promise<Map<NodeType, string[]>> {
  const rows = await queries
    .selectFrom('posts')
    .leftJoin('postMedia', 'postMedia.postId', 'posts.id')
    .select(['campaignId', 'templateId', 'mediaId'])
    .where('posts.id', '=', anyOf(posts))
    .orderBy('posts.id')
    .execute();
  const distinct = (ids: (string | null)[]) => [...new Set(ids.filter((id) => id !== null))];
  return new Map([
    ['Campaign', distinct(rows.map(({ campaignId }) => campaignId))],
    ['MediaAsset', distinct(rows.map(({ mediaId }) => mediaId))],
    ['Template', distinct(rows.map(({ templateId }) => templateId))],
  ]);
}

/** Ids of all nodes. */
export async function idsIn(queries: Queries): Promise<string[]> {
  const tables = [
    ...['accounts', 'posts', 'post_targets', 'conversations', 'messages', 'ai_generations', 'tokens'],
    ...['templates', 'campaigns', 'media_assets', 'calendar_notes', 'saved_replies', 'users', 'workspaces', 'settings'],
  ];
  const { rows } = await sql<{ id: string }>`${sql.join(
    tables.map((table) => sql`select id from ${sql.table(table)}`),
    sql` union all `,
  )} order by id`.execute(queries);
  return rows.map(({ id }) => id);
}
