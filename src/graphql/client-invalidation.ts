import { type FieldPlan, mayOverlap, type TagTemplate } from '@magpie/graphql-cache/parts';
import { typeOfId } from '../domains/ids.ts';

/** The types and nodes that a client must remove from its own cache. */
export interface ClientInvalidation {
  readonly typeNames: readonly string[];
  readonly nodeIds: readonly string[];
}

/** Most node ids in one event. */
const maxNodeIds = 1_000;

/** Splits an invalidation into events of at most 1,000 node ids; none if there is nothing to remove. */
export function splitInvalidation({ typeNames, nodeIds }: ClientInvalidation): ClientInvalidation[] {
  const parts: ClientInvalidation[] = [];
  for (let start = 0; start < nodeIds.length || (start === 0 && typeNames.length > 0); start += maxNodeIds)
    parts.push({ typeNames: start === 0 ? typeNames : [], nodeIds: nodeIds.slice(start, start + maxNodeIds) });
  return parts;
}

/**
 * Returns a function that translates tags for clients. A node tag, `Post:post_…`, or an edge of a node becomes the node's id. Every
 * other tag becomes its own type and the types of the cached fields that depend on it: `Post` removes each `PostConnection`.
 */
export function createClientInvalidation(
  plans: ReadonlyMap<string, FieldPlan>,
): (tags: readonly string[]) => ClientInvalidation {
  const cached = [...plans.values()].filter((plan) => plan.cache && plan.cache.scope !== 'PUBLIC');
  const typeNamesByTag = new Map<string, readonly string[]>();

  /** Memoizes the translation, as there are few tags without a node in the schema. */
  function typeNamesOf(tag: string): readonly string[] {
    let names = typeNamesByTag.get(tag);
    if (!names) {
      const written: TagTemplate = { text: tag, parts: [tag], readsResult: false }; // with the values of its arguments
      const dependent = cached.filter((plan) => plan.cache!.tags.some((own) => mayOverlap(own, written)));
      names = [tag.split(':', 1)[0]!, ...dependent.map((plan) => plan.typeName)];
      if (typeNamesByTag.size < 1_000) typeNamesByTag.set(tag, names);
    }
    return names;
  }

  return (tags) => {
    const typeNames = new Set<string>();
    const nodeIds = new Set<string>();
    for (const tag of tags) {
      const id = tag.split(':', 2)[1];
      if (id && typeOfId(id)) nodeIds.add(id);
      else for (const name of typeNamesOf(tag)) typeNames.add(name);
    }
    return { typeNames: [...typeNames].sort(), nodeIds: [...nodeIds].sort() };
  };
}
