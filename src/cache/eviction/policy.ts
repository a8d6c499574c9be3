/** Intrusive list fields that every entry carries, so that a hit allocates nothing. Owned by the policy. */
export interface Evictable {
  readonly key: string;
  previous: Evictable | null;
  next: Evictable | null;
  /** Which of the policy's lists holds the entry; 0 is none. */
  list: number;
  frequency: number;
  epoch: number;
}

/**
 * Chooses who leaves when a store is full. It counts entries only: the store decides when there is no room (entries or
 * bytes) and then calls `evict` until there is, so that a victim may be asked for with fewer than `capacity` entries.
 */
export interface EvictionPolicy<E extends Evictable> {
  readonly name: 'arc' | 'lru';
  /** Takes in a new entry, after a miss of its key; what is remembered of the key's last eviction is used, then forgotten. */
  admit(entry: E): void;
  /** Notes hits, the last of which is later than any that was noted before. */
  touch(entry: E, hits: number): void;
  /** Lets go of an entry that left for another cause than eviction; leaves no ghost. No effect on one already gone. */
  remove(entry: E): void;
  /** Chooses the victim, unlinks it and remembers its key; `undefined` when there is no entry. */
  evict(): E | undefined;
  /** Whether the key was evicted lately: then that is the cause of its miss. */
  wasEvicted(key: string): boolean;
  /** How many evicted keys are remembered. */
  readonly ghosts: number;
  clear(): void;
}
