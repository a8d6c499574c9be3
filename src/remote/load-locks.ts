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
  readonly name: string;
  readonly token: Buffer;
  readonly sinceMs: number;
  /** When the store was last asked for it, and took it: it cannot expire before `lockMs` after that. */
  askedAtMs: number;
  cancelRenewal: () => void;
}

/**
 * Locks of keys that are loaded by one process at a time. They save work, and nothing that is right rests on them: two loads of a
 * key are as good as one, and a value that comes late is refused by what the log says.
 *
 * The store compares nothing: a process renews a lock or gives it back if it knows by its own clock that the lock cannot have expired.
 * If somebody has taken it over, a renewal finds that out. Later, it is left to expire.
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
    if (isTaken) this.#hold({ name, token, askedAtMs });
    return isTaken ?? true;
  }

  /** Returns the function that gives a lock back; undefined if this process does not have it. */
  release(name: string): ((isShared: boolean) => void) | undefined {
    const held = this.#held.get(name);
    if (held === undefined) return undefined;
    return (isShared) => {
      if (this.#drop(held) && this.#isOwn(held))
        void this.#write(name, isShared ? [Buffer.alloc(0), 1] : [unshared, unsharedMs]);
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
    void this.#write(name, [token, lockMs]);
    this.#hold({ name, token, askedAtMs });
  }

  #hold({ name, token, askedAtMs }: Pick<Held, 'name' | 'token' | 'askedAtMs'>): void {
    const former = this.#held.get(name);
    if (former) this.#drop(former);
    const held: Held = { name, token, sinceMs: askedAtMs, askedAtMs, cancelRenewal: () => {} };
    this.#held.set(name, held);
    this.#renewLater(held);
  }

  /** Returns whether it was still held. */
  #drop(held: Held): boolean {
    held.cancelRenewal();
    return this.#held.get(held.name) === held && this.#held.delete(held.name);
  }

  #renewLater(held: Held): void {
    held.cancelRenewal = this.#time.after(lockMs / 2, () => void this.#renew(held).catch(() => this.#drop(held)));
  }

  async #renew(held: Held): Promise<void> {
    const { name, token, sinceMs } = held;
    const isToBeHeld = () =>
      this.#held.get(name) === held && this.#isOwn(held) && this.#time.now() - sinceMs < longestHeldMs;
    const found = isToBeHeld() ? await this.#store.get(name) : undefined;
    const askedAtMs = this.#time.now();
    if (!found?.equals(token) || !isToBeHeld()) return void this.#drop(held);
    if (await this.#write(name, [token, lockMs])) held.askedAtMs = askedAtMs;
    if (this.#held.get(name) === held) this.#renewLater(held);
  }

  #isOwn({ askedAtMs }: Held): boolean {
    return this.#time.now() - askedAtMs < lockMs - marginMs;
  }

  /** Resolves with whether the store took it. */
  async #write(name: string, [value, lifetimeMs]: [Buffer, number]): Promise<boolean> {
    try {
      const written = this.#store.set(name, value, lifetimeMs);
      await written;
      return written !== undefined;
    } catch {
      return false;
    }
  }
}
