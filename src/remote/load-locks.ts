import { randomBytes } from 'node:crypto';
import type { GuardedStore, GuardTime } from './guarded-store.ts';

/** For how long a process that loads keeps others from loading the same. One that died is passed after that. */
export const lockMs = 5_000;
/** What a command may take to arrive. */
const marginMs = 1_000;
/** How long others wait before they look again; they do so for `lockMs` at most, and load then. */
const lookEveryMs = 50;

interface LocksOptions {
  readonly store: GuardedStore;
  readonly time: GuardTime;
}

/**
 * Locks of keys that are loaded by one process at a time. They save work, and nothing that is right rests on them: two loads of a
 * key are as good as one, and a value that comes late is refused by what the log says.
 *
 * A lock is given back without a comparison at the server. Its process knows by its own clock, from the moment in which it asked
 * for the lock, that it cannot have expired: so it is still its own. Later, it is left to expire.
 */
export class LoadLocks {
  readonly #store: GuardedStore;
  readonly #time: GuardTime;
  /** When each lock was asked for. */
  readonly #held = new Map<string, number>();

  constructor({ store, time }: LocksOptions) {
    this.#store = store;
    this.#time = time;
  }

  /** Takes a lock. Resolves with false if another process has it; with true also if the store does not tell. */
  async take(name: string): Promise<boolean> {
    const askedAtMs = this.#time.now();
    let isTaken: boolean | undefined;
    try {
      isTaken = await this.#store.add(name, randomBytes(12), lockMs);
    } catch {}
    if (isTaken) this.#hold(name, askedAtMs);
    return isTaken ?? true;
  }

  /** Forgets locks that have expired, of loads that never began. */
  #hold(name: string, askedAtMs: number): void {
    for (const [other, sinceMs] of this.#held) {
      if (askedAtMs - sinceMs < lockMs) break;
      this.#held.delete(other);
    }
    this.#held.delete(name);
    this.#held.set(name, askedAtMs);
  }

  /** Returns the function that gives a lock back; undefined if this process does not have it. */
  release(name: string): (() => void) | undefined {
    const askedAtMs = this.#held.get(name);
    if (askedAtMs === undefined) return undefined;
    this.#held.delete(name);
    return () => {
      if (this.#time.now() - askedAtMs < lockMs - marginMs) this.#store.set(name, Buffer.alloc(0), 1)?.catch(() => {});
    };
  }

  /**
   * Looks again and again while another process loads. Resolves with what it has loaded, or with undefined if it is to be loaded
   * here.
   */
  async wait<T>(name: string, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const endMs = this.#time.now() + lockMs;
    while (!(await this.take(name))) {
      if (this.#time.now() >= endMs) return undefined;
      await new Promise<void>((resolve) => this.#time.after(lookEveryMs, resolve));
      const found = await look();
      if (found !== undefined) return found;
    }
    const found = await look(); // it may have come between the last look and the lock
    if (found !== undefined) this.release(name)?.();
    return found;
  }
}
