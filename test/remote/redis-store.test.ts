import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { redisAddressOf } from '../../src/redis-address.ts';
import { openRedisStore } from '../../src/remote/redis-store.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import { startDatabaseProxy } from '../setup/database-proxy.ts';
import {
  hasRedis,
  type RedisServer,
  startRedisCluster,
  startRedisSentinel,
  startRedisServer,
} from '../setup/redis-server.ts';
import { MemoryStore } from './memory-store.ts';
import { address, processOf } from './shared-tier.ts';

/** A store that has connected. */
async function open(url: string): Promise<RemoteStore> {
  const store = openRedisStore({ address: redisAddressOf(url)!, onError() {} });
  onTestFinished(() => store.close());
  await untilAnswered(store);
  return store;
}

/** Lets sockets be read. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function untilAnswered(store: RemoteStore): Promise<void> {
  for (;;) {
    try {
      await store.get('nothing');
      return;
    } catch {
      await turn();
    }
  }
}

let names = 0;

function contractOf(openStore: () => Promise<RemoteStore>) {
  it('brings the bytes that were stored last, and nothing of other keys', async () => {
    const store = await openStore();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const keys = Array.from({ length: 20 }, () => `test:${++names}`); // in all slots of a cluster
    for (const key of keys) expect(await store.get(key)).toBeUndefined();
    for (const key of keys) await store.set(key, Buffer.from(key), 60_000);
    for (const key of keys) await store.set(key, Buffer.concat([bytes, Buffer.from(key)]), 60_000);
    for (const key of keys) expect(await store.get(key)).toEqual(Buffer.concat([bytes, Buffer.from(key)]));
  });

  it('forgets them after their lifetime', async () => {
    const store = await openStore();
    const key = `test:${++names}`;
    await store.set(key, Buffer.from('a'), 1);
    while (await store.get(key));
    expect(await store.add(key, Buffer.from('b'), 60_000)).toBe(true);
  });

  it('adds what is not there, once', async () => {
    const store = await openStore();
    const key = `test:${++names}`;
    const added = await Promise.all(['a', 'b', 'c'].map((text) => store.add(key, Buffer.from(text), 60_000)));
    expect(added.filter(Boolean).length).toBe(1);
    expect((await store.get(key))!.toString()).toBe('abc'[added.indexOf(true)]);
  });

  it('lets processes share a value', async () => {
    const store = await openStore();
    const [one, two] = [processOf(store), processOf(store)];
    const at = { ...address, key: `key ${++names}` };
    await one.load({ id: 1 }, {}, at);
    expect(await two.find(at)).toMatchObject({ value: { id: 1 } });
    two.log.write('ws_1/Post');
    expect(await two.find(at)).toBeUndefined();
  });
}

describe('a store in this process, for tests', () => {
  contractOf(async () => new MemoryStore());
});

describe.skipIf(!hasRedis)('a Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedisServer();
  });
  afterAll(() => redis?.stop());
  contractOf(() => open(redis.url));

  describe('in trouble', () => {
    /** A process that shares values through the server, and another one that has loaded one. */
    async function setUp(url = redis.url) {
      const [one, two] = [processOf(await open(url)), processOf(await open(url))];
      const at = { ...address, key: `key ${++names}` };
      await one.load('loaded', {}, at);
      expect(await two.find(at)).toMatchObject({ value: 'loaded' });
      return { one, two, at };
    }
    /** A lookup, which ends after 50 ms. */
    const findLate = ({ find, pass }: ReturnType<typeof processOf>, at: typeof address) => {
      const found = find(at);
      pass(50);
      return found;
    };

    it('that does not answer delays by no more than the deadline, and is used again when it does', async () => {
      const { two, at } = await setUp();
      await redis.command('CLIENT', 'PAUSE', '400', 'ALL'); // also a command that would end it waits
      for (let i = 0; i < 3; i++) expect(await findLate(two, at)).toBeUndefined();
      expect(two.find(at)).toBeUndefined();
      expect(two.tier.snapshot()).toMatchObject({ state: 'UNAVAILABLE', timeouts: 3 });
      two.pass(500);
      expect(await two.find(at)).toMatchObject({ value: 'loaded' });
      expect(two.tier.snapshot()).toMatchObject({ state: 'AVAILABLE' });
    });

    it('that was emptied has misses', async () => {
      const { two, at } = await setUp();
      await redis.command('FLUSHALL');
      expect(await two.find(at)).toBeUndefined();
      expect(two.tier.snapshot()).toMatchObject({ state: 'AVAILABLE', misses: 1, errors: 0 });
    });

    it('that is out of memory is still read', async () => {
      const { one, two, at } = await setUp();
      await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
      onTestFinished(() => void redis.command('CONFIG', 'SET', 'maxmemory', '0'));
      await one.load('new', {}, { ...at, key: 'another' });
      expect(one.tier.snapshot()).toMatchObject({ state: 'AVAILABLE', errors: 1, writes: 1 });
      expect(await two.find(at)).toMatchObject({ value: 'loaded' });
    });

    it('that became a replica is still read', async () => {
      const { one, two, at } = await setUp();
      await redis.command('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
      await redis.command('REPLICAOF', '127.0.0.1', '1');
      onTestFinished(() => void redis.command('REPLICAOF', 'NO', 'ONE'));
      for (let i = 0; i < 3; i++) await one.load('new', {}, { ...at, key: `another ${i}` });
      expect(one.tier.snapshot()).toMatchObject({ state: 'AVAILABLE', writeState: 'UNAVAILABLE', errors: 3 });
      expect(await two.find(at)).toMatchObject({ value: 'loaded' });
    });

    it('that is behind a network which passes nothing on is given up, and connected to again', async () => {
      const proxy = await startDatabaseProxy(redis.url);
      const { two, at } = await setUp(proxy.url);
      proxy.freeze();
      for (let i = 0; i < 3; i++) expect(await findLate(two, at)).toBeUndefined();
      expect(two.tier.snapshot()).toMatchObject({ state: 'UNAVAILABLE', timeouts: 3 });
      proxy.cut();
      proxy.resume();
      for (;;) {
        two.time.pass(10_000);
        const found = await two.find(at);
        await turn();
        if (two.tier.snapshot().state !== 'AVAILABLE') continue;
        expect(found).toMatchObject({ value: 'loaded' });
        break;
      }
    });

    it('that is down fails at once, and is used again when it is back, empty', async () => {
      const own = await startRedisServer();
      const { two, at } = await setUp(own.url);
      await own.stop();
      while (two.tier.snapshot().state === 'AVAILABLE') {
        expect(await findLate(two, at)).toBeUndefined();
        await turn();
      }
      const back = await startRedisServer({}, own.port);
      onTestFinished(() => back.stop());
      while (two.tier.snapshot().state !== 'AVAILABLE') {
        two.time.pass(10_000);
        expect(await two.find(at)).toBeUndefined();
        await turn();
      }
    });
  });
});

describe.skipIf(!hasRedis)('a Redis Cluster of three nodes', () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 30_000);
  afterAll(() => cluster?.stop());
  contractOf(() => open(cluster.url));

  it('is reached by way of any node', async () => {
    const store = await open(`redis+cluster://127.0.0.1:${cluster.nodes[2]!.port}`);
    const keys = Array.from({ length: 10 }, () => `test:${++names}`);
    for (const key of keys) await store.set(key, Buffer.from(key), 60_000);
    for (const key of keys) expect((await store.get(key))!.toString()).toBe(key);
  });
});

describe.skipIf(!hasRedis)('a primary that a sentinel knows', () => {
  let watched: Awaited<ReturnType<typeof startRedisSentinel>>;
  beforeAll(async () => {
    watched = await startRedisSentinel();
  }, 30_000);
  afterAll(() => watched?.stop());
  contractOf(() => open(watched.url));

  it('is followed when its replica takes its place', async () => {
    const store = await open(watched.url);
    await watched.sentinel.command('SENTINEL', 'SET', 'magpie', 'down-after-milliseconds', '200');
    await watched.primary.stop();
    for (;;) {
      try {
        await store.set('test:after', Buffer.from('written'), 60_000);
        break;
      } catch {
        await turn();
      }
    }
    expect((await store.get('test:after'))!.toString()).toBe('written');
    expect(await watched.replica.keys('test:after')).toEqual(['test:after']);
  });
});
