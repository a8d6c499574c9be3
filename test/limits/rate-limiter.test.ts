import { describe, expect, it } from 'vitest';
import { type CounterStore, createRateLimiter } from '../../src/limits/rate-limiter.ts';
import { createTestDatabase } from '../setup/databases.ts';

const allowance = { points: 3, seconds: 60 };
const stores = {
  memory: async () => undefined,
  PostgreSQL: async () => (await createTestDatabase('postgres')).counters,
};

describe.each(Object.entries(stores))('a rate limiter in %s', (_, open) => {
  it('says how much is used, and how long to wait where there is no more', async () => {
    const limiter = createRateLimiter('test', allowance, await open());
    expect(await limiter.take('a')).toEqual({ used: 1 });
    expect(await limiter.take('a', 2)).toEqual({ used: 3 });
    const refused = (await limiter.take('a')) as { retryAfterMs: number };
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(await limiter.take('b')).toEqual({ used: 1 });
  });

  it('does not count what it refuses', async () => {
    const limiter = createRateLimiter('test', allowance, await open());
    await limiter.take('a', 2);
    expect(await limiter.take('a', 2)).toHaveProperty('retryAfterMs');
    expect(await limiter.usedBy('a')).toBe(2);
    expect(await limiter.take('a')).toEqual({ used: 3 });
  });

  it('takes back what was counted for nothing', async () => {
    const limiter = createRateLimiter('test', allowance, await open());
    await limiter.take('a', 3);
    await limiter.giveBack('a', 2);
    expect(await limiter.usedBy('a')).toBe(1);
    expect(await limiter.usedBy('never seen')).toBe(0);
  });

  it('keeps apart what has another name', async () => {
    const store = await open();
    await createRateLimiter('one', allowance, store).take('a', 3);
    expect(await createRateLimiter('other', allowance, store).take('a')).toEqual({ used: 1 });
  });
});

describe('several processes with one store', () => {
  it('count together', async () => {
    const store = (await createTestDatabase('postgres')).counters;
    const [one, other] = [createRateLimiter('test', allowance, store), createRateLimiter('test', allowance, store)];
    await one.take('a', 2);
    expect(await other.take('a')).toEqual({ used: 3 });
    expect(await one.take('a')).toHaveProperty('retryAfterMs');
  });

  it('count each for itself while the store fails', async () => {
    const store: CounterStore = { query: () => Promise.reject(new Error('gone')) };
    const [one, other] = [createRateLimiter('test', allowance, store), createRateLimiter('test', allowance, store)];
    await one.take('a', 3);
    expect(await one.take('a')).toHaveProperty('retryAfterMs');
    expect(await other.take('a')).toEqual({ used: 1 });
  });
});
