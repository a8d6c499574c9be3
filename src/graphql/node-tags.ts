import { type NodeType, prefixes, typeOfId } from '../domains/ids.ts';
import { namespaced } from './cache-key.ts';
import type { FieldPlan } from './field-plan.ts';
import { mayOverlap, parseTagTemplate } from './tag-template.ts';

/** How a type's nodes become untrue: each by itself, or never without the type's own tag. */
type NodeInvalidation = 'alone' | 'withType';

/**
 * Which tags of nodes, `Post:post_…`, are worth holding. If no mutation names the nodes of a type, none is. If every mutation
 * that names one names the type too (`Post`, for the sake of lists), then whatever holds the type's tag need hold no other.
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

  /** What must be held for the nodes among ids, by something that holds these tags already. */
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
