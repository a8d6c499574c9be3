import { createArc } from '../../src/eviction/arc.ts';
import { createLru } from '../../src/eviction/lru.ts';
import type { CreatePolicy, Evictable, EvictionPolicy } from '../../src/eviction/policy.ts';

export function evictable(key: string): Evictable {
  return { key, previous: null, next: null, list: 0, frequency: 0, epoch: 0 };
}

/** A store of the least that a policy needs: entries by key, and one limit. */
export class TinyStore {
  readonly policy: EvictionPolicy<Evictable>;
  readonly entries = new Map<string, Evictable>();
  readonly #capacity: number;
  readonly #weigh: (key: string) => number;
  #weight = 0;

  /** Holds keys while `capacity` is not exceeded by their weights, which are 1 if nothing else is said. */
  constructor(policy: EvictionPolicy<Evictable>, capacity: number, weigh: (key: string) => number = () => 1) {
    this.policy = policy;
    this.#capacity = capacity;
    this.#weigh = weigh;
  }

  /** Whether it was a hit. */
  read(key: string): boolean {
    const entry = this.entries.get(key);
    if (entry) {
      this.policy.touch(entry, 1);
      return true;
    }
    const loaded = evictable(key);
    this.entries.set(key, loaded);
    this.#weight += this.#weigh(key);
    this.policy.admit(loaded);
    while (this.#weight > this.#capacity) this.evict();
    return false;
  }

  evict(): Evictable | undefined {
    const victim = this.policy.evict();
    if (!victim) return undefined;
    if (this.entries.get(victim.key) !== victim) throw new Error(`expected a live victim but got ${victim.key}`);
    this.#drop(victim);
    return victim;
  }

  remove(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.policy.remove(entry);
    this.#drop(entry);
  }

  #drop(entry: Evictable): void {
    this.entries.delete(entry.key);
    this.#weight -= this.#weigh(entry.key);
  }
}

export function hitsOf(keys: Iterable<number>, eviction: 'arc' | 'lru', capacity: number): number {
  const create: CreatePolicy = eviction === 'arc' ? createArc : createLru;
  const store = new TinyStore(create<Evictable>(capacity), capacity);
  let hits = 0;
  for (const key of keys) if (store.read(`k${key}`)) hits++;
  return hits;
}
