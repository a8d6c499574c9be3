import type { Entry } from './entry.ts';
import { createArc } from './eviction/arc.ts';
import { createLru } from './eviction/lru.ts';
import type { CreatePolicy, EvictionPolicy } from './eviction/policy.ts';
import type { Policy } from './policy.ts';

const MAX_PENDING = 4_096; // sorted in well under a millisecond

/**
 * The eviction policy of a store, behind a read buffer of hits that the policy was not told yet. Order matters only at an eviction.
 * So a hit records only its position, and any other call first tells the policy once for each entry, in the order of their last
 * hits. (As in Caffeine's read buffer.)
 */
export class BufferedEviction {
  #eviction: EvictionPolicy<Entry>;
  readonly #pending: Entry[] = [];
  #last = 0;

  constructor(policy: Policy) {
    this.#eviction = evictionOf(policy);
  }

  /** Number of keys that the policy remembers after their eviction. */
  get ghosts(): number {
    return this.#eviction.ghosts;
  }

  recordHit(entry: Entry): void {
    entry.lastHit = ++this.#last;
    if (entry.pendingHits++ === 0 && this.#pending.push(entry) === MAX_PENDING) this.#drain();
  }

  /** Adds an entry. To the policy, a replacement is a use of the key. */
  admit(entry: Entry, isReplacement: boolean): void {
    this.#drain();
    this.#eviction.admit(entry);
    if (isReplacement) this.#eviction.touch(entry, 1);
  }

  remove(entry: Entry): void {
    this.#drain();
    this.#eviction.remove(entry);
  }

  evict(): Entry | undefined {
    this.#drain();
    return this.#eviction.evict();
  }

  /** Begins anew under another policy, with the entries of the old one and their hits, but without ghosts. */
  setPolicy(policy: Policy, entries: Iterable<Entry>): void {
    this.#drain();
    this.#eviction.clear();
    this.#eviction = evictionOf(policy);
    for (const entry of [...entries].sort((one, other) => one.hits - other.hits)) {
      this.#eviction.admit(entry);
      if (entry.hits > 0) this.#eviction.touch(entry, entry.hits);
    }
  }

  #drain(): void {
    const pending = this.#pending;
    if (pending.length > 1) pending.sort(byLastHit);
    for (const entry of pending) {
      if (entry.isKept) this.#eviction.touch(entry, entry.pendingHits);
      entry.pendingHits = 0;
    }
    pending.length = 0;
    this.#last = 0;
  }
}

function evictionOf({ eviction, maxEntries }: Policy): EvictionPolicy<Entry> {
  const create: CreatePolicy = eviction === 'arc' ? createArc : createLru;
  return create<Entry>(maxEntries);
}

function byLastHit(one: Entry, other: Entry): number {
  return one.lastHit - other.lastHit;
}
