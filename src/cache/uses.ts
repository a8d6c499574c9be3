import type { Entry } from './entry.ts';
import type { EvictionPolicy } from './eviction/policy.ts';

const MAX_UNSETTLED = 4_096; // sorted in well under a millisecond

/**
 * The hits of which the eviction policy was not told yet. Order matters only when somebody has to go: until then a hit just writes
 * down its place, and then the policy is told once of each entry, in the order of their last uses.
 */
export class Uses {
  readonly #eviction: EvictionPolicy<Entry>;
  readonly #used: Entry[] = [];
  #last = 0;

  constructor(eviction: EvictionPolicy<Entry>) {
    this.#eviction = eviction;
  }

  note(entry: Entry): void {
    entry.lastUse = ++this.#last;
    if (entry.unsettledUses++ === 0 && this.#used.push(entry) === MAX_UNSETTLED) this.settle();
  }

  /** Call before the policy is asked or told anything else. */
  settle(): void {
    const used = this.#used;
    if (used.length > 1) used.sort(byLastUse);
    for (const entry of used) {
      if (entry.isKept) this.#eviction.touch(entry, entry.unsettledUses);
      entry.unsettledUses = 0;
    }
    used.length = 0;
    this.#last = 0;
  }
}

function byLastUse(one: Entry, other: Entry): number {
  return one.lastUse - other.lastUse;
}
