import type { NodeFinders } from '../node-finder.ts';
import { createInboxLoaders } from './loaders.ts';
import { inboxResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly inbox: ReturnType<typeof createInboxLoaders>;
  }
}

const nodes: NodeFinders = {
  Conversation: (id, { loaders }) => loaders.inbox.conversation.load(id),
  Message: (id, { loaders }) => loaders.inbox.message.load(id),
  SavedReply: (id, { loaders }) => loaders.inbox.savedReply.load(id),
};

export const inbox = { resolvers: inboxResolvers, loaders: createInboxLoaders, nodes };
