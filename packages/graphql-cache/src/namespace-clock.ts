import { namespaceOfEngineTag } from '@magpie/cache/entries';
import { namespaceOf } from './cache-key.ts';
import { publicNamespace } from './scope.ts';

/**
 * The stamp of the last invalidation for each workspace: in its own namespace, in that of `PUBLIC` entries, or in all. Two requests
 * may share a load if their workspace's stamp did not advance in between, however often other workspaces write.
 */
export class NamespaceClock {
  readonly #maxNamespaces: number;
  readonly #stamps = new Map<string, number>(); // in the order of their last advance, oldest first
  #allStamp = 0;
  #droppedStamp = 0; // the latest of the stamps that were dropped for the limit

  constructor({ maxNamespaces = 10_000 } = {}) {
    this.#maxNamespaces = maxNamespaces;
  }

  /** Records an invalidation that `Cache.onInvalidate` reports, with the cache's stamp after it. */
  advance(tags: readonly string[], stamp: number): void {
    for (const tag of tags) {
      const namespace = namespaceOf(tag) ?? namespaceOfEngineTag(tag);
      if (namespace === undefined) this.#allStamp = stamp;
      else this.#record(namespace, stamp);
    }
  }

  /**
   * Returns the stamp of a namespace. It advances with each invalidation that may concern the namespace, and rarely with another.
   */
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
