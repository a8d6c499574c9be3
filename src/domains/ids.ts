import { ulid } from 'ulid';

/** The prefix of each node type's ids. `typeOfId` reads it back. */
export const prefixes = {
  Account: 'acc',
  AiGeneration: 'gen',
  ApiToken: 'tok',
  CalendarNote: 'note',
  Campaign: 'camp',
  Conversation: 'conv',
  MediaAsset: 'media',
  Message: 'msg',
  Post: 'post',
  PostTarget: 'tgt',
  SavedReply: 'reply',
  Template: 'tpl',
  User: 'user',
  Workspace: 'ws',
  WorkspaceSettings: 'set',
} as const;

export type NodeType = keyof typeof prefixes;

const typesByPrefix = new Map(Object.entries(prefixes).map(([type, prefix]) => [prefix as string, type as NodeType]));

/** A new id, `post_01J…`: unguessable enough to be unique, and in order of creation to the millisecond. */
export function newId(type: NodeType): string {
  return `${prefixes[type]}_${ulid()}`;
}

/** The type that an id's prefix names; undefined for any other string. */
export function typeOfId(id: string): NodeType | undefined {
  const end = id.indexOf('_');
  return end > 0 ? typesByPrefix.get(id.slice(0, end)) : undefined;
}
