import type { Entry } from './entry.ts';
import type { EvictionPolicy } from './eviction/policy.ts';

const MAX_PENDING = 4_096; // sorted in well under a millisecond

/**
 * The hits that the eviction policy was not told yet. Order matters only at an eviction. So a hit records only its position, and
 * `drain` tells the policy once for each entry, in the order of their last hits. (As in Caffeine's read buffer.)
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

  /** Tells the policy all pending hits. Call it before any other call of the policy. */
  drain(): void {
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

function byLastHit(one: Entry, other: Entry): number {
  return one.lastHit - other.lastHit;
}
