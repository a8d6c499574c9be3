import type { Evictable, EvictionPolicy } from './policy.ts';
import { RecencyList } from './recency-list.ts';

/** Plain least recently used: an option of a policy, and the oracle of tests. It needs no ghosts. */
export function createLru<E extends Evictable>(): EvictionPolicy<E> {
  return new Lru<E>();
}

class Lru<E extends Evictable> implements EvictionPolicy<E> {
  readonly name = 'lru';
  readonly #entries = new RecencyList<E>(1);
  readonly ghosts = 0;

  admit(entry: E): void {
    entry.frequency = 1;
    this.#entries.append(entry);
  }

  touch(entry: E, hits: number): void {
    entry.frequency += hits;
    this.#entries.refresh(entry);
  }

  remove(entry: E): void {
    if (this.#entries.has(entry)) this.#entries.unlink(entry);
  }

  evict(): E | undefined {
    const victim = this.#entries.oldest;
    if (!victim) return undefined;
    this.#entries.unlink(victim);
    return victim;
  }

  clear(): void {
    this.#entries.clear();
  }
}
