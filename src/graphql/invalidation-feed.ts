import { EventEmitter, on } from 'node:events';
import { getNamedType, type GraphQLSchema } from 'graphql';
import { typeOfId } from '../domains/ids.ts';
import type { FieldPlan } from './field-plan.ts';
import { canMeet, parseTagTemplate } from './tag-template.ts';

/** What was invalidated in one workspace, by tags without their namespace. */
export interface Invalidation {
  readonly tags: readonly string[];
}

/** Tells subscriptions what was invalidated in their workspace, in order, from the moment they subscribe. */
export class InvalidationFeed {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  /** Takes tags with their namespaces, as the cache announces them. */
  publish(tags: readonly string[]): void {
    const byNamespace = new Map<string, string[]>();
    for (const tag of tags) {
      const end = tag.indexOf('/');
      if (end < 0) continue; // the engine's own: a key, a category
      const namespace = tag.slice(0, end);
      const own = byNamespace.get(namespace);
      if (own) own.push(tag.slice(end + 1));
      else byNamespace.set(namespace, [tag.slice(end + 1)]);
    }
    for (const [namespace, own] of byNamespace) this.#emitter.emit(namespace, { tags: own } satisfies Invalidation);
  }

  /** Ends when its consumer does, or with the signal. */
  async *subscribe(namespace: string, signal: AbortSignal): AsyncGenerator<Invalidation, void> {
    try {
      for await (const [invalidation] of on(this.#emitter, namespace, { signal })) yield invalidation as Invalidation;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  listen(namespace: string, listener: (invalidation: Invalidation) => void): () => void {
    this.#emitter.on(namespace, listener);
    return () => this.#emitter.off(namespace, listener);
  }
}

/** What a client's own cache must forget: the types of the tags and of the fields that depend on them, and the nodes. */
export function createForgetting(schema: GraphQLSchema, plans: ReadonlyMap<string, FieldPlan>) {
  const remembered = new Map<string, { typeNames: ReadonlySet<string>; nodeId: string | undefined }>();
  const cachedFields = [...plans.values()].filter((plan) => plan.cache && plan.cache.scope !== 'PUBLIC');

  function typesThatDependOn(tag: string): string[] {
    const template = parseTagTemplate(tag);
    return cachedFields
      .filter((plan) => plan.cache!.tags.some((own) => canMeet(own, template)))
      .map((plan) => {
        const [type, field] = plan.coordinate.split('.') as [string, string];
        const parent = schema.getType(type) as unknown as { getFields(): Record<string, { type: never }> };
        return getNamedType(parent.getFields()[field]!.type as never) as unknown as { name: string };
      })
      .map(({ name }) => name);
  }

  function forgetting(tag: string) {
    const [family = '', second = ''] = tag.split(':');
    const nodeId = typeOfId(second) ? second : undefined;
    // Tags of one shape have the same types, whichever node they name.
    const shape = nodeId ? tag.replace(nodeId, '*') : tag;
    let found = remembered.get(shape);
    if (!found) {
      const typeNames = new Set(nodeId && !tag.includes(':', tag.indexOf(nodeId)) ? [] : typesThatDependOn(tag));
      if (schema.getType(family) && !nodeId) typeNames.add(family);
      found = { typeNames, nodeId: undefined };
      if (remembered.size < 1_000) remembered.set(shape, found);
    }
    return { typeNames: found.typeNames, nodeId };
  }

  return ({ tags }: Invalidation): { typeNames: string[]; nodeIds: string[] } => {
    const typeNames = new Set<string>();
    const nodeIds = new Set<string>();
    for (const tag of tags) {
      const { typeNames: names, nodeId } = forgetting(tag);
      for (const name of names) typeNames.add(name);
      if (nodeId) nodeIds.add(nodeId);
    }
    return { typeNames: [...typeNames].sort(), nodeIds: [...nodeIds].sort() };
  };
}
