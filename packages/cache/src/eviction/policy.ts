/** The eviction policy's fields in each entry: intrusive list links, so that a hit allocates nothing. */
export interface Evictable {
  readonly key: string;
  previous: Evictable | null;
  next: Evictable | null;
  /** Id of the policy's list that holds the entry; 0 if none does. */
  list: number;
  frequency: number;
  epoch: number;
}

/**
 * Chooses the victims when a store is full. It counts entries, not bytes: the store checks both limits and calls `evict` until
 * there is space, so `evict` may be called with fewer than `capacity` entries.
 */
export interface EvictionPolicy<E extends Evictable> {
  readonly name: 'arc' | 'lru';
  /** Adds a new entry after a miss of its key. Uses and removes the key's ghost. */
  admit(entry: E): void;
  /** Records hits of an entry. The last of them is later than all hits recorded before. */
  touch(entry: E, hits: number): void;
  /** Removes an entry for another cause than eviction. No effect if it is removed already. */
  remove(entry: E): void;
  /** Removes the victim and returns it; `undefined` if there is no entry. */
  evict(): E | undefined;
  /** Number of ghosts: evicted keys from which the policy learns. `RemovalHistory` explains misses. */
  readonly ghosts: number;
  clear(): void;
}

/** Creates a policy for a store of at most `capacity` entries. */
export type CreatePolicy = <E extends Evictable>(capacity: number) => EvictionPolicy<E>;
