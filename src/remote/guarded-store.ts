import { Breaker, type BreakerState } from './breaker.ts';
import type { RemoteStore } from './remote-store.ts';

/** What keeps calls to a store from delaying anybody. */
export interface GuardTime {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Calls `run` once after a delay. Returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemTime: GuardTime = {
  now: () => performance.now(),
  after(delayMs, run) {
    // In a process that was busy, answers that have come wait behind the timers: they are read first.
    const timeout = setTimeout(() => setImmediate(run), delayMs);
    timeout.unref();
    return () => clearTimeout(timeout);
  },
};

/** The store does not take calls now, or did not answer in time. */
export class StoreUnavailableError extends Error {}

export interface GuardOptions {
  readonly time: GuardTime;
  /** How long a call may take. */
  readonly deadlineMs: number;
  readonly onChange: (kind: CallKind, state: BreakerState, cause: unknown) => void;
  readonly onCall: (call: { readonly kind: CallKind; readonly ms: number; readonly error?: unknown }) => void;
}

export type CallKind = 'read' | 'write';

/**
 * A store whose calls end within a time, and are not made at all while it fails. Reads and writes fail apart: a server that is
 * out of memory, or became a replica, still answers reads.
 */
export class GuardedStore {
  readonly #store: RemoteStore;
  readonly #options: GuardOptions;
  readonly #breakers: Readonly<Record<CallKind, Breaker>>;
  #cause: unknown;

  constructor(store: RemoteStore, options: GuardOptions) {
    this.#store = store;
    this.#options = options;
    const breakerOf = (kind: CallKind) =>
      new Breaker({ now: () => options.time.now(), onChange: (state) => options.onChange(kind, state, this.#cause) });
    this.#breakers = { read: breakerOf('read'), write: breakerOf('write') };
  }

  stateOf(kind: CallKind): BreakerState {
    return this.#breakers[kind].state;
  }

  /** Undefined while no reads are made. */
  get(key: string): Promise<Buffer | undefined> | undefined {
    return this.#call('read', () => this.#store.get(key));
  }

  set(key: string, value: Buffer, lifetimeMs: number): Promise<void> | undefined {
    return this.#call('write', () => this.#store.set(key, value, lifetimeMs));
  }

  add(key: string, value: Buffer, lifetimeMs: number): Promise<boolean> | undefined {
    return this.#call('write', () => this.#store.add(key, value, lifetimeMs));
  }

  close(): void {
    this.#store.close();
  }

  #call<T>(kind: CallKind, call: () => Promise<T>): Promise<T> | undefined {
    const breaker = this.#breakers[kind];
    if (!breaker.begin()) return undefined;
    const { time, deadlineMs, onCall } = this.#options;
    const startedAtMs = time.now();
    return new Promise<T>((resolve, reject) => {
      let isOver = false;
      const end = (error: unknown, finish: () => void) => {
        if (isOver) return;
        isOver = true;
        cancel();
        this.#cause = error;
        if (error === undefined) breaker.succeeded();
        else breaker.failed();
        onCall({ kind, ms: time.now() - startedAtMs, error });
        finish();
      };
      const late = new StoreUnavailableError(`no answer within ${deadlineMs} ms`);
      const cancel = time.after(deadlineMs, () => end(late, () => reject(late)));
      called(call).then(
        (value) => end(undefined, () => resolve(value)),
        (error: unknown) => end(error ?? new StoreUnavailableError('no reason'), () => reject(error)),
      );
    });
  }
}

/** A client may throw at once. */
async function called<T>(call: () => Promise<T>): Promise<T> {
  return await call();
}
