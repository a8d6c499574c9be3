import { Ghosts } from './ghosts.ts';
import type { Evictable, EvictionPolicy } from './policy.ts';
import { RecencyList } from './recency-list.ts';

/** Plain least recently used: an option of a policy, and the oracle of tests. Keeps at most `capacity` ghosts. */
export function createLru<E extends Evictable>(capacity: number): EvictionPolicy<E> {
  return new Lru<E>(capacity);
}

class Lru<E extends Evictable> implements EvictionPolicy<E> {
  readonly name = 'lru';
  readonly #entries = new RecencyList<E>(1);
  readonly #ghosts = new Ghosts();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get ghosts(): number {
    return this.#ghosts.size;
  }

  admit(entry: E): void {
    this.#ghosts.take(entry.key);
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
    this.#ghosts.add(victim.key, { frequency: victim.frequency, epoch: victim.epoch });
    this.#ghosts.trim(this.#capacity);
    return victim;
  }

  wasEvicted(key: string): boolean {
    return this.#ghosts.has(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#ghosts.clear();
  }
}
