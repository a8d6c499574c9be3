import type { CacheCategory } from '../../../generated/dashboard.ts';

/** A store, or all of them. */
export type Place = CacheCategory | 'ALL';

/** What is counted. Names as in `cacheHistory`. */
export const counterNames = [
  ...(['hits', 'staleHits', 'coldMisses', 'expiredMisses', 'evictedMisses', 'invalidatedMisses', 'bypasses'] as const),
  ...(['loads', 'refreshes', 'failures', 'evictions', 'expirations', 'invalidations', 'savedMs'] as const),
] as const;
/** What is held at the end, and may be; 0 where it is not known. */
export const levelNames = ['entries', 'bytes', 'maxEntries', 'maxBytes'] as const;
/** Times of lookups; null without any. */
export const timeNames = ['hitP50Ms', 'hitP95Ms', 'hitP99Ms', 'missP50Ms', 'missP95Ms', 'missP99Ms'] as const;

export type CounterName = (typeof counterNames)[number];
export type LevelName = (typeof levelNames)[number];
export type TimeName = (typeof timeNames)[number];
export type Figures = Readonly<Record<CounterName | LevelName, number> & Record<TimeName, number | null>>;

/** What happened in one place between two moments. */
export interface Step {
  /** Its end, in milliseconds since 1970. */
  readonly atMs: number;
  readonly seconds: number;
  readonly figures: Figures;
}

export function figuresBy(count: (name: CounterName | LevelName) => number): Omit<Figures, TimeName> {
  return Object.fromEntries([...counterNames, ...levelNames].map((name) => [name, count(name)])) as never;
}

export function timesBy(time: (name: TimeName) => number | null): Pick<Figures, TimeName> {
  return Object.fromEntries(timeNames.map((name) => [name, time(name)])) as never;
}

const levels: ReadonlySet<string> = new Set(levelNames);

/** Two steps as one: counts are added, times are those of the slower, and the later one says what is held. */
export function joined(earlier: Figures, later: Figures): Figures {
  return {
    ...figuresBy((name) => (levels.has(name) ? later[name] : earlier[name] + later[name])),
    ...timesBy((name) => slower(earlier[name], later[name])),
  };
}

function slower(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

export function missesOf(figures: Figures): number {
  return figures.coldMisses + figures.expiredMisses + figures.evictedMisses + figures.invalidatedMisses;
}

export function lookupsOf(figures: Figures): number {
  return figures.hits + missesOf(figures) + figures.bypasses;
}

/** hits / (hits + misses); undefined before the first. */
export function hitRatioOf(figures: Figures): number | undefined {
  const misses = missesOf(figures);
  return figures.hits + misses === 0 ? undefined : figures.hits / (figures.hits + misses);
}

/** Those with misses, the most first: so many lookups a better hit ratio could spare the wait for a load. */
export function mostMissed<Field extends { readonly misses: number }>(fields: readonly Field[]): Field[] {
  return fields.filter(({ misses }) => misses > 0).sort((one, other) => other.misses - one.misses);
}
