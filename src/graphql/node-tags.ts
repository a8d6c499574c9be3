import { typeOfId } from '../domains/ids.ts';

/** All that may be the id of a node in a value, wherever in it the node stands. */
export function idsIn(value: unknown, ids: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) {
    for (const item of value) idsIn(item, ids);
  } else if (typeof value === 'object' && value !== null) {
    const { id } = value as { id?: unknown };
    if (typeof id === 'string') ids.add(id);
    for (const name in value) {
      const member = (value as Record<string, unknown>)[name];
      if (typeof member === 'object' && member !== null) idsIn(member, ids);
    }
  }
  return ids;
}

/** The tags of the nodes among ids, `Post:post_…`. */
export function nodeTags(ids: Iterable<string>): string[] {
  const tags: string[] = [];
  for (const id of ids) {
    const type = typeOfId(id);
    if (type) tags.push(`${type}:${id}`);
  }
  return tags;
}
