import { KeyError } from './errors.ts';
import { checkTag, maxTagLength } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';

export type InvalidationListener = (tags: readonly string[], cause: string | undefined) => void;

/** Every invalidation of a cache comes through here, and is told to those that listen. */
export class Invalidations {
  readonly #ledger: Ledger;
  readonly #listeners = new Set<InvalidationListener>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Tags that a caller names. Throws for one of the engine's own; leaves out one that is too long, which nothing can depend on. */
  invalidate(tags: readonly string[], cause: string | undefined): void {
    if (!Array.isArray(tags)) throw new KeyError(`Expected a list of tags but got ${typeof tags}`);
    const named = tags.filter((tag) => !isTooLong(tag));
    named.forEach(checkTag);
    this.apply(named, cause);
  }

  /** Tags of any kind. */
  apply(tags: readonly string[], cause: string | undefined): void {
    if (tags.length === 0) return;
    this.#ledger.invalidate(tags, cause);
    const failures: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(tags, cause);
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0]; // a bug of the listener's, which the others are not to pay for
  }

  /** Returns a function that ends it. */
  listen(listener: InvalidationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function isTooLong(tag: unknown): boolean {
  return typeof tag === 'string' && tag.length > maxTagLength;
}
