import { counted, duration, percent, textOf } from '../figures/format.ts';
import type { Details, StoreDetails } from '../state/dashboard.ts';
import { CounterCard, type CounterRow, number } from './counter-card.tsx';

type Counted = Pick<
  Omit<Details, 'categories'> & StoreDetails,
  | ('lookups' | 'hits' | 'misses' | 'bypasses' | 'loads' | 'refreshes' | 'prefetches' | 'failures' | 'timeouts')
  | ('rescues' | 'evictions' | 'expirations' | 'invalidations' | 'savedMs' | 'hitsBy' | 'missesBy')
>;

interface CountersProps {
  readonly of: Counted;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What loading a sample of hits again has found. */
  readonly audit?: StoreDetails['audit'];
}

/** All counters as `cacheStats` has them: the process's, since it started. */
export function Counters({ of, startedAt, audit }: CountersProps) {
  const { hitsBy, missesBy } = of;
  const rows: readonly CounterRow[] = [
    ['Lookups', number(of.lookups), `${number(of.bypasses)} bypassed the cache`],
    [
      'Hits',
      number(of.hits),
      `${number(hitsBy.memory)} memory · ${number(hitsBy.remote)} remote · ${number(hitsBy.stale)} stale`,
    ],
    [
      'Misses',
      number(of.misses),
      `${number(missesBy.cold)} cold · ${number(missesBy.expired)} expired · ${number(missesBy.evicted)} evicted · ${number(missesBy.invalidated)} invalidated`,
    ],
    [
      'Loads',
      number(of.loads),
      `${counted(of.misses - of.loads, 'miss was', 'misses were')} coalesced · ${counted(of.refreshes, 'refresh', 'refreshes')}, ${number(of.prefetches)} of them before expiry`,
    ],
    ['Failed loads', number(of.failures), `${number(of.timeouts)} over the time limit · ${number(of.rescues)} rescued`],
    [
      'Removals',
      number(of.evictions + of.expirations + of.invalidations),
      `${number(of.evictions)} evicted · ${number(of.expirations)} expired · ${number(of.invalidations)} invalidated`,
    ],
    ['Load time saved', textOf(duration(of.savedMs))],
    ...(audit ? [auditRow(audit)] : []),
  ];
  return <CounterCard title="Counters" hint={`Since the process started, ${startOf(startedAt)}`} rows={rows} />;
}

function auditRow({ checked, differed, differedShare }: StoreDetails['audit']): CounterRow {
  return ['Hits audited', number(checked), `${number(differed)} differed, ${textOf(percent(differedShare))}`];
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function startOf(iso: string): string {
  return dayAndTime.format(Date.parse(iso));
}
