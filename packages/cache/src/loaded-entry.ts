import { Entry, lifetimeOf } from './entry.ts';
import type { Flight } from './flight.ts';
import { hashText } from './measure.ts';
import { prefetchBetaOf } from './policy.ts';
import type { Prefetch } from './prefetch.ts';
import type { RemoteValue } from './remote-tier.ts';
import type { Store } from './store.ts';

/**
 * Creates the entry of a load that ended, with its lifetime: as the load asks, as an experiment chooses, or as the policy says. Age
 * counts from the start of the load; of a load that took half the lifetime or more, from its end. A value of the remote tier is as
 * old as it says.
 */
export function loadedEntry(
  flight: Flight<Store>,
  value: unknown,
  { now, prefetch, remote }: { now: number; prefetch: Prefetch; remote?: RemoteValue | undefined },
): Entry {
  const { store, key, namespace, field, isGiven } = flight.loadStart;
  const startedAt = remote === undefined ? flight.startedAt : now - remote.ageMs;
  const { ttlMs, staleMs } = flight.loadStart;
  const keyHash = hashText(key);
  const isOnTrial = ttlMs === undefined && staleMs === undefined && !isGiven;
  const dealt = isOnTrial ? store.experiment?.deal(keyHash, startedAt) : undefined;
  const ownTtlMs = ttlOf(flight, value, dealt?.ttlMs);
  const isSlow = remote === undefined && now - startedAt >= ownTtlMs / 2 && !flight.isAbandoned;
  const lifetime = lifetimeOf(
    { staleMs: staleMs ?? store.policy.staleMs, staleIfErrorMs: store.policy.staleIfErrorMs },
    {
      atMs: isSlow ? now : startedAt,
      ttlMs: ownTtlMs,
      validUntil: flight.validUntilMs,
      keyHash,
    },
  );
  const entry = new Entry({
    key,
    category: store.category,
    namespace,
    field,
    value,
    tags: [...flight.tags],
    stamp: flight.stamp,
    lifetime,
    keyHash,
    loadMs: exactMs(remote?.loadMs ?? now - startedAt),
  });
  entry.trial = dealt?.trial;
  entry.refreshAt = prefetch.firstLookAt(entry, prefetchBetaOf(store.policy));
  return entry;
}

/** Rounds a duration to 1/1024 ms. Sums of such numbers are exact, so that the saved time is the same in whichever order it is added. */
function exactMs(ms: number): number {
  return Math.round(ms * 1_024) / 1_024;
}

/** Returns for how long a value of the remote tier is fresh. */
export function freshForMs(flight: Flight<Store>, { value, ageMs, validForMs }: RemoteValue): number {
  return Math.floor(Math.min(ttlOf(flight, value) - ageMs, validForMs));
}

function ttlOf({ loadStart: { store, ...loadStart } }: Flight<Store>, value: unknown, dealtMs?: number): number {
  const { ttlMs = dealtMs ?? store.policy.ttlMs } = loadStart;
  return value === null || value === undefined ? Math.min(ttlMs, store.policy.nullTtlMs) : ttlMs;
}
