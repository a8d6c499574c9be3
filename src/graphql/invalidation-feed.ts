import { namespaceOf } from './cache-key.ts';

export interface FeedListener {
  /** Tags without their namespace, in order, as mutations commit. */
  invalidated(tags: readonly string[]): void;
  /** Something may have been invalidated of which nobody was told here. */
  missed(): void;
}

/** Tells who listens what was invalidated in a workspace. */
export class InvalidationFeed {
  readonly #listeners = new Map<string, Set<FeedListener>>();

  /** Takes tags with their namespaces, as the cache announces them. */
  publish(tags: readonly string[]): void {
    const byNamespace = new Map<string, string[]>();
    for (const tag of tags) {
      const namespace = namespaceOf(tag);
      if (namespace === undefined) continue;
      const own = byNamespace.get(namespace);
      const bare = tag.slice(namespace.length + 1);
      if (own) own.push(bare);
      else byNamespace.set(namespace, [bare]);
    }
    for (const [namespace, own] of byNamespace)
      for (const listener of this.#listeners.get(namespace) ?? []) listener.invalidated(own);
  }

  /** Tells the listeners of all workspaces that they may have missed something. */
  miss(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener.missed();
  }

  /** Returns a function that ends it. */
  listen(namespace: string, listener: FeedListener): () => void {
    const listeners = this.#listeners.get(namespace) ?? new Set();
    this.#listeners.set(namespace, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(namespace) === listeners) this.#listeners.delete(namespace);
    };
  }
}
