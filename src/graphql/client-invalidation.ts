import { typeOfId } from '../domains/ids.ts';
import type { FieldPlan } from './field-plan.ts';
import { mayOverlap, type TagTemplate } from './tag-template.ts';

/** What a client's own cache must forget. */
export interface ClientInvalidation {
  readonly typeNames: readonly string[];
  readonly nodeIds: readonly string[];
}

/** Of one event. */
const maxNodeIds = 1_000;

/** As many events as it takes; none when there is nothing to forget. */
export function splitInvalidation({ typeNames, nodeIds }: ClientInvalidation): ClientInvalidation[] {
  const parts: ClientInvalidation[] = [];
  for (let start = 0; start < nodeIds.length || (start === 0 && typeNames.length > 0); start += maxNodeIds)
    parts.push({ typeNames: start === 0 ? typeNames : [], nodeIds: nodeIds.slice(start, start + maxNodeIds) });
  return parts;
}

/**
 * Translates tags for clients. A tag of a node, `Post:post_…` or an edge of one, names the node; every other tag names its own
 * type and the types of the cached fields that depend on it: `Post` makes a client forget each `PostConnection`.
 */
export function createClientInvalidation(
  plans: ReadonlyMap<string, FieldPlan>,
): (tags: readonly string[]) => ClientInvalidation {
  const cached = [...plans.values()].filter((plan) => plan.cache && plan.cache.scope !== 'PUBLIC');
  const typeNamesByTag = new Map<string, readonly string[]>();

  /** Tags without a node in them are few, as the schema writes them: each is translated once. */
  function typeNamesOf(tag: string): readonly string[] {
    let names = typeNamesByTag.get(tag);
    if (!names) {
      const written: TagTemplate = { text: tag, parts: [tag], readsResult: false }; // whatever an argument put into it
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
