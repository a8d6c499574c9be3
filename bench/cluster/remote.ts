import { startRedisServer } from '../../test/setup/redis-server.ts';
import { quantile } from '../http/load.ts';
import { type Report, shown } from '../http/report.ts';
import { type Spread, spread } from '../http/rounds.ts';
import { Child } from './child.ts';
import type { Looked, Lookups } from './sharer.ts';

interface Pace {
  readonly rounds: number;
  /** Of each round, and of each question about loads. */
  readonly keys: number;
}

type Sharer = Child<Lookups>;

const processes = 3;
const loadMs = 20;
const dearLoadMs = 200;
const timesFasterAtLeast = 10;
const loadsPerKeyAtMost = 1.1;
const keysAtOnce = 10;

/** What is a value in Redis worth, and how often is a value loaded that several processes need at the same time? */
export async function measureRemote(report: Report, pace: Pace): Promise<void> {
  const redis = await startRedisServer();
  const starting = Array.from({ length: processes }, () =>
    Child.start<Lookups>('sharer.ts', { REDIS_URL: redis.url, NODE_ENV: 'production' }),
  );
  const sharers = await Promise.all(starting);
  try {
    await compareHits(sharers, report, pace);
    await countLoads(sharers, report, pace);
  } finally {
    for (const sharer of sharers) sharer.stop();
    await redis.stop();
  }
}

async function compareHits([loader, reader]: readonly Sharer[], report: Report, { rounds, keys }: Pace): Promise<void> {
  report.say(
    '',
    '## A value in Redis',
    '',
    `Two processes with the cache and the tier of src/remote, on a Redis of this machine; nothing is pinned. In each round one looks up ${keys}`,
    `new keys, whose loads take ${loadMs} ms, and then the other, which has none of them in memory, finds them in Redis. With 16 at once there`,
    'are eight times as many. The log of invalidations is one in which nothing is invalidated.',
  );
  const rows: string[][] = [];
  const found: { what: string; times: Times }[] = [];
  for (const postCount of [1, 100])
    for (const atOnce of [1, 16]) {
      const what = `${postCount === 1 ? '1 post' : `${postCount} posts`}, ${atOnce} at once`;
      const count = atOnce === 1 ? keys : 8 * keys;
      const times: Times = { load: [], hit: [] };
      for (let round = 0; round <= rounds; round++) {
        const names = Array.from({ length: count }, (_, index) => `${what} ${round} ${index}`);
        const lookups: Lookups = { category: 'POSTS', keys: names, atOnce, loadMs, postCount };
        const load = percentilesOf(await loader!.ask<Looked>(lookups), { loads: count });
        const hit = percentilesOf(await reader!.ask<Looked>(lookups), { loads: 0 });
        report.progress(`${what}: round ${round} of ${rounds}`);
        if (round === 0) continue; // dropped
        times.load.push(load);
        times.hit.push(hit);
      }
      const ms = (of: readonly Percentiles[], name: keyof Percentiles) =>
        spread(of.map((one) => one[name])).median.toFixed(2);
      const { load, hit } = times;
      const cells = [ms(load, 'p50'), ms(load, 'p99'), ms(hit, 'p50'), ms(hit, 'p99')];
      rows.push([what, ...cells, shown(ratioOf(times, 'p50')), shown(ratioOf(times, 'p99'))]);
      if (atOnce === 1) found.push({ what, times });
    }
  report.table(['value', 'load p50 ms', 'p99 ms', 'hit p50 ms', 'p99 ms', 'load / hit, p50', 'p99'], rows);
  report.say('');
  for (const { what, times } of found) {
    const ratio = ratioOf(times, 'p50');
    const target = `${what}: a value in Redis ≥ ${timesFasterAtLeast} × faster than a load of ${loadMs} ms, at the median`;
    report.verdict(target, ratio.median >= timesFasterAtLeast, shown(ratio));
  }
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** One of each a round. */
interface Times {
  readonly load: Percentiles[];
  readonly hit: Percentiles[];
}

function ratioOf({ load, hit }: Times, name: keyof Percentiles): Spread {
  return spread(load.map((one, round) => one[name] / hit[round]![name]));
}

function percentilesOf({ latenciesMs, loads }: Looked, expected: { loads: number }): Percentiles {
  if (loads !== expected.loads) throw new Error(`expected ${expected.loads} loads, but there were ${loads}`);
  const ascending = Float64Array.from(latenciesMs).sort();
  return { p50: quantile(ascending, 0.5), p99: quantile(ascending, 0.99) };
}

async function countLoads(sharers: readonly Sharer[], report: Report, { keys }: Pace): Promise<void> {
  report.say(
    '',
    '## Loads per key',
    '',
    `${processes} processes are asked for the same ${keys} new keys, ${keysAtOnce} at once, and for the next ${keysAtOnce} when all have answered. Values of AI are loaded`,
    'once in all processes (`loadedOnce` in src/cache-policies.ts), others are not. A time is that of one lookup.',
  );
  const rows: string[][] = [];
  const loadsPerKey: number[] = [];
  for (const category of ['AI', 'POSTS'] as const)
    for (const takesMs of [loadMs, dearLoadMs]) {
      const all: Looked[] = [];
      for (let done = 0; done < keys; done += keysAtOnce) {
        const names = Array.from({ length: keysAtOnce }, (_, index) => `loads ${takesMs} ${done + index}`);
        const lookups: Lookups = { category, keys: names, atOnce: keysAtOnce, loadMs: takesMs, postCount: 20 };
        all.push(...(await Promise.all(sharers.map((sharer) => sharer.ask<Looked>(lookups)))));
      }
      const sum = (of: (looked: Looked) => number) => all.reduce((total, looked) => total + of(looked), 0);
      const perKey = sum(({ loads }) => loads) / keys;
      const times = Float64Array.from(all.flatMap(({ latenciesMs }) => latenciesMs)).sort();
      const ms = (share: number) => quantile(times, share).toFixed(0);
      if (category === 'AI') loadsPerKey.push(perKey);
      rows.push([
        ...[`${category}, a load of ${takesMs} ms`, perKey.toFixed(2), (sum((of) => of.remoteHits) / keys).toFixed(2)],
        ...[ms(0.5), ms(0.99)],
      ]);
      report.progress(`${category}, loads of ${takesMs} ms`);
    }
  report.table(['category', 'loads per key', 'found in Redis per key', 'p50 ms', 'p99 ms'], rows);
  report.say('');
  const most = Math.max(...loadsPerKey);
  report.verdict(
    `loads per key of values that are loaded once ≤ ${loadsPerKeyAtMost}`,
    most <= loadsPerKeyAtMost,
    most.toFixed(2),
  );
}
