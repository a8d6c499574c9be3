import type { ConversationFilter as ConversationFilterInput, Resolvers } from '../../generated/schema.ts';
import { edgesOf, pageOf } from '../connection.ts';
import { newId } from '../ids.ts';
import { mutation, mutationInSteps } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { receive } from './receive.ts';
import { reply } from './reply.ts';
import { type ConversationFilter, countConversations, findConversations, summarize } from './repository.ts';
import { changeSavedReply, deleteSavedReply, findSavedReplies, insertSavedReply } from './saved-replies.ts';
import { maxMessageLength } from './snippet.ts';
import { change, update, wake } from './triage.ts';

const maxTitleLength = 200;

export const inboxResolvers: Resolvers = {
  Query: {
    inbox: (_, args, { queries, viewer }) =>
      findConversations(queries, viewer, { filter: filterOf(args.filter), page: pageOf(args) }),
    conversation: (_, { id }, { loaders }) => loaders.inbox.conversation.load(id),
    inboxSummary: (_, _args, { queries, viewer }) => summarize(queries, viewer),
    savedReplies: (_, _args, { queries, viewer }) => findSavedReplies(queries, viewer),
  },

  Conversation: {
    account: ({ accountId }, _, { loaders }) => (accountId ? loaders.accounts.account.load(accountId) : null),
    assignee: ({ assigneeId }, _, { loaders }) => (assigneeId ? loaders.viewer.user.load(assigneeId) : null),
    messages: ({ id }, args, { loaders }) => loaders.inbox.messages.load({ conversationId: id, page: pageOf(args) }),
  },

  Message: {
    author: ({ authorId }, _, { loaders }) => (authorId ? loaders.viewer.user.load(authorId) : null),
  },

  ConversationConnection: {
    edges: edgesOf,
    totalCount: ({ filter }, _, { queries, viewer }) => countConversations(queries, viewer, filter),
  },

  MessageConnection: {
    edges: edgesOf,
    totalCount: ({ conversationId }, _, { loaders }) => loaders.inbox.messageCount.load(conversationId),
  },

  Mutation: {
    receiveMessage: mutation(receive),
    sendReply: mutationInSteps(reply),
    updateConversation: mutation(async (input, tx) => ({ conversation: await update(input, tx) })),
    markConversationRead: mutation(async ({ id }, tx) => ({ conversation: await change(id, { unreadCount: 0 }, tx) })),
    wakeConversations: mutation(async ({ limit }, tx) => ({ conversations: await wake(limit, tx) }), {
      conversations: [],
    }),

    createSavedReply: mutation(async (input, { queries, viewer, now }) => {
      const problems = new Problems();
      const title = problems.title('title', input.title, maxTitleLength);
      const body = problems.title('body', input.body, maxMessageLength);
      problems.settle();
      const reply = { id: newId('SavedReply'), title, body, createdAt: now.toISOString() };
      return { savedReply: await insertSavedReply(queries, viewer, reply) };
    }),

    updateSavedReply: mutation(async ({ id, ...input }, { queries, viewer }) => {
      const problems = new Problems();
      const title = input.title == null ? undefined : problems.title('title', input.title, maxTitleLength);
      const body = input.body == null ? undefined : problems.title('body', input.body, maxMessageLength);
      problems.settle();
      return { savedReply: await changeSavedReply(queries, viewer, { id, title, body }) };
    }),

    deleteSavedReply: mutation(async ({ id }, { queries, viewer }) => {
      await deleteSavedReply(queries, viewer, id);
      return { deletedId: id };
    }),
  },
};

/** A filter in a canonical form, so that equal filters have equal keys. */
function filterOf(filter: ConversationFilterInput | null | undefined): ConversationFilter {
  const { status = null, assigneeId, accountIds = null, isUnread = null } = filter ?? {};
  return { status, accountIds, isUnread, ...(assigneeId !== undefined && { assigneeId }) };
}
