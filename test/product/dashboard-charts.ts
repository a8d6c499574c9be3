import type { Figures } from '../../src/dashboard/page/figures/figures.ts';
import { duration, none, percent, perSecond, type Quantity } from '../../src/dashboard/page/figures/format.ts';

const ratio = (part: number, whole: number) => percent(whole === 0 ? null : part / whole);
const eachSecond = (...counts: number[]) => counts.map((one) => perSecond(one));
const times = (...ms: (number | null)[]) => ms.map((one) => duration(one));

/** What the table of each chart over time tells of what happened in some seconds, by the chart's title. */
export const chartRows: Readonly<Record<string, (figures: Figures, seconds: number) => Quantity[]>> = {
  'Hit ratio': (f) => [ratio(f.hits, f.hits + missesOf(f))],
  'Lookups and loads': (f, s) => eachSecond((f.hits + missesOf(f) + f.bypasses) / s, (f.loads + f.refreshes) / s),
  'Misses by cause': (f, s) =>
    eachSecond(f.coldMisses / s, f.expiredMisses / s, f.evictedMisses / s, f.invalidatedMisses / s),
  'Time of hits': (f) => times(f.hitP50Ms, f.hitP95Ms, f.hitP99Ms),
  'Time of misses': (f) => times(f.missP50Ms, f.missP95Ms, f.missP99Ms),
  'Load time saved': (f, s) => {
    const { figure, unit } = duration(f.savedMs / s);
    return [{ figure, unit: `${unit}/s` }];
  },
  'Evictions and other removals': (f, s) => eachSecond(f.evictions / s, f.expirations / s, f.invalidations / s),
  'Room in use': (f) =>
    f.maxEntries === 0 ? [none, none] : [ratio(f.entries, f.maxEntries), ratio(f.bytes, f.maxBytes)],
};

function missesOf({ coldMisses, expiredMisses, evictedMisses, invalidatedMisses }: Figures): number {
  return coldMisses + expiredMisses + evictedMisses + invalidatedMisses;
}
