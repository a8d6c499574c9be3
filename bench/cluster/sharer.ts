import { setTimeout as delay } from 'node:timers/promises';
import { Cache } from '@magpie/cache';
import { redisAddressOf } from '../../src/redis-address.ts';
import { openRedisStore } from '../../src/remote/redis-store.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import { SharedTier } from '../../src/remote/tier.ts';
import { posts } from '../remote-codec.ts';
import { answerWith } from './child.ts';

/** Keys to look up. */
export interface Lookups {
  /** Values of `AI` are loaded once in all processes. */
  readonly category: 'AI' | 'POSTS';
  readonly keys: readonly string[];
  /** How many lookups are under way at once. */
  readonly atOnce: number;
  /** How long a load takes, and the number of posts in what it brings. */
  readonly loadMs: number;
  readonly postCount: number;
}

export interface Looked {
  readonly latenciesMs: readonly number[];
  readonly loads: number;
  readonly remoteHits: number;
}

/** A process with a cache that shares its values through Redis. Its log of invalidations is one in which nothing is invalidated. */
const store = openRedisStore({ address: redisAddressOf(process.env.REDIS_URL!)!, onError: console.error });
const tier = new SharedTier({
  ...{ store, categories: ['AI', 'POSTS'], loadedOnce: ['AI'], schemaVersion: 'bench', policyVersion: 'bench' },
  log: { now: () => ({ epoch: 'bench', horizon: 1 }), isValid: () => true, outdate() {} },
});
const policy = { ttlMs: 3_600_000, maxEntries: 100_000, maxBytes: 2 ** 30 };
const cache = new Cache({ policies: { AI: policy, POSTS: policy }, remote: tier });

async function lookUp({ category, keys, atOnce, loadMs, postCount }: Lookups): Promise<Looked> {
  const latenciesMs: number[] = [];
  const hitsBefore = tier.snapshot().hits;
  let loads = 0;
  const value = posts(postCount) as object;
  const waiting = [...keys];
  const worker = async () => {
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
      const startMs = performance.now();
      await cache.fetch({ category, key, namespace: 'ws_bench' }, async () => {
        loads++;
        await delay(loadMs);
        return { ...value, key };
      });
      latenciesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await tier.flushed();
  return { latenciesMs, loads, remoteHits: tier.snapshot().hits - hitsBefore };
}

async function connected({ get }: RemoteStore): Promise<void> {
  for (;;) {
    try {
      await get('nothing');
      return;
    } catch {
      await delay(10);
    }
  }
}

await connected(store);
answerWith(lookUp);
