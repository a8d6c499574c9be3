import type { CountsFragment, LiveSubscription } from '../../../generated/dashboard.ts';
import { type Figures, type Place, timesBy } from '../figures/figures.ts';
import liveDocument from '../operations/live.graphql';
import type { Connection } from './connection.ts';

type Update = LiveSubscription['cacheStatsUpdated'];
export type Alert = Update['alerts'][number];

/** What happened in all places within a second. */
export interface Tick {
  /** Its end by the server's clock, in milliseconds since 1970. */
  readonly atMs: number;
  readonly seconds: number;
  readonly of: ReadonlyMap<Place, Figures>;
  readonly alerts: readonly Alert[];
}

/** Yields what the server tells each second. It ends, or throws, when the connection does. */
export async function* liveTicks(connection: Connection, signal: AbortSignal): AsyncGenerator<Tick> {
  for await (const { cacheStatsUpdated } of connection.follow<LiveSubscription>(liveDocument, signal))
    yield tickOf(cacheStatsUpdated);
}

function tickOf({ at, seconds, total, categories, alerts }: Update): Tick {
  const of = new Map<Place, Figures>([['ALL', figuresOf(total)]]);
  for (const { category, counts } of categories) of.set(category, figuresOf(counts));
  // The history numbers seconds by the clock; one that ends a little late is the one that ended before.
  return { atMs: Math.floor(Date.parse(at) / 1_000) * 1_000, seconds, of, alerts };
}

function figuresOf({ hitsBy, missesBy, hitLatency, missLatency, ...counts }: CountsFragment): Figures {
  const times = {
    ...{ hitP50Ms: hitLatency.p50Ms, hitP95Ms: hitLatency.p95Ms, hitP99Ms: hitLatency.p99Ms },
    ...{ missP50Ms: missLatency.p50Ms, missP95Ms: missLatency.p95Ms, missP99Ms: missLatency.p99Ms },
  };
  return {
    ...counts,
    staleHits: hitsBy.stale,
    ...{ coldMisses: missesBy.cold, expiredMisses: missesBy.expired },
    ...{ evictedMisses: missesBy.evicted, invalidatedMisses: missesBy.invalidated },
    ...timesBy((name) => times[name]),
  };
}
