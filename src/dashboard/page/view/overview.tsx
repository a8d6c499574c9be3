import { HitRatioChart } from '../charts/hit-ratio.tsx';
import { LookupTimesChart } from '../charts/lookup-times.tsx';
import { LookupsChart } from '../charts/lookups.tsx';
import { MissesChart } from '../charts/misses.tsx';
import { RemovalsChart } from '../charts/removals.tsx';
import { RoomChart } from '../charts/room.tsx';
import { SavedTimeChart } from '../charts/saved-time.tsx';
import { SizesChart } from '../charts/sizes.tsx';
import { bucketsOf } from '../figures/buckets.ts';
import type { Place } from '../figures/figures.ts';
import { bytes, count, duration, placeName, textOf } from '../figures/format.ts';
import type { Range } from '../figures/ranges.ts';
import type { Dashboard, Experiment, StoreDetails } from '../state/dashboard.ts';
import { Actions } from './actions.tsx';
import { Categories } from './categories.tsx';
import { Counters } from './counters.tsx';
import { ExperimentCard } from './experiment.tsx';
import { Fields } from './fields.tsx';
import { Hottest } from './hottest.tsx';
import { Invalidations } from './invalidations.tsx';
import { KeyFigures } from './key-figures.tsx';
import { Notices } from './notices.tsx';
import { Processes } from './processes.tsx';
import { RemoteTier } from './remote-tier.tsx';
import { StaleHits } from './stale-hits.tsx';

interface OverviewProps {
  readonly dashboard: Dashboard;
  readonly place: Place;
  readonly range: Range;
}

/** All that is shown of one category, or of all together: what is the matter, the figures, the charts, then whence they come. */
export function Overview({ dashboard, place, range }: OverviewProps) {
  const { details, experiment, processes, heardAtMs, alerts, liveness } = dashboard;
  const buckets = bucketsOf(dashboard.shown(), { ...range, nowMs: heardAtMs ?? Date.now() });
  const recent = dashboard.recent(place);
  const store = details?.categories.find(({ category }) => category === place);
  const stores = store ? [store] : (details?.categories ?? []);
  const room = roomOf(store ? { ...store, ...store.policy } : details, recent.at(-1)?.figures);
  const prefetches = stores.reduce((sum, one) => sum + one.prefetches, 0);
  const tried = experiment?.category === place ? experiment : undefined;
  const over = { buckets, words: range.words };
  return (
    <main data-stale={liveness.state === 'live' ? undefined : ''}>
      <div class="headline">
        <div>
          <h1>{placeName(place)}</h1>
          <p>{store ? policyOf(store, tried) : 'Ten categories, each with a store and limits of its own'}</p>
        </div>
        <Actions key={place} {...{ place, dashboard, store }} />
      </div>
      <Notices
        alerts={alerts.filter(({ category }) => place === 'ALL' || category === place)}
        advice={stores.flatMap(({ advice }) => advice)}
        problems={dashboard.problems}
      />
      <KeyFigures {...{ ...over, recent, room }} />
      <div class="grid charts">
        <HitRatioChart {...over} />
        <LookupsChart {...over} />
        <MissesChart {...over} />
        <LookupTimesChart kind="hit" {...over} />
        <LookupTimesChart kind="miss" {...over} />
        <SavedTimeChart {...over} />
        <RemovalsChart {...over} />
        <RoomChart {...over} />
      </div>
      {details && (
        <div class="grid tables">
          {experiment && (place === 'ALL' || place === experiment.category) && (
            <ExperimentCard {...{ experiment, request: dashboard.request }} onEnd={() => dashboard.refresh()} />
          )}
          {!store && processes.length > 0 && <Processes processes={processes} />}
          {store ? <SizesChart {...store} /> : <Categories stores={stores} />}
          {store && <Counters of={store} startedAt={details.startedAt} audit={store.audit} />}
          <Fields stores={stores} />
          <Hottest stores={stores} />
          <Invalidations recent={details.recentInvalidations} />
          {(store || stores.some(({ audit }) => audit.differed > 0)) && <StaleHits stores={stores} />}
          {!store && <Counters of={{ ...details, prefetches }} startedAt={details.startedAt} />}
          {!store && details.remote && <RemoteTier remote={details.remote} />}
        </div>
      )}
    </main>
  );
}

interface Limits {
  readonly entries: number;
  readonly bytes: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** The limits, with what the latest second says of how much is used. */
function roomOf(limits: Limits | undefined, latest: Pick<Limits, 'entries' | 'bytes'> | undefined): Limits | undefined {
  if (!limits) return undefined;
  const { entries, bytes, maxEntries, maxBytes } = limits;
  return { maxEntries, maxBytes, entries: latest?.entries ?? entries, bytes: latest?.bytes ?? bytes };
}

/** The limits in a sentence. While an experiment runs, its lifetimes hold and not the policy's. */
function policyOf({ policy, override }: StoreDetails, tried: Experiment | undefined): string {
  const { staleSeconds, maxEntries, maxBytes, eviction } = policy;
  const stale = staleSeconds > 0 ? `, then stale for ${textOf(duration(staleSeconds * 1000))}` : '';
  const lifetimes = (tried?.arms ?? [policy]).map(({ ttlSeconds }) => textOf(duration(ttlSeconds * 1000))).join(' or ');
  return `Fresh for ${lifetimes}${tried ? ', by the experiment' : ''}${stale} · at most ${textOf(count(maxEntries))} entries and ${textOf(bytes(maxBytes))} · evicts by ${eviction.toUpperCase()}${override ? ' · changed by an operator' : ''}`;
}
