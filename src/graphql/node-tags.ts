import { type NodeType, prefixes, typeOfId } from '../domains/ids.ts';
import { namespaced } from './cache-key.ts';
import type { FieldPlan } from './field-plan.ts';
import { mayOverlap, parseTagTemplate } from './tag-template.ts';

/** How mutations invalidate the nodes of a type: `alone`, or always together with the type's tag. */
type NodeInvalidation = 'alone' | 'withType';

/**
 * Selects the node tags, `Post:post_…`, that an entry must hold. None, if no mutation names the nodes of the type. If every mutation
 * that names a node also names the type (`Post`, for lists), then an entry that holds the type's tag needs no node tag.
 */
export class NodeTags {
  readonly #invalidationOf = new Map<NodeType, NodeInvalidation>();

  constructor(plans: ReadonlyMap<string, FieldPlan>) {
    const mutations = [...plans.values()].flatMap(({ invalidates }) => (invalidates ? [invalidates] : []));
    for (const type of Object.keys(prefixes) as NodeType[]) {
      const node = parseTagTemplate(`${type}:{id}`);
      const naming = mutations.filter((tags) => tags.some((tag) => mayOverlap(tag, node)));
      const isAlways = naming.every((tags) => tags.some(({ text }) => text === type));
      if (naming.length > 0) this.#invalidationOf.set(type, isAlways ? 'withType' : 'alone');
    }
  }

  /** Returns the tags that an entry with the tags `held` must hold for the nodes among `ids`. */
  of(ids: Iterable<string>, { namespace, held }: { namespace: string; held: readonly string[] }): Set<string> {
    const tags = new Set<string>();
    const heldTypes = new Map<NodeType, string | undefined>();
    for (const id of ids) {
      const type = typeOfId(id);
      const nodeInvalidation = type && this.#invalidationOf.get(type);
      if (!nodeInvalidation) continue;
      if (!heldTypes.has(type)) {
        const typeTag = namespaced(namespace, type);
        heldTypes.set(type, nodeInvalidation === 'withType' && held.includes(typeTag) ? typeTag : undefined);
      }
      tags.add(heldTypes.get(type) ?? namespaced(namespace, `${type}:${id}`));
    }
    return tags;
  }
}

/** Collects all `id` strings of a value, at any depth; some may not be node ids. */
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
