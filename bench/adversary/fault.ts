import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../test/product/random.ts';
import type { Direction, Network } from './network.ts';
import type { Site } from './site.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

export interface FaultContext {
  readonly site: Site;
  readonly world: World;
  readonly tally: Tally;
}

/** What a fault needs for itself while it lasts. */
export type Ground = 'process' | 'network' | 'database' | 'redis' | 'network to Redis' | 'none';

/** A fault as the seed has drawn it. */
export interface Fault {
  readonly kind: string;
  readonly ground: Ground;
  /** Which of the processes. */
  readonly index: number;
  readonly what: string;
  /** Resolves when all is as before. */
  run(context: FaultContext): Promise<void>;
}

export type Draw = (random: Random, index: number) => Pick<Fault, 'ground' | 'what' | 'run'>;

/** With how often each is drawn. */
export type Kinds = Readonly<Record<string, readonly [weight: number, draw: Draw]>>;

/** Short times are drawn more often than long ones: between two faults something has to be acknowledged. */
export function between(random: Random, leastMs: number, mostMs: number): number {
  return Math.floor(leastMs + random.next() ** 2 * (mostMs - leastMs));
}

export async function holding(
  network: Network,
  { direction, reach, ms }: { direction: Direction; reach: 'all' | 'now'; ms: number },
): Promise<void> {
  network.freeze(direction, reach);
  await delay(ms);
  network.thaw();
}
