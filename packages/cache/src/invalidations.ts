import { KeyError } from './errors.ts';
import { checkTag, maxTagLength } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';

export type InvalidationListener = (tags: readonly string[], cause: string | undefined) => void;

/** Applies every invalidation of a cache, and notifies the listeners. */
export class Invalidations {
  readonly #ledger: Ledger;
  readonly #listeners = new Set<InvalidationListener>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /**
   * Invalidates a caller's tags. Throws a `KeyError` for an engine tag; skips a tag that is too long, since no entry can have it.
   */
  invalidate(tags: readonly string[], cause: string | undefined): void {
    if (!Array.isArray(tags)) throw new KeyError(`Expected a list of tags but got ${typeof tags}`);
    const named = tags.filter((tag) => !isTooLong(tag));
    named.forEach(checkTag);
    this.apply(named, cause);
  }

  /** Invalidates tags of any kind, then calls all listeners. Throws the first error of a listener. */
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
    if (failures.length > 0) throw failures[0]; // one listener's bug must not affect the others
  }

  /** Adds a listener. Returns a function that removes it. */
  listen(listener: InvalidationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function isTooLong(tag: unknown): boolean {
  return typeof tag === 'string' && tag.length > maxTagLength;
}
