import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

/** How often something may be done within a time that begins with the first use, for each key. */
export interface Allowance {
  readonly points: number;
  readonly seconds: number;
}

/** The points that a key has used, these included; or how long to wait where its allowance is used up. */
export type Taken = { readonly used: number } | { readonly retryAfterMs: number };

/** Counts by key. What is refused is not counted. */
export interface RateLimiter {
  take(key: string, points?: number): Promise<Taken>;
  giveBack(key: string, points?: number): Promise<void>;
  /** Points that the key has used in the time that runs. */
  usedBy(key: string): Promise<number>;
}

/** A pool of the `pg` driver, as far as counting needs one. Its database has the table `rate_limits`. */
export interface CounterStore {
  query(statement: { text: string; values?: unknown[]; name?: string }): Promise<{ rows: unknown[] }>;
}

/**
 * Counts in memory; with a store, together with all processes that use the same one. While the store fails, each process counts
 * for itself.
 */
export function createRateLimiter(name: string, allowance: Allowance, store?: CounterStore): RateLimiter {
  const options = { keyPrefix: name, points: allowance.points, duration: allowance.seconds };
  const memory = new RateLimiterMemory(options);
  const limiter = store
    ? new RateLimiterPostgres({
        ...{ ...options, storeClient: store, storeType: 'pool' },
        ...{ tableName: 'rate_limits', tableCreated: true, insuranceLimiter: memory },
      })
    : memory;
  return {
    async take(key, points = 1) {
      try {
        const { consumedPoints } = await limiter.consume(key, points);
        return { used: consumedPoints };
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        await limiter.reward(key, points);
        return { retryAfterMs: refused.msBeforeNext };
      }
    },
    async giveBack(key, points = 1) {
      await limiter.reward(key, points);
    },
    async usedBy(key) {
      return (await limiter.get(key))?.consumedPoints ?? 0;
    },
  };
}
