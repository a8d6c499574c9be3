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

/** A new id, such as `post_01J…`. ULIDs are unique without coordination, and sort by creation time in milliseconds. */
export function newId(type: NodeType): string {
  return `${prefixes[type]}_${ulid()}`;
}

const shape = /^([a-z]+)_[\w-]+$/;

/** The type that an id's prefix names; undefined for any other string, so that only ids reach the database. */
export function typeOfId(id: string): NodeType | undefined {
  const prefix = shape.exec(id)?.[1];
  return prefix === undefined ? undefined : typesByPrefix.get(prefix);
}

/** The ids of a type among strings that a caller sent. */
export function idsOf(type: NodeType, ids: readonly string[]): string[] {
  return ids.filter((id) => typeOfId(id) === type);
}
