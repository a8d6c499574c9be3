import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { kindNames } from './adversary/faults.ts';
import { compareAll, healed } from './adversary/quiet.ts';
import { RemoteFigures } from './adversary/remote-figures.ts';
import { injectFaults } from './adversary/schedule.ts';
import { Site } from './adversary/site.ts';
import { Tally } from './adversary/tally.ts';
import { Traffic } from './adversary/traffic.ts';
import { createWorld } from './adversary/world.ts';

const quietMs = 2_000;
const fewestRemoteHits = 100;

/**
 * Does any process ever answer with something older than what was acknowledged? Writers and readers of real processes, while these,
 * their connections, their database and their Redis are stopped, killed, cut off and restarted, and Redis answers with what is wrong.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '600' },
      processes: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
    },
  });
  const [seconds, processes, seed] = [values.seconds, values.processes, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const only = values.only.split(',').filter((kind) => kind !== '');
  const unknown = only.find((kind) => !kindNames.includes(kind));
  if (unknown !== undefined)
    throw new Error(`expected --only to name some of ${kindNames.join(', ')}, but got ${unknown}`);
  console.log(
    `${processes} processes on one PostgreSQL (fsync on) and one Redis, for ${seconds} s under faults, seed ${seed}`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const tally = new Tally((line) => console.log(line));
  const remote = new RemoteFigures();
  const site = await Site.open({ processes, environment: {} });
  try {
    tally.say('starting the processes');
    const started = await Promise.all(site.hosts.map((host) => host.start()));
    if (started.includes(false)) throw new Error(`expected all processes to start, but got ${started}`);
    const world = await createWorld(site.hosts[0]!, site.primary, site.workspaces);
    await site.replicated();
    tally.begin();
    const traffic = new Traffic({ world, tally, hosts: site.hosts, seed });
    traffic.start();
    remote.start(site.hosts, world.spaces[0]!.token);
    await injectFaults({ site, world, tally }, { seed, durationMs: seconds * 1_000, only });
    await traffic.stop();
    tally.say('quiet');
    await healed(site, world, tally);
    await delay(quietMs);
    await compareAll(site, world, tally);
    await remote.stop();
  } finally {
    await site.close();
  }
  for (const line of [...remote.summary(), ...tally.summary()]) console.log(line);
  const isVain = tally.isVain || remote.hits < fewestRemoteHits;
  if (isVain) console.log('too little was written, or read from memory or from Redis, for this to prove anything');
  if (tally.violations > 0 || isVain) process.exitCode = 1;
}
