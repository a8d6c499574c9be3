import { randomBytes } from 'node:crypto';
import type { GuardedStore, GuardTime } from './guarded-store.ts';

/** For how long a process that has died keeps others from loading what it was loading. One that lives renews its lock. */
export const lockMs = 5_000;
/** What a command may take to arrive. */
const marginMs = 1_000;
/** A load that hangs for longer holds its lock no more. */
const longestHeldMs = 60_000;
/** How long others wait for a load; then they load too. Less than the cache's limit for a load. */
export const longestWaitMs = 15_000;
/** How long others wait before they look again. */
const lookEveryMs = 50;
/** What a lock says after a load whose value others cannot have. Those that wait then load at once, not one after the other. */
const unshared = Buffer.from('unshared');
/** Longer than two looks. */
const unsharedMs = 500;

interface LocksOptions {
  readonly store: GuardedStore;
  readonly time: GuardTime;
}

interface Held {
  readonly since: number;
  readonly token: Buffer;
  /** When the store was last asked for the lock: it cannot expire before `lockMs` after that. */
  askedAtMs: number;
  cancelRenewal: () => void;
}

/**
 * Locks of keys that are loaded by one process at a time. They save work, and nothing that is right rests on them: two loads of a
 * key are as good as one, and a value that comes late is refused by what the log says.
 *
 * A lock is renewed and given back without a comparison at the server. Its process knows by its own clock, from the moment in which
 * it asked for the lock, that it cannot have expired: so it is still its own. Later, it is left to expire.
 */
export class LoadLocks {
  readonly #store: GuardedStore;
  readonly #time: GuardTime;
  readonly #held = new Map<string, Held>();

  constructor({ store, time }: LocksOptions) {
    this.#store = store;
    this.#time = time;
  }

  /** Takes a lock. Resolves with false if another process has it; with true also if the store does not tell. */
  async take(name: string): Promise<boolean> {
    const askedAtMs = this.#time.now();
    const token = randomBytes(12);
    let isTaken: boolean | undefined;
    try {
      isTaken = await this.#store.add(name, token, lockMs);
    } catch {}
    if (isTaken) this.#hold(name, { since: askedAtMs, token, askedAtMs, cancelRenewal: () => {} });
    return isTaken ?? true;
  }

  /** Returns the function that gives a lock back; undefined if this process does not have it. */
  release(name: string): ((isShared: boolean) => void) | undefined {
    const held = this.#held.get(name);
    if (held === undefined) return undefined;
    return (isShared) => {
      held.cancelRenewal();
      if (this.#held.get(name) === held) this.#held.delete(name);
      if (this.#isOwn(held)) this.#write(name, isShared ? [Buffer.alloc(0), 1] : [unshared, unsharedMs]);
    };
  }

  /**
   * Looks again and again while another process loads. Resolves with what it has loaded, or with undefined if it is to be loaded
   * here.
   */
  async wait<T>(name: string, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const endMs = this.#time.now() + longestWaitMs;
    while (!(await this.take(name))) {
      const state = await this.#store.get(name);
      if (state?.equals(unshared)) return undefined;
      if (this.#time.now() >= endMs) {
        this.#takeOver(name);
        return undefined;
      }
      await new Promise<void>((resolve) => this.#time.after(lookEveryMs, resolve));
      const found = await look();
      if (found !== undefined) return found;
    }
    const found = await look(); // it may have come between the last look and the lock
    if (found !== undefined) this.release(name)?.(true);
    return found;
  }

  /** Takes a lock that was waited for in vain. It expires again then, if the store had lost its expiry. */
  #takeOver(name: string): void {
    const askedAtMs = this.#time.now();
    const token = randomBytes(12);
    this.#write(name, [token, lockMs]);
    this.#hold(name, { since: askedAtMs, token, askedAtMs, cancelRenewal: () => {} });
  }

  #hold(name: string, held: Held): void {
    this.#held.set(name, held);
    this.#renewLater(name, held);
  }

  #renewLater(name: string, held: Held): void {
    held.cancelRenewal = this.#time.after(lockMs / 2, () => {
      const nowMs = this.#time.now();
      if (!this.#isOwn(held) || nowMs - held.since >= longestHeldMs) {
        this.#held.delete(name);
        return;
      }
      held.askedAtMs = nowMs;
      this.#write(name, [held.token, lockMs]);
      this.#renewLater(name, held);
    });
  }

  #isOwn({ askedAtMs }: Held): boolean {
    return this.#time.now() - askedAtMs < lockMs - marginMs;
  }

  #write(name: string, [value, lifetimeMs]: [Buffer, number]): void {
    this.#store.set(name, value, lifetimeMs)?.catch(() => {});
  }
}
