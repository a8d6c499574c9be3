import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { sql } from 'kysely';
import { type NodeType, prefixes } from '../../src/domains/ids.ts';
import type { TestDatabase } from '../setup/databases.ts';

/** What an id stands for, by the name of its argument or input field; `id` and `ids` are told by what they are given to. */
export const typesByName: Record<string, NodeType> = {
  ...{ accountId: 'Account', accountIds: 'Account', assigneeId: 'User', authorId: 'User', userId: 'User' },
  ...{ campaignId: 'Campaign', conversationId: 'Conversation', mediaAssetId: 'MediaAsset', mediaIds: 'MediaAsset' },
  ...{ postId: 'Post', postIds: 'Post', targetId: 'PostTarget', templateId: 'Template', workspaceId: 'Workspace' },
};
/** Ids of no workspace. */
const publicIds = ['model'];

/** A place for an id: the names that lead to it, and whether it is a list's. */
export interface Place {
  readonly path: readonly string[];
  readonly isList: boolean;
}

export function placesIn(field: GraphQLArgument | GraphQLInputField): Place[] {
  const type = getNamedType(field.type);
  if (isInputObjectType(type))
    return Object.values(type.getFields())
      .flatMap(placesIn)
      .map(({ path, isList }) => ({ path: [field.name, ...path], isList }));
  if (type.name !== 'ID' || publicIds.includes(field.name)) return [];
  return [{ path: [field.name], isList: String(field.type).startsWith('[') }];
}

/** Of a list of objects, in the first alone. */
export function withIdAt(given: object, { path: [name = '', ...rest], isList }: Place, id: string): object {
  const inner = (given as Record<string, unknown>)[name];
  const within = (object: unknown) => withIdAt(Object(object), { path: rest, isList }, id);
  const value = rest.length === 0 ? (isList ? [id] : id) : Array.isArray(inner) ? [within(inner[0])] : within(inner);
  return { ...given, [name]: value };
}

/** The input with a value for each field for which `valueFor` has one, also in nested inputs; those of a list in a list of one. */
export function filled(
  type: GraphQLInputObjectType,
  given: object,
  valueFor: (field: GraphQLInputField) => unknown,
): object {
  const filledIn = (field: GraphQLInputField) => {
    const inner = (given as Record<string, unknown>)[field.name];
    const named = getNamedType(field.type);
    const value = isInputObjectType(named)
      ? filled(named, Object(Array.isArray(inner) ? inner[0] : inner), valueFor)
      : valueFor(field);
    if (value === undefined) return inner;
    const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
    return isList && !Array.isArray(value) ? [value] : value;
  };
  return Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, filledIn(field)]));
}

/** An id of a type of which there is no node. */
export const absentId = (type: NodeType) => `${prefixes[type]}_01ARZ3NDEKTSV4RRFFQ69G5FAV`;

/** What changes with each write to a table, for every table but that of tokens, which tells when they were last used. */
export async function contents({ queries }: TestDatabase): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'tokens' order by 1`.execute(queries);
  // Each write gives its rows the id of its transaction, which is higher than all before.
  const states = tables.map(
    ({ name }) =>
      sql`select ${sql.lit(name)} as name, concat_ws(' ', count(*), sum(xmin::text::bigint)) as state from ${sql.table(name)}`,
  );
  const { rows } = await sql<{ name: string; state: string }>`${sql.join(states, sql` union all `)}`.execute(queries);
  return Object.fromEntries(rows.map(({ name, state }) => [name, state]));
}
