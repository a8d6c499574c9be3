import type { Entry } from './entry.ts';
import { type HookCalls, keyEventOf } from './hooks.ts';
import type { Load } from './request.ts';
import type { FieldCounters } from './statistics.ts';
import type { Store } from './store.ts';

interface Counting {
  readonly store: Store;
  readonly field: FieldCounters;
  readonly hookCalls: HookCalls;
  readonly countMiss: () => void;
}

/** Counts a lookup for which the remote tier is asked, so that it is not known yet whether it misses. */
export class RemoteLookup {
  readonly #counting: Counting;
  #isCounted = false;

  constructor(counting: Counting) {
    this.#counting = counting;
  }

  /** Returns a load that counts itself, and the lookup as a miss: it runs if the tier has no value. */
  counted(load: Load<unknown>): Load<unknown> {
    return (loadContext) => {
      this.countMiss();
      this.#counting.field.loads++;
      return load(loadContext);
    };
  }

  /** Counts a miss, unless the lookup is counted. */
  countMiss(): void {
    if (this.#isCounted) return;
    this.#isCounted = true;
    this.#counting.countMiss();
  }

  /** The tier saved a load; the entry was made of its value. */
  countHit(entry: Entry): void {
    this.#isCounted = true;
    const { store, field, hookCalls } = this.#counting;
    store.statistics.countRemoteHit(field, entry.keyHash);
    if (entry.isKept) entry.hits++;
    else field.savedMs += entry.loadMs;
    if (hookCalls.hooks.hit !== undefined) hookCalls.call('hit', { ...keyEventOf(entry), isStale: false });
  }
}
