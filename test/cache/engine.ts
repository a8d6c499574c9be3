import { Cache, type CacheOptions } from '../../src/cache/cache.ts';
import type { Timer } from '../../src/cache/clock.ts';
import type { Policy } from '../../src/cache/policy.ts';
import type { Load, Lookup, ReadRequest } from '../../src/cache/request.ts';

export const policy: Policy = {
  ttlMs: 10_000,
  staleMs: 0,
  staleIfErrorMs: 0,
  nullTtlMs: 1_000,
  maxEntries: 100,
  maxBytes: 100_000,
  eviction: 'arc',
};

export type Category = 'POSTS' | 'MEDIA';

/** A clock and a timer that move when the test says so. */
export class ManualTime implements Timer {
  #elapsed = 0;
  #steps = 0;
  #alarms: { at: number; run: () => void }[] = [];

  readonly clock = { now: () => this.#elapsed + this.#steps };

  after(delayMs: number, run: () => void): () => void {
    const alarm = { at: this.#elapsed + delayMs, run };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  get alarms(): number {
    return this.#alarms.length;
  }

  /** Time passes, and alarms go off. */
  pass(ms: number): void {
    this.#elapsed += ms;
    const due = this.#alarms.filter(({ at }) => at <= this.#elapsed);
    this.#alarms = this.#alarms.filter(({ at }) => at > this.#elapsed);
    for (const alarm of due) alarm.run();
  }

  /** The clock steps; no time passes. */
  step(ms: number): void {
    this.#steps += ms;
  }
}

/** A cache of two categories under a manual clock, and reads of one of them that tell what happened. */
export function createEngine(limits: Partial<Policy> = {}, options: Partial<CacheOptions<Category>> = {}) {
  const time = new ManualTime();
  const cache = new Cache<Category>({
    policies: { POSTS: { ...policy, ...limits }, MEDIA: policy },
    clock: time.clock,
    timer: time,
    ...options,
  });
  /** The value and what an observer saw. */
  const look = async <T>(request: string | Partial<ReadRequest<Category>>, load: Load<T>) => {
    const asked = typeof request === 'string' ? { key: request } : request;
    let seen: Lookup | undefined;
    const entry = await cache.read(
      { category: 'POSTS', key: 'key', observe: (lookup) => (seen = lookup), ...asked } as ReadRequest<Category>,
      load,
    );
    return { value: entry.value, entry, ...seen! };
  };
  const fetch = async <T>(request: string | Partial<ReadRequest<Category>>, load: Load<T>) =>
    (await look(request, load)).value;
  const stats = (category: Category = 'POSTS') =>
    cache.snapshot().categories.find((snapshot) => snapshot.category === category)!;
  return { time, cache, look, fetch, stats };
}

export interface Gate<T> {
  readonly promise: Promise<T>;
  open(value: T): void;
  fail(error: unknown): void;
  /** How often `load` was called. */
  loads: number;
  readonly load: () => Promise<T>;
}

/** A load that ends when the test says so. */
export function createGate<T>(): Gate<T> {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  promise.catch(() => {});
  const gate = {
    promise,
    open,
    fail,
    loads: 0,
    load: () => {
      gate.loads++;
      return promise;
    },
  };
  return gate;
}

/** A load that counts its runs and brings that count. */
export function createCounter() {
  const counter = { runs: 0, load: async () => ++counter.runs };
  return counter;
}

/** Loads for which the test does not wait may go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
