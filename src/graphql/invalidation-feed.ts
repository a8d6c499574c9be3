import { EventEmitter } from 'node:events';
import { namespaceOf } from './cache-key.ts';

/** Tells who listens what was invalidated in a workspace: tags without their namespace, in order, as mutations commit. */
export class InvalidationFeed {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

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
    for (const [namespace, own] of byNamespace) this.#emitter.emit(namespace, own);
  }

  /** Returns a function that ends it. */
  listen(namespace: string, listener: (tags: readonly string[]) => void): () => void {
    this.#emitter.on(namespace, listener);
    return () => this.#emitter.off(namespace, listener);
  }
}
