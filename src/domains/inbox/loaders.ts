import { inOrder } from '../batch.ts';
import type { Page } from '../connection.ts';
import type { LoaderSource } from '../loader-source.ts';
import {
  type ConversationRecord,
  conversationsByIds,
  type MessagePage,
  type MessageRecord,
  messageCounts,
  messagePages,
  messagesByIds,
} from './repository.ts';
import { type SavedReplyRecord, savedRepliesByIds } from './saved-replies.ts';

/** A node that does not exist or that the viewer may not see is null. */
export function createInboxLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    conversation: loader<string, ConversationRecord | null>(async (ids) =>
      inOrder(ids, await conversationsByIds(queries, scope, ids), (conversation) => conversation.id),
    ),
    message: loader<string, MessageRecord | null>(async (ids) =>
      inOrder(ids, await messagesByIds(queries, scope, ids), (message) => message.id),
    ),
    savedReply: loader<string, SavedReplyRecord | null>(async (ids) =>
      inOrder(ids, await savedRepliesByIds(queries, scope, ids), (reply) => reply.id),
    ),
    /** Does not check whether the viewer may see the conversations. */
    messages: loader<{ conversationId: string; page: Page }, MessagePage, string>(
      (requests) => messagePages(queries, scope, requests),
      ({ conversationId, page }) => JSON.stringify([conversationId, page.limit, page.after]),
    ),
    messageCount: loader<string, number>(async (conversationIds) => {
      const counts = await messageCounts(queries, scope, conversationIds);
      return inOrder(conversationIds, counts, ({ conversationId }) => conversationId).map((row) => row?.count ?? 0);
    }),
  };
}
