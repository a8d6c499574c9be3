import { namespaced } from './cache-key.ts';
import type { FieldPlan } from './field-plan.ts';
import type { Nodes } from './nodes.ts';
import { mayOverlap, parseTagTemplate, type TagTemplate } from './tag-template.ts';

/** How mutations invalidate the nodes of a type: not at all, `alone`, or always together with the type's tag. */
type NodeInvalidation = 'never' | 'alone' | 'withType';

/**
 * Selects the node tags, `Book:1`, that an entry must hold. None, if no mutation names the nodes of the type. If every mutation
 * that names a node also names the type (`Book`, for lists), then an entry that holds the type's tag needs no node tag.
 */
export class NodeTags {
  readonly nodes: Nodes;
  readonly #isOpen: boolean;
  readonly #mutations: readonly (readonly TagTemplate[])[];
  readonly #invalidationOf = new Map<string, NodeInvalidation>();

  /** `isOpen`: tags are invalidated by hand too, so that entries hold the tag of every node. */
  constructor(plans: ReadonlyMap<string, FieldPlan>, nodes: Nodes, isOpen = false) {
    this.nodes = nodes;
    this.#isOpen = isOpen;
    this.#mutations = [...plans.values()].flatMap(({ invalidates }) => (invalidates ? [invalidates] : []));
  }

  /** Returns the tags that an entry with the tags `held` must hold for the nodes among `references`. */
  of(references: Iterable<string>, { namespace, held }: { namespace: string; held: readonly string[] }): Set<string> {
    const tags = new Set<string>();
    const heldTypes = new Map<string, string | undefined>();
    for (const reference of references) {
      const type = this.nodes.typeOf(reference);
      const nodeInvalidation = type === undefined ? 'never' : this.#invalidation(type);
      if (type === undefined || nodeInvalidation === 'never') continue;
      if (!heldTypes.has(type)) {
        const typeTag = namespaced(namespace, type);
        heldTypes.set(type, nodeInvalidation === 'withType' && held.includes(typeTag) ? typeTag : undefined);
      }
      tags.add(heldTypes.get(type) ?? namespaced(namespace, this.nodes.tagOf(reference, type)));
    }
    return tags;
  }

  #invalidation(type: string): NodeInvalidation {
    if (this.#isOpen) return 'alone';
    let invalidation = this.#invalidationOf.get(type);
    if (invalidation === undefined) {
      invalidation = this.#readInvalidation(type);
      this.#invalidationOf.set(type, invalidation);
    }
    return invalidation;
  }

  #readInvalidation(type: string): NodeInvalidation {
    const node = parseTagTemplate(`${type}:{id}`);
    const naming = this.#mutations.filter((tags) => tags.some((tag) => mayOverlap(tag, node)));
    if (naming.length === 0) return 'never';
    return naming.every((tags) => tags.some(({ text }) => text === type)) ? 'withType' : 'alone';
  }
}
