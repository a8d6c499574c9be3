import { createClient } from 'graphql-ws/client';
import type { CountsFragment, LiveSubscription } from '../../../generated/dashboard.ts';
import { type Figures, type Place, timesBy } from '../figures/figures.ts';
import liveDocument from '../operations/live.graphql';
import { endpoint, RequestError } from './request.ts';

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

/** The close code of a WebSocket whose token is not valid. */
const notSignedIn = 4401;

/** Yields what the server tells each second, over a WebSocket of its own. It ends, or throws, when the connection does. */
export async function* liveTicks(token: string, signal: AbortSignal): AsyncGenerator<Tick> {
  const client = createClient({
    url: new URL(endpoint, location.href).href.replace(/^http/, 'ws'),
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0, // whoever reads this opens it again
  });
  const end = () => void client.terminate();
  signal.addEventListener('abort', end);
  try {
    for await (const { data, errors } of client.iterate<LiveSubscription>({ query: liveDocument })) {
      if (errors?.[0]) throw refusalOf(errors[0]);
      if (data) yield tickOf(data.cacheStatsUpdated);
    }
  } catch (error) {
    throw asRequestError(error);
  } finally {
    signal.removeEventListener('abort', end);
    void client.dispose();
  }
}

/** A close event, a list of GraphQL errors, or what the network threw. */
function asRequestError(error: unknown): unknown {
  if (Array.isArray(error)) return refusalOf(error[0]);
  if (error instanceof CloseEvent && error.code === notSignedIn)
    return new RequestError(error.reason, 'UNAUTHENTICATED');
  return error;
}

function refusalOf({ message, extensions }: { message: string; extensions?: Record<string, unknown> }): RequestError {
  return new RequestError(message, String(extensions?.code));
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
