import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../test/product/random.ts';
import type { FaultContext, Ground } from './fault.ts';
import { drawFault } from './faults.ts';

const leastPauseMs = 500;
const mostPauseMs = 4_000;

/**
 * Injects faults for a time, as a seed draws them, several at once on different grounds. One whose ground is taken is left out. Resolves
 * when the last one is over.
 */
export async function injectFaults(
  context: FaultContext,
  { seed, durationMs, only }: { seed: number; durationMs: number; only: readonly string[] },
): Promise<void> {
  const { site, tally } = context;
  const random = new Random(seed);
  const taken = new Set<string>();
  const running: Promise<void>[] = [];
  const endsAt = performance.now() + durationMs;
  while (performance.now() < endsAt) {
    await delay(leastPauseMs + random.below(mostPauseMs - leastPauseMs));
    const fault = drawFault(random, { processes: site.hosts.length, only });
    const ground = nameOf(fault.ground, fault.index);
    if (taken.has(ground)) continue;
    if (ground !== 'none') taken.add(ground);
    tally.fault(fault.kind, fault.what);
    running.push(
      fault.run(context).finally(() => {
        taken.delete(ground);
        tally.say(`over: ${fault.what}`);
      }),
    );
  }
  await Promise.all(running);
}

const perProcess: readonly Ground[] = ['process', 'network', 'network to Redis'];

function nameOf(ground: Ground, index: number): string {
  return perProcess.includes(ground) ? `${ground} ${index}` : ground;
}
