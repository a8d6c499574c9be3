import { sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { ConversationsTable, MessagesTable } from '../../database/tables/inbox.ts';
import { grouped } from '../batch.ts';
import type { Changes } from '../changes.ts';
import { anyOf, isReference, olderThan } from '../conditions.ts';
import { type Connection, connectionOf, type Page } from '../connection.ts';
import { idsOf } from '../ids.ts';
import type { Scope } from '../scope.ts';

export interface ConversationRecord
  extends Omit<
    ConversationsTable,
    'workspaceId' | 'contactKey' | 'createdAt' | 'priority' | 'unreadCount' | 'snippet'
  > {
  readonly priority: 'LOW' | 'NORMAL' | 'HIGH' | 'URGENT';
  readonly unreadCount: number;
  readonly snippet: string;
}

export type MessageRecord = Omit<MessagesTable, 'workspaceId' | 'externalId'>;

/** The condition on conversations; null means no condition. */
export interface ConversationFilter {
  readonly status: readonly ConversationRecord['status'][] | null;
  /** Null matches conversations without an assignee; absent means no condition. */
  readonly assigneeId?: string | null;
  readonly accountIds: readonly string[] | null;
  readonly isUnread: boolean | null;
}

/** Reports conversations that changed. */
export function reportConversations(
  changes: Changes,
  ...conversations: readonly Pick<ConversationRecord, 'id' | 'accountId'>[]
): void {
  for (const { id, accountId } of conversations) {
    changes.add('Conversation', id);
    changes.reach([accountId], id);
  }
}

export type ConversationPage = Connection<ConversationRecord, ConversationFilter>;

/** A page of a conversation's messages. Its `totalCount` depends on the conversation alone, so there is no filter. */
export interface MessagePage extends Connection<MessageRecord, null> {
  readonly conversationId: string;
}

export interface InboxSummaryRecord {
  readonly openCount: number;
  readonly unreadCount: number;
  readonly unassignedCount: number;
}

export const conversationColumns = [
  'id',
  'accountId',
  'kind',
  'contactName',
  'contactHandle',
  'status',
  'priority',
  'snoozedUntil',
  'assigneeId',
  'unreadCount',
  'snippet',
  'lastActivityAt',
] as const;

export const messageColumns = ['id', 'conversationId', 'direction', 'text', 'authorId', 'createdAt'] as const;

/** Latest activity first. */
export async function findConversations(
  queries: Queries,
  scope: Scope,
  { filter, page }: { filter: ConversationFilter; page: Page },
): Promise<ConversationPage> {
  const rows = await matching(queries, scope, filter)
    .select(conversationColumns)
    .where(olderThan(page, { instant: 'lastActivityAt', id: 'id' }))
    .orderBy('lastActivityAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  return connectionOf(rows, { page, sortKey: (conversation) => conversation.lastActivityAt, filter });
}

export async function countConversations(queries: Queries, scope: Scope, filter: ConversationFilter): Promise<number> {
  const { count } = await matching(queries, scope, filter)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Counts the open conversations, and among them the unassigned ones and the unread messages. */
export function summarize(queries: Queries, scope: Scope): Promise<InboxSummaryRecord> {
  return visibleConversations(queries, scope)
    .where('status', '=', 'OPEN')
    .select(({ fn }) => [
      fn.countAll<number>().as('openCount'),
      sql<number>`coalesce(sum(unread_count), 0)::int8`.as('unreadCount'),
      fn.countAll<number>().filterWhere('assigneeId', 'is', null).as('unassignedCount'),
    ])
    .executeTakeFirstOrThrow();
}

export function conversationsByIds(
  queries: Queries,
  scope: Scope,
  ids: readonly string[],
): Promise<ConversationRecord[]> {
  return visibleConversations(queries, scope)
    .select(conversationColumns)
    .where('id', '=', anyOf(idsOf('Conversation', ids)))
    .execute();
}

export function messagesByIds(queries: Queries, scope: Scope, ids: readonly string[]): Promise<MessageRecord[]> {
  return queries
    .selectFrom('messages')
    .select(messageColumns)
    .where('workspaceId', '=', scope.workspaceId)
    .where('id', '=', anyOf(idsOf('Message', ids)))
    .where('conversationId', 'in', visibleConversations(queries, scope).select('id'))
    .execute();
}

/** A page of messages of each conversation, newest first, in one statement. */
export async function messagePages(
  queries: Queries,
  scope: Scope,
  requests: readonly { conversationId: string; page: Page }[],
): Promise<MessagePage[]> {
  const requestRows = sql<{
    position: number;
    conversationId: string;
    atMost: number;
    afterAt: string;
    afterId: string;
  }>`
    unnest(
      ${requests.map(({ conversationId }) => conversationId)}::text[],
      ${requests.map(({ page }) => page.limit + 1)}::int[],
      ${requests.map(({ page }) => page.after?.[0] ?? null)}::timestamptz[],
      ${requests.map(({ page }) => page.after?.[1] ?? null)}::text[]
    ) with ordinality`;
  const rows = await queries
    .selectFrom(requestRows.as<'requests'>(sql`requests (conversation_id, at_most, after_at, after_id, position)`))
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('messages')
          .select(messageColumns)
          .where('workspaceId', '=', scope.workspaceId)
          .whereRef('messages.conversationId', '=', 'requests.conversationId')
          .where(({ eb, or, refTuple }) =>
            or([
              eb('requests.afterAt', 'is', null),
              eb(refTuple('messages.createdAt', 'messages.id'), '<', refTuple('requests.afterAt', 'requests.afterId')),
            ]),
          )
          .orderBy('createdAt', 'desc')
          .orderBy('id', 'desc')
          .limit(sql<number>`requests.at_most`)
          .as('message'),
      (join) => join.onTrue(),
    )
    .selectAll('message')
    .select('requests.position')
    .orderBy('requests.position')
    .orderBy('message.createdAt', 'desc')
    .orderBy('message.id', 'desc')
    .execute();
  const positions = requests.map((_, i) => i + 1);
  return grouped(positions, rows, ({ position }) => position).map((found, i) => {
    const { conversationId, page } = requests[i]!;
    const messages = found.map(({ position: _, ...message }) => message);
    return {
      ...connectionOf(messages, { page, sortKey: (message) => message.createdAt, filter: null }),
      conversationId,
    };
  });
}

export async function messageCounts(
  queries: Queries,
  scope: Scope,
  conversationIds: readonly string[],
): Promise<{ conversationId: string; count: number }[]> {
  return queries
    .selectFrom('messages')
    .select((eb) => ['conversationId', eb.fn.countAll<number>().as('count')])
    .where('workspaceId', '=', scope.workspaceId)
    .where('conversationId', '=', anyOf(conversationIds))
    .groupBy('conversationId')
    .execute();
}

function matching(queries: Queries, scope: Scope, { status, assigneeId, accountIds, isUnread }: ConversationFilter) {
  return visibleConversations(queries, scope)
    .$if(status !== null, (query) => query.where('status', '=', anyOf(status!)))
    .$if(assigneeId !== undefined, (query) => query.where(isReference('User', 'assigneeId', assigneeId!)))
    .$if(accountIds !== null, (query) => query.where('accountId', '=', anyOf(idsOf('Account', accountIds!))))
    .$if(isUnread !== null, (query) => query.where('unreadCount', isUnread ? '>' : '=', 0));
}

/** Selects the conversations in a scope. One without an account is visible only to viewers of all accounts. */
export function visibleConversations(queries: Queries, { workspaceId, accountIds }: Scope) {
  return queries
    .selectFrom('conversations')
    .where('workspaceId', '=', workspaceId)
    .$if(accountIds !== null, (query) => query.where('accountId', '=', anyOf(accountIds!)));
}
