import { sql } from 'kysely';
import type { SendReplyInput } from '../../generated/schema.ts';
import { type NetworkAccount, NetworkRefusal, type ReplyRequest } from '../accounts/network.ts';
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
 * calls the network, and stores the message. After a crash in between, or without an answer of the network, a request with the same
 * key finds out whether the reply was sent.
 */
export async function reply(input: SendReplyInput, context: Context): Promise<Sent> {
  const problems = new Problems();
  const text = problems.title('text', input.text, maxMessageLength);
  problems.settle();
  const prepared = await inTransaction(context, (tx) => prepare(input, tx));
  if ('sent' in prepared) return prepared.sent;
  const { messageId, account, contactHandle, unansweredSince } = prepared;
  const request = { id: messageId, account, contactHandle, text };
  const key = input.idempotencyKey;
  let earlier: Earlier = 'UNKNOWN';
  try {
    earlier = await inTime((signal) => earlierOutcome(context, { request, unansweredSince, signal }), networkTimeoutMs);
    if (earlier !== 'SENT') await inTime((signal) => context.ports.network.reply(request, signal), networkTimeoutMs);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (!(error instanceof NetworkRefusal)) throw new Refusal([providerFailed(noResponseMessage(account, key), true)]);
    if (earlier === 'UNKNOWN') throw new Refusal([providerFailed(`${error.message} ${doubt}`, false)]);
    await inTransaction(context, (tx) => release(tx, { mutation: 'sendReply', key, id: messageId }));
    throw new Refusal([providerFailed(error.message, false)]);
  }
  return inTransaction(context, (tx) => store(tx, { messageId, conversationId: input.conversationId, text }));
}

/** What became of earlier calls with the same id. `UNKNOWN` while the network recognises a repetition. */
type Earlier = 'ABSENT' | 'SENT' | 'UNKNOWN';

interface Repetition {
  readonly request: ReplyRequest;
  /** When the first call began; null if there was none. */
  readonly unansweredSince: Date | null;
  readonly signal: AbortSignal;
}

/** Searches the network when it no longer recognises a repetition. If it cannot be searched, a person has to decide. */
async function earlierOutcome(
  { ports: { network }, now }: Context,
  { request, unansweredSince, signal }: Repetition,
): Promise<Earlier> {
  if (unansweredSince === null) return 'ABSENT';
  const idempotentMs = network.idempotentMs?.(request.account) ?? Number.POSITIVE_INFINITY;
  if (now.getTime() - unansweredSince.getTime() < idempotentMs) return 'UNKNOWN';
  try {
    if (network.findReply)
      return (await network.findReply({ ...request, since: unansweredSince }, signal)) ? 'SENT' : 'ABSENT';
  } catch (error) {
    if (!(error instanceof NetworkRefusal)) throw error;
  }
  throw new Refusal([
    providerFailed(`${doubt} The network can no longer tell. Send it with another key if it is missing.`, false),
  ]);
}

const doubt =
  'The message may already be sent, as an earlier call got no response: look for it on the network before you send it again.';

type Prepared =
  | { sent: Sent }
  | { messageId: string; account: NetworkAccount; contactHandle: string; unansweredSince: Date | null };

async function prepare(input: SendReplyInput, tx: Transaction): Promise<Prepared> {
  const { queries, viewer, changes } = tx;
  const {
    id: messageId,
    isReplay,
    reservedAt,
  } = await reserve(tx, {
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
  return {
    ...{ messageId, account: { id, network, handle }, contactHandle: conversation.contactHandle },
    unansweredSince: isReplay ? reservedAt : null,
  };
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

function noResponseMessage({ network }: NetworkAccount, key: string | null | undefined): string {
  const remedy =
    key == null
      ? 'Look for it on the network before you send it again.'
      : 'Try again with the same idempotency key within 24 hours.';
  return `${network} did not respond: the message may have been sent or not. ${remedy}`;
}
