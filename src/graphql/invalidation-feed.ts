import { EventEmitter } from 'node:events';
import { isOwnTag } from '../cache/names.ts';

/** Tells who listens what was invalidated in a workspace: tags without their namespace, in order, as mutations commit. */
export class InvalidationFeed {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  /** Takes tags with their namespaces, as the cache announces them. */
  publish(tags: readonly string[]): void {
    const byNamespace = new Map<string, string[]>();
    for (const tag of tags) {
      const end = tag.indexOf('/');
      if (end < 0 || isOwnTag(tag)) continue;
      const namespace = tag.slice(0, end);
      const own = byNamespace.get(namespace);
      if (own) own.push(tag.slice(end + 1));
      else byNamespace.set(namespace, [tag.slice(end + 1)]);
    }
    for (const [namespace, own] of byNamespace) this.#emitter.emit(namespace, own);
  }

  /** Returns a function that ends it. */
  listen(namespace: string, listener: (tags: readonly string[]) => void): () => void {
    this.#emitter.on(namespace, listener);
    return () => this.#emitter.off(namespace, listener);
  }
}
