import { namespaceOf } from '@magpie/graphql-cache/parts';

export interface FeedListener {
  /** Receives tags without their namespace, in the order of commits. */
  invalidated(tags: readonly string[]): void;
  /** An invalidation may not have arrived. */
  missed(): void;
}

/** Notifies listeners of the invalidations in a workspace. */
export class InvalidationFeed {
  readonly #listeners = new Map<string, Set<FeedListener>>();

  /** Notifies the listeners of tags that have namespaces, as `Cache.onInvalidate` reports them. */
  publish(tags: readonly string[]): void {
    const byNamespace = new Map<string, string[]>();
    for (const tag of tags) {
      const namespace = namespaceOf(tag);
      if (namespace === undefined) continue;
      const bareTags = byNamespace.get(namespace);
      const bareTag = tag.slice(namespace.length + 1);
      if (bareTags) bareTags.push(bareTag);
      else byNamespace.set(namespace, [bareTag]);
    }
    for (const [namespace, bareTags] of byNamespace)
      for (const listener of this.#listeners.get(namespace) ?? []) listener.invalidated(bareTags);
  }

  /** Notifies the listeners of a workspace, or of all, that an invalidation may be missing. */
  miss(namespace?: string): void {
    const missing = namespace === undefined ? [...this.#listeners.values()] : [this.#listeners.get(namespace) ?? []];
    for (const listeners of missing) for (const listener of listeners) listener.missed();
  }

  /** Adds a listener. Returns a function that removes it. */
  listen(namespace: string, listener: FeedListener): () => void {
    const listeners = this.#listeners.get(namespace) ?? new Set();
    this.#listeners.set(namespace, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(namespace) === listeners) this.#listeners.delete(namespace);
    };
  }
}
