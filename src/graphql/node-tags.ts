import { typeOfId } from '../domains/ids.ts';

/** The tag of every node in a value, `Post:post_…`, wherever in it the node stands. */
export function nodeTags(value: unknown, tags: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) {
    for (const item of value) nodeTags(item, tags);
  } else if (typeof value === 'object' && value !== null) {
    const { id } = value as { id?: unknown };
    const type = typeof id === 'string' ? typeOfId(id) : undefined;
    if (type) tags.add(`${type}:${id}`);
    for (const name in value) {
      const member = (value as Record<string, unknown>)[name];
      if (typeof member === 'object' && member !== null) nodeTags(member, tags);
    }
  }
  return tags;
}
