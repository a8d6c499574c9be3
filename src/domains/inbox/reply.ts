import { sql } from 'kysely';
import type { SendReplyInput } from '../../generated/schema.ts';
import { type NetworkAccount, NetworkRefusal } from '../accounts/network.ts';
import { accountsByIds } from '../accounts/repository.ts';
import type { Context } from '../context.ts';
import { conflict, notFound, providerFailed, Refusal } from '../errors.ts';
import { release, reserve } from '../idempotency.ts';
import { newId } from '../ids.ts';
import { inTransaction, type Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { inTime } from '../time-limit.ts';
import {
  type ConversationRecord,
  conversationColumns,
  conversationsByIds,
  type MessageRecord,
  messageColumns,
  messagesByIds,
  reportConversations,
} from './repository.ts';
import { maxMessageLength, snippetOf } from './snippet.ts';

const networkTimeoutMs = 15_000;

type Sent = { message: MessageRecord; conversation: ConversationRecord };

/**
 * Replies to a conversation in three steps, so that no transaction waits for a network: it reserves the key and the message's id,
 * calls the network, and stores the message. After a crash in between, a request with the same key sends the same id again, which
 * the network accepts once.
 */
export async function reply(input: SendReplyInput, context: Context): Promise<Sent> {
  const problems = new Problems();
  const text = problems.title('text', input.text, maxMessageLength);
  problems.settle();
  const prepared = await inTransaction(context, (tx) => prepare(input, tx));
  if ('sent' in prepared) return prepared.sent;
  const { messageId, account, contactHandle } = prepared;
  try {
    await inTime(
      (signal) => context.ports.network.reply({ id: messageId, account, contactHandle, text }, signal),
      networkTimeoutMs,
    );
  } catch (error) {
    const isFinal = error instanceof NetworkRefusal;
    const reservation = { mutation: 'sendReply', key: input.idempotencyKey, id: messageId };
    if (isFinal) await inTransaction(context, (tx) => release(tx, reservation));
    throw new Refusal([providerFailed(isFinal ? error.message : noResponseMessage(account), !isFinal)]);
  }
  return inTransaction(context, (tx) => store(tx, { messageId, conversationId: input.conversationId, text }));
}

type Prepared = { sent: Sent } | { messageId: string; account: NetworkAccount; contactHandle: string };

async function prepare(input: SendReplyInput, tx: Transaction): Promise<Prepared> {
  const { queries, viewer, changes } = tx;
  const { id: messageId, isReplay } = await reserve(tx, {
    mutation: 'sendReply',
    key: input.idempotencyKey,
    input,
    newId: newId('Message'),
  });
  const [conversation] = await conversationsByIds(queries, viewer, [input.conversationId]);
  if (!conversation) throw new Refusal([notFound('conversationId', 'Conversation', input.conversationId)]);
  const [message] = isReplay ? await messagesByIds(queries, viewer, [messageId]) : [];
  if (message) {
    reportConversations(changes, conversation);
    return { sent: { message, conversation } };
  }
  const [account] = conversation.accountId ? await accountsByIds(queries, viewer, [conversation.accountId]) : [];
  if (!account) throw new Refusal([conflict('conversationId', 'The account of the conversation is disconnected.')]);
  const { id, network, handle } = account;
  return { messageId, account: { id, network, handle }, contactHandle: conversation.contactHandle };
}

async function store(
  { queries, viewer, changes, now }: Transaction,
  { messageId, conversationId, text }: { messageId: string; conversationId: string; text: string },
): Promise<Sent> {
  const at = now.toISOString();
  const inserted = await queries
    .insertInto('messages')
    .values({
      id: messageId,
      workspaceId: viewer.workspaceId,
      conversationId,
      direction: 'OUTBOUND',
      text,
      authorId: viewer.userId,
      externalId: null,
      createdAt: at,
    })
    // A concurrent request with the same key may have stored it already.
    .onConflict((conflicting) => conflicting.column('id').doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) {
    // Messages that arrived during the call are later than the reply: they stay unread, and the last one stays the last message.
    await queries
      .updateTable('conversations')
      .set({
        unreadCount: sql`(select count(*) from messages where workspace_id = ${viewer.workspaceId}
          and conversation_id = ${conversationId} and direction = 'INBOUND' and created_at > ${at})`,
        snippet: sql`case when last_activity_at > ${at} then snippet else ${snippetOf(text)} end`,
        lastActivityAt: sql`greatest(last_activity_at, ${at})`,
      })
      .where('workspaceId', '=', viewer.workspaceId)
      .where('id', '=', conversationId)
      .execute();
  }
  const message = await queries
    .selectFrom('messages')
    .select(messageColumns)
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', messageId)
    .executeTakeFirstOrThrow();
  const conversation = await queries
    .selectFrom('conversations')
    .select(conversationColumns)
    .where('workspaceId', '=', viewer.workspaceId)
    .where('id', '=', conversationId)
    .executeTakeFirstOrThrow();
  reportConversations(changes, conversation);
  return { message, conversation };
}

function noResponseMessage({ network }: NetworkAccount): string {
  return `${network} did not respond: the message may have been sent or not. Try again with the same idempotency key.`;
}
