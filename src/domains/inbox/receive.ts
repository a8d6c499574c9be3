import type { Queries } from '../../database/database.ts';
import type { ReceiveMessageInput } from '../../generated/schema.ts';
import { bareHandle, handleKey } from '../../text/folding.ts';
import { lockAccount } from '../accounts/repository.ts';
import { notFound, Refusal } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import type { Scope } from '../scope.ts';
import {
  type ConversationRecord,
  conversationColumns,
  type MessageRecord,
  messageColumns,
  reportConversations,
  visibleConversations,
} from './repository.ts';
import { maxMessageLength, snippetOf } from './snippet.ts';

/** Stores an incoming message, once. Finds or creates its conversation, and opens it again. */
export async function receive(
  input: ReceiveMessageInput,
  { queries, viewer, changes, now }: Transaction,
): Promise<{ message: MessageRecord; conversation: ConversationRecord }> {
  const inbound = read(input);
  // Messages of an account are stored one after the other, as two at once could both create the conversation.
  const account = await lockAccount(queries, viewer, inbound.accountId);
  if (!account) throw new Refusal([notFound('accountId', 'Account', inbound.accountId)]);

  const first = await findDelivered(queries, viewer, inbound);
  if (first) {
    // Reported again, as the response to the first delivery may have been lost.
    reportConversations(changes, first.conversation);
    return first;
  }

  const at = now.toISOString();
  const conversation = await openConversation(queries, viewer, { ...inbound, at });
  const message = await queries
    .insertInto('messages')
    .values({
      id: newId('Message'),
      workspaceId: viewer.workspaceId,
      conversationId: conversation.id,
      direction: 'INBOUND',
      text: inbound.text,
      authorId: null,
      externalId: inbound.externalId,
      createdAt: at,
    })
    .returning(messageColumns)
    .executeTakeFirstOrThrow();
  reportConversations(changes, conversation);
  return { message, conversation };
}

interface Inbound {
  accountId: string;
  kind: ConversationRecord['kind'];
  contactHandle: string;
  contactName: string | null;
  text: string;
  externalId: string;
}

const maxNameLength = 200;

function read(input: ReceiveMessageInput): Inbound {
  const problems = new Problems();
  const inbound = {
    accountId: input.accountId,
    kind: input.kind ?? 'DIRECT_MESSAGE',
    contactHandle: problems.title('contactHandle', bareHandle(input.contactHandle), maxNameLength),
    contactName: input.contactName == null ? null : problems.title('contactName', input.contactName, maxNameLength),
    text: problems.title('text', input.text, maxMessageLength),
    externalId: problems.title('externalId', input.externalId, maxNameLength),
  };
  problems.settle();
  return inbound;
}

/** Finds a message by the network's id, which is unique within an account. */
async function findDelivered(queries: Queries, scope: Scope, { accountId, externalId }: Inbound) {
  const message = await queries
    .selectFrom('messages')
    .select(messageColumns)
    .where('workspaceId', '=', scope.workspaceId)
    .where('externalId', '=', externalId)
    .where('conversationId', 'in', visibleConversations(queries, scope).where('accountId', '=', accountId).select('id'))
    .executeTakeFirst();
  if (!message) return undefined;
  const conversation = await visibleConversations(queries, scope)
    .select(conversationColumns)
    .where('id', '=', message.conversationId)
    .executeTakeFirstOrThrow();
  return { message, conversation };
}

async function openConversation(
  queries: Queries,
  scope: Scope,
  { accountId, kind, contactHandle, contactName, text, at }: Inbound & { at: string },
): Promise<ConversationRecord> {
  const latest = { status: 'OPEN', snoozedUntil: null, snippet: snippetOf(text), lastActivityAt: at } as const;
  const known = await visibleConversations(queries, scope)
    .select('id')
    .where('accountId', '=', accountId)
    .where('contactKey', '=', handleKey(contactHandle))
    .where('kind', '=', kind)
    .orderBy('lastActivityAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (known)
    return queries
      .updateTable('conversations')
      .set((eb) => ({ ...latest, contactName: contactName ?? undefined, unreadCount: eb('unreadCount', '+', 1) }))
      .where('workspaceId', '=', scope.workspaceId)
      .where('id', '=', known.id)
      .returning(conversationColumns)
      .executeTakeFirstOrThrow();
  return queries
    .insertInto('conversations')
    .values({
      ...latest,
      id: newId('Conversation'),
      workspaceId: scope.workspaceId,
      accountId,
      kind,
      contactName: contactName ?? contactHandle,
      contactHandle,
      assigneeId: null,
      unreadCount: 1,
      createdAt: at,
    })
    .returning(conversationColumns)
    .executeTakeFirstOrThrow();
}
