import { ManualTime } from '../../../test/setup/manual-time.ts';
import { Cache, entriesOf } from '../src/cache.ts';
import type { CacheOptions } from '../src/engine-parts.ts';
import type { Policy } from '../src/policy.ts';
import type { Load, Lookup, ReadRequest } from '../src/request.ts';

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

/** A cache of two categories under a manual clock, and reads of one of them that tell what happened. */
export function createEngine(limits: Partial<Policy> = {}, options: Partial<CacheOptions<Category>> = {}) {
  const time = new ManualTime();
  const values = new Cache<Category>({
    policies: { POSTS: { ...policy, ...limits }, MEDIA: policy },
    clock: time.clock,
    timer: time,
    ...options,
  });
  const cache = entriesOf(values);
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
  return { time, values, cache, look, fetch, stats };
}

/** A load that counts its runs and brings that count. */
export function createCounter() {
  const counter = { runs: 0, load: async () => ++counter.runs };
  return counter;
}
