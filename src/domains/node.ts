import type { Resolvers } from '../generated/schema.ts';
import type { Context } from './context.ts';
import { type NodeType, typeOfId } from './ids.ts';
import { mayAs } from './viewer/authority.ts';

/** A record of any node type: its id says which. */
export interface AnyNode {
  readonly id: string;
}

export const nodeResolvers: Resolvers = {
  Query: {
    node: (_parent, { id }, context) => findNode(id, context),
    nodes: (_parent, { ids }, context) => Promise.all(ids.map((id) => findNode(id, context))),
  },
  Node: {
    __resolveType: ({ id }) => {
      const type = typeOfId(id);
      if (type === undefined) throw new TypeError(`expected a node's id, but got ${id}`);
      return type;
    },
  },
  UserError: {
    __resolveType: (error) => error.__typename as 'InvalidInputError',
  },
};

type Find = (id: string, context: Context) => Promise<AnyNode | null>;

/** Each finds what the viewer may see, and nothing else. */
const finders: Readonly<Record<NodeType, Find>> = {
  Account: (id, { loaders }) => loaders.accounts.account.load(id),
  AiGeneration: (id, { loaders }) => loaders.ai.generation.load(id),
  // As `Query.apiTokens`, by `@access`.
  ApiToken: async (id, { loaders, viewer }) => (mayAs(viewer.role, 'ADMIN') ? loaders.viewer.apiToken.load(id) : null),
  CalendarNote: (id, { loaders }) => loaders.calendar.note.load(id),
  Campaign: (id, { loaders }) => loaders.campaigns.campaign.load(id),
  Conversation: (id, { loaders }) => loaders.inbox.conversation.load(id),
  MediaAsset: (id, { loaders }) => loaders.media.asset.load(id),
  Message: (id, { loaders }) => loaders.inbox.message.load(id),
  Post: (id, { loaders }) => loaders.posts.post.load(id),
  PostTarget: (id, { loaders }) => loaders.posts.target.load(id),
  SavedReply: (id, { loaders }) => loaders.inbox.savedReply.load(id),
  Template: (id, { loaders }) => loaders.templates.template.load(id),
  User: (id, { loaders }) => loaders.viewer.colleague.load(id),
  Workspace: async (id, { loaders, viewer }) => (id === viewer.workspaceId ? loaders.viewer.workspace.load(id) : null),
  WorkspaceSettings: (id, { loaders }) => loaders.settings.settings.load(id),
};

async function findNode(id: string, context: Context): Promise<AnyNode | null> {
  const type = typeOfId(id);
  return type === undefined ? null : finders[type](id, context);
}
