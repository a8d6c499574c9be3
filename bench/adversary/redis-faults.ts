import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../test/product/random.ts';
import { between, type Draw, holding, type Kinds } from './fault.ts';
import type { Direction } from './network.ts';
import type { Stored } from './redis.ts';

const kill: Draw = (random) => {
  const ms = between(random, 0, 3_000);
  return {
    ...{ ground: 'redis', what: `kill -9 of Redis, which is started again, empty, after ${ms} ms` },
    async run({ site }) {
      await site.redis.stop();
      await delay(ms);
      await site.redis.startAgain();
    },
  };
};

const stop: Draw = (random) => {
  const ms = between(random, 50, 5_000);
  return {
    ...{ ground: 'redis', what: `SIGSTOP of Redis for ${ms} ms` },
    async run({ site }) {
      site.redis.signal('SIGSTOP');
      await delay(ms);
      site.redis.signal('SIGCONT');
    },
  };
};

const empty: Draw = () => ({ ground: 'redis', what: 'FLUSHALL of Redis', run: ({ site }) => site.redis.empty() });

const blackHole: Draw = (random, index) => {
  const ms = between(random, 50, 6_000);
  const direction = random.pick<Direction>(['up', 'down', 'both']);
  const reach = random.pick(['all', 'now'] as const);
  const of = reach === 'all' ? 'the network' : 'the open connections';
  return {
    ground: 'network to Redis',
    what: `${of} of process ${index + 1} to Redis pass nothing on (${direction}) for ${ms} ms`,
    run: ({ site }) => holding(site.redisNetworks[index]!, { direction, reach, ms }),
  };
};

const cut: Draw = (random, index) => {
  const ms = between(random, 0, 3_000);
  return {
    ground: 'network to Redis',
    what: `the connections of process ${index + 1} to Redis end, and new ones for ${ms} ms`,
    async run({ site }) {
      const network = site.redisNetworks[index]!;
      network.cut();
      await delay(ms);
      network.mend();
    },
  };
};

/** What was stored shortly before, or before one of the earlier faults of this kind: before a failover, say. */
const putBack: Draw = (random) => {
  const [afterMs, ms] = [between(random, 100, 4_000), between(random, 500, 6_000)];
  const [isLatest, choice] = [random.happens(0.6), random.next()];
  const which = isLatest ? `the values of ${afterMs} ms ago` : 'the values of an earlier time';
  return {
    ...{ ground: 'redis', what: `Redis lies: ${which} are put back without expiry, again and again for ${ms} ms` },
    async run({ site: { redis } }) {
      await redis.remember();
      await delay(afterMs);
      const { memories } = redis;
      const memory = memories[isLatest ? memories.length - 1 : Math.floor(choice * memories.length)]!;
      await redis.forgeFor(ms, (forger) => forger.put(memory, 'none'));
    },
  };
};

const exchange: Draw = (random) => {
  const ms = between(random, 200, 3_000);
  const choices = new Random(random.below(2 ** 31)); // of its own: how much is drawn depends on what is stored
  return {
    ...{ ground: 'redis', what: `Redis lies: each value is stored under another key, again and again for ${ms} ms` },
    run: ({ site }) =>
      site.redis.forgeFor(ms, async (forger) => forger.put(exchanged(await forger.all(), choices), 'kept')),
  };
};

export function exchanged(stored: Stored, random: Random): Stored {
  const values = [...stored.values()];
  const distance = 1 + random.below(Math.max(1, values.length - 1));
  return new Map([...stored.keys()].map((key, place) => [key, values[(place + distance) % values.length]!]));
}

const damage: Draw = (random) => {
  const ms = between(random, 200, 3_000);
  const choices = new Random(random.below(2 ** 31));
  return {
    ...{ ground: 'redis', what: `Redis lies: a bit of each value is another one, again and again for ${ms} ms` },
    run: ({ site }) =>
      site.redis.forgeFor(ms, async (forger) => {
        const damaged = [...(await forger.all())].map(([key, value]) => [key, flipped(value, choices)] as const);
        await forger.put(new Map(damaged), 'kept');
      }),
  };
};

export function flipped(value: Buffer, random: Random): Buffer {
  const changed = Buffer.from(value);
  if (changed.length > 0) changed[random.below(changed.length)]! ^= 1 << random.below(8);
  return changed;
}

const removeExpiry: Draw = (random) => {
  const ms = between(random, 500, 6_000);
  return {
    ...{ ground: 'redis', what: `Redis lies: for ${ms} ms no value expires` },
    run: ({ site }) => site.redis.forgeFor(ms, (forger) => forger.removeExpiry()),
  };
};

/** With how often each is drawn. */
export const redisKinds: Kinds = {
  redisKill: [0.8, kill],
  redisStop: [1.2, stop],
  redisEmpty: [0.5, empty],
  redisBlackHole: [1.5, blackHole],
  redisCut: [0.6, cut],
  redisPutBack: [2.5, putBack],
  redisExchange: [0.8, exchange],
  redisDamage: [0.8, damage],
  redisRemoveExpiry: [0.5, removeExpiry],
};
