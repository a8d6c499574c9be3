import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../test/product/random.ts';
import { between, type Draw, type Fault, holding, type Kinds } from './fault.ts';
import type { Host } from './host.ts';
import type { Direction } from './network.ts';
import { redisKinds } from './redis-faults.ts';
import { databaseName } from './world.ts';

const stop: Draw = (random, index) => {
  const ms = between(random, 100, 6_000);
  return {
    ...{ ground: 'process', what: `SIGSTOP of process ${index + 1} for ${ms} ms` },
    async run({ site }) {
      const host = site.hosts[index]!;
      host.signal('SIGSTOP');
      await delay(ms);
      host.signal('SIGCONT');
    },
  };
};

const kill: Draw = (random, index) => {
  const ms = between(random, 0, 2_000);
  return {
    ...{ ground: 'process', what: `kill -9 of process ${index + 1}, which is started again after ${ms} ms` },
    async run({ site, tally }) {
      const host = site.hosts[index]!;
      await host.kill();
      await delay(ms);
      await startAgain(host);
      tally.say(`process ${index + 1} listens again`);
    },
  };
};

async function startAgain(host: Host): Promise<void> {
  while (!(await host.start())) await delay(300);
}

const stopDatabase: Draw = (random) => {
  const ms = between(random, 100, 4_000);
  return {
    ...{ ground: 'database', what: `SIGSTOP of PostgreSQL with all its sessions for ${ms} ms` },
    async run({ site }) {
      const resume = site.primary.pause();
      await delay(ms);
      resume();
    },
  };
};

const stopSession: Draw = (random) => {
  const [ms, name] = [between(random, 100, 4_000), random.pick(['magpie', 'magpie member%'])];
  return {
    ...{ ground: 'database', what: `SIGSTOP of one session of PostgreSQL (${name}) for ${ms} ms` },
    async run({ site }) {
      const [row] = await site.primary.query<{ pid: number }>(
        'select pid from pg_stat_activity where datname = $1 and application_name like $2 order by random() limit 1',
        [databaseName, name],
      );
      if (row) await site.pauseSession(row.pid, ms);
    },
  };
};

const terminate: Draw = (random) => {
  const [share, name] = [random.pick([0.2, 0.5, 1]), random.pick(['magpie', 'magpie member%', 'magpie%'])];
  return {
    ...{ ground: 'database', what: `pg_terminate_backend of ${share * 100} % of the connections that are ${name}` },
    async run({ site }) {
      await site.primary.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = $1 and application_name like $2 and random() < $3`,
        [databaseName, name, share],
      );
    },
  };
};

const blackHole: Draw = (random, index) => {
  const ms = between(random, 200, 8_000);
  const direction = random.pick<Direction>(['up', 'down', 'both', 'both']);
  const reach = random.pick(['all', 'now'] as const);
  const of = reach === 'all' ? 'the network' : 'the open connections';
  return {
    ...{ ground: 'network', what: `${of} of process ${index + 1} pass nothing on (${direction}) for ${ms} ms` },
    async run({ site }) {
      await holding(site.networks[index]!, { direction, reach, ms });
    },
  };
};

const cut: Draw = (random, index) => {
  const [ms, chance] = [between(random, 0, 3_000), random.pick([0.3, 1])];
  const chosen = new Random(random.below(2 ** 31)); // of its own: how much is drawn of it depends on the connections
  return {
    ...{
      ground: 'network',
      what: `${chance * 100} % of the connections of process ${index + 1} end, and new ones for ${ms} ms`,
    },
    async run({ site }) {
      const network = site.networks[index]!;
      if (chance < 1) return network.drop(() => chosen.happens(chance));
      network.cut();
      await delay(ms);
      network.mend();
    },
  };
};

const restart =
  (mode: 'fast' | 'immediate'): Draw =>
  (random) => {
    const ms = between(random, 0, 1_500);
    return {
      ...{ ground: 'database', what: `PostgreSQL restarts (${mode}), after ${ms} ms` },
      async run({ site }) {
        await site.primary.stop(mode);
        await delay(ms);
        await site.primary.start();
      },
    };
  };

const failOver: Draw = (random) => {
  const ms = between(random, 50, 1_000);
  return {
    ...{ ground: 'database', what: `failover to a replica that has not heard of the last ${ms} ms` },
    async run({ site, world, tally }) {
      const lost = await site.failOver(ms, (primary) => world.failOver(primary));
      tally.lost(lost);
      tally.say(`the replica is the primary, and has lost ${lost} acknowledged writes`);
    },
  };
};

const stepClock: Draw = (random, index) => {
  const ms = random.pick([-3_600_000, -60_000, -2_000, 2_000, 60_000, 3_600_000]);
  return {
    ...{ ground: 'none', what: `the wall clock of process ${index + 1} steps by ${ms / 1_000} s` },
    run: async ({ site }) => site.hosts[index]!.stepClock(ms),
  };
};

const kinds: Kinds = {
  kill: [1.2, kill],
  stop: [3, stop],
  stopDatabase: [1.2, stopDatabase],
  stopSession: [1.5, stopSession],
  terminate: [2, terminate],
  blackHole: [3, blackHole],
  cut: [1.2, cut],
  restartFast: [0.4, restart('fast')],
  restartImmediate: [0.6, restart('immediate')],
  failOver: [0.7, failOver],
  clockStep: [0.7, stepClock],
  ...redisKinds,
};

export const kindNames = Object.keys(kinds);

/** Draws the next fault. */
export function drawFault(random: Random, { processes, only }: { processes: number; only: readonly string[] }): Fault {
  const names = only.length > 0 ? only : kindNames;
  const total = names.reduce((sum, name) => sum + kinds[name]![0], 0);
  let dice = random.next() * total;
  let kind = names[0]!;
  for (const name of names) {
    kind = name;
    dice -= kinds[name]![0];
    if (dice < 0) break;
  }
  const index = random.below(processes);
  return { kind, index, ...kinds[kind]![1](random, index) };
}
