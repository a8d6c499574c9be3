import type { Answer, Request } from './client.ts';
import type { Contender } from './contender.ts';
import { Load, quantile } from './load.ts';
import { measureStolen } from './stolen.ts';

/** How long, and how often. */
export interface Pace {
  readonly rounds: number;
  /** Before each turn, and long before the first. */
  readonly warmUpMs: number;
  readonly firstWarmUpMs: number;
  readonly turnMs: number;
  /** Keys of the memory question. */
  readonly keys: number;
}

/** For questions of which a short turn would say little: few answers a second, or the latency of few among them. */
export function longer({ rounds, warmUpMs, turnMs, ...rest }: Pace): Pace {
  return { ...rest, rounds: 2 * rounds - 1, warmUpMs: 3 * warmUpMs, turnMs: 4 * turnMs };
}

/** One contender's time under load. */
export interface Turn {
  readonly rate: number;
  readonly cpuUs: number;
  readonly generatorUs: number;
  /** Share of the cores' time that other machines on the same host had. */
  readonly stolen: number;
  /** By the names that answers were given; `all` of them too. */
  readonly latencies: ReadonlyMap<string, Latency>;
}

export interface Latency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Traffic {
  readonly next: () => Request | undefined;
  readonly nameOf?: (request: Request, answer: Answer) => string;
}

export const connections = 32;

/** A turn of which more was stolen says more about the host's other guests than about who is measured. */
const mostStolen = 0.03;
const mostTries = 3;

export interface RoundsOptions {
  readonly title: string;
  readonly contenders: readonly Contender[];
  readonly pace: Pace;
  readonly trafficFor: (contender: Contender) => Traffic;
  readonly progress: (message: string) => void;
}

/** Contenders take turns, each round beginning with another one; the first round is dropped. */
export async function inRounds(options: RoundsOptions): Promise<Map<string, Turn[]>> {
  const { title, contenders, pace, trafficFor, progress } = options;
  const traffic = new Map(contenders.map((contender) => [contender, trafficFor(contender)]));
  const turns = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= pace.rounds; round++) {
    const shift = round % contenders.length;
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
      const tries = round === 0 ? 1 : mostTries;
      const turn = await leastDisturbed(tries, async () => {
        const taken = await takeTurn(contender, traffic.get(contender)!, pace);
        progress(`${title}, round ${round} of ${pace.rounds}: ${contender.label} ${shownTurn(taken, round)}`);
        return taken;
      });
      if (round > 0) turns.get(contender.name)!.push(turn);
    }
  }
  return turns;
}

/** A turn that is disturbed is taken again, so many times at most; its least disturbed try counts. */
async function leastDisturbed(mostTries: number, take: () => Promise<Turn>): Promise<Turn> {
  let best = await take();
  for (let tries = 1; tries < mostTries && best.stolen > mostStolen; tries++) {
    const taken = await take();
    if (taken.stolen < best.stolen) best = taken;
  }
  return best;
}

function shownTurn({ rate, stolen }: Turn, round: number): string {
  const rest = stolen > mostStolen ? `, ${(100 * stolen).toFixed(0)} % stolen by the host` : '';
  return `${Math.round(rate).toLocaleString('en')}/s${round === 0 ? ', dropped' : ''}${rest}`;
}

export async function warmUp(contender: Contender, traffic: Traffic, durationMs: number): Promise<void> {
  const load = await Load.open({ port: contender.port, connections, ...traffic });
  await load.run(durationMs).finally(() => load.close());
}

async function takeTurn(contender: Contender, traffic: Traffic, pace: Pace): Promise<Turn> {
  const load = await Load.open({ port: contender.port, connections, ...traffic });
  try {
    await load.run(pace.warmUpMs);
    const cpuBefore = contender.cpuMs();
    const stolen = measureStolen();
    const { requests, seconds, latencies, generatorUs } = await load.run(pace.turnMs);
    const cpuUs = ((contender.cpuMs() - cpuBefore) * 1_000) / requests;
    const all = Float64Array.from([...latencies.values()].flatMap((sample) => [...sample])).sort();
    return {
      ...{ rate: requests / seconds, cpuUs, generatorUs, stolen: stolen() },
      latencies: new Map([...latencies, ['all', all] as const].map(([name, sample]) => [name, latencyOf(sample)])),
    };
  } finally {
    load.close();
  }
}

function latencyOf(ascending: Float64Array): Latency {
  return { count: ascending.length, p50Ms: quantile(ascending, 0.5), p99Ms: quantile(ascending, 0.99) };
}

/** Of the rounds, one number a round. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const ascending = [...values].sort((one, other) => one - other);
  return {
    median: ascending[ascending.length >> 1] ?? Number.NaN,
    min: ascending[0] ?? Number.NaN,
    max: ascending.at(-1) ?? Number.NaN,
  };
}

/** How one contender's rate compares with another's, round by round. */
export function ratio(turns: readonly Turn[], others: readonly Turn[]): Spread {
  return spread(turns.map(({ rate }, round) => rate / others[round]!.rate));
}
