import { namespaceOfEngineTag } from '../cache/keys-and-tags.ts';
import { namespaceOf, publicNamespace } from './cache-key.ts';

/**
 * When something was last invalidated for the readers of a workspace, on the cache's logical clock: in their own namespace, in that
 * of `PUBLIC` entries, or everywhere. Readers between whose arrivals that did not move may share what one of them loads, however
 * often other workspaces write.
 */
export class NamespaceClock {
  readonly #maxNamespaces: number;
  readonly #stamps = new Map<string, number>(); // the one that moved longest ago first
  #allStamp = 0;
  #droppedStamp = 0; // the latest of those that are not remembered one by one

  constructor({ maxNamespaces = 10_000 } = {}) {
    this.#maxNamespaces = maxNamespaces;
  }

  /** Takes an invalidation as the cache announces it, and the cache's stamp after it. */
  advance(tags: readonly string[], stamp: number): void {
    for (const tag of tags) {
      const namespace = namespaceOf(tag) ?? namespaceOfEngineTag(tag);
      if (namespace === undefined) this.#allStamp = stamp;
      else this.#record(namespace, stamp);
    }
  }

  /** Larger after each invalidation that can concern a reader of the namespace; seldom, after another too. */
  stampOf(namespace: string): number {
    return Math.max(this.#allStamp, this.#stampIn(namespace), this.#stampIn(publicNamespace));
  }

  #stampIn(namespace: string): number {
    return this.#stamps.get(namespace) ?? this.#droppedStamp;
  }

  #record(namespace: string, stamp: number): void {
    this.#stamps.delete(namespace);
    this.#stamps.set(namespace, stamp);
    if (this.#stamps.size <= this.#maxNamespaces) return;
    for (const [longestAgo, movedAt] of this.#stamps) {
      this.#stamps.delete(longestAgo);
      this.#droppedStamp = movedAt;
      return;
    }
  }
}
