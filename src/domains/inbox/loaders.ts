import DataLoader from 'dataloader';
import { inOrder } from '../batch.ts';
import type { Page } from '../connection.ts';
import type { LoaderSource } from '../loaders.ts';
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

/** Null stands for what is not there, or not the viewer's to see. */
export function createInboxLoaders({ queries, scope }: LoaderSource) {
  return {
    conversation: new DataLoader<string, ConversationRecord | null>(async (ids) =>
      inOrder(ids, await conversationsByIds(queries, scope, ids), (conversation) => conversation.id),
    ),
    message: new DataLoader<string, MessageRecord | null>(async (ids) =>
      inOrder(ids, await messagesByIds(queries, scope, ids), (message) => message.id),
    ),
    savedReply: new DataLoader<string, SavedReplyRecord | null>(async (ids) =>
      inOrder(ids, await savedRepliesByIds(queries, scope, ids), (reply) => reply.id),
    ),
    /** Of conversations that the viewer was found to see. */
    messages: new DataLoader<{ conversationId: string; page: Page }, MessagePage, string>(
      (requests) => messagePages(queries, scope, requests),
      { cacheKeyFn: ({ conversationId, page }) => JSON.stringify([conversationId, page.limit, page.after]) },
    ),
    messageCount: new DataLoader<string, number>(async (conversationIds) => {
      const counts = await messageCounts(queries, scope, conversationIds);
      return inOrder(conversationIds, counts, ({ conversationId }) => conversationId).map((row) => row?.count ?? 0);
    }),
  };
}
