import type { Entry } from './entry.ts';
import type { EvictionPolicy } from './eviction/policy.ts';

const MAX_PENDING = 4_096; // sorted in well under a millisecond

/**
 * The hits of which the eviction policy was not told yet. Order matters only when somebody has to go: until then a hit just writes
 * down its place, and then the policy is told once of each entry, in the order of their last uses.
 */
export class ReadBuffer {
  readonly #eviction: EvictionPolicy<Entry>;
  readonly #pending: Entry[] = [];
  #last = 0;

  constructor(eviction: EvictionPolicy<Entry>) {
    this.#eviction = eviction;
  }

  record(entry: Entry): void {
    entry.lastHit = ++this.#last;
    if (entry.pendingHits++ === 0 && this.#pending.push(entry) === MAX_PENDING) this.drain();
  }

  /** Call before the policy is asked or told anything else. */
  drain(): void {
    const used = this.#pending;
    if (used.length > 1) used.sort(byLastHit);
    for (const entry of used) {
      if (entry.isKept) this.#eviction.touch(entry, entry.pendingHits);
      entry.pendingHits = 0;
    }
    used.length = 0;
    this.#last = 0;
  }
}

function byLastHit(one: Entry, other: Entry): number {
  return one.lastHit - other.lastHit;
}
