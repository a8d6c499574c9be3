import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

/** Points per key in a window of fixed length that begins with the first use. */
export interface Allowance {
  readonly points: number;
  readonly seconds: number;
}

/** The points that the key has used, including these; or, when its allowance is exceeded, the time until the window ends. */
export type Taken = { readonly used: number } | { readonly retryAfterMs: number };

/** Counts points by key. Refused points are not counted. */
export interface RateLimiter {
  take(key: string, points?: number): Promise<Taken>;
  giveBack(key: string, points?: number): Promise<void>;
  /** Points that the key has used in the current window. */
  usedBy(key: string): Promise<number>;
}

/** What the counters need of a pool of the `pg` driver. Its database has the table `rate_limits`. */
export interface CounterStore {
  query(statement: { text: string; values?: unknown[]; name?: string }): Promise<{ rows: unknown[] }>;
}

/**
 * Creates a limiter that counts in memory or, with a store, together with all processes that use the same one. While the store
 * fails, each process counts by itself.
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
