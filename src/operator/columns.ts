import type { Counts } from '@magpie/cache';

/**
 * How two values of one column are merged: counts are added, levels are added across processes only, and of times the longest is
 * kept.
 */
type Kind = 'count' | 'level' | 'time';

interface Column {
  readonly kind: Kind;
  readonly read: (counts: Counts) => number | null;
}

/** The figures that a history keeps of each interval, by the names of the schema. */
export const columns = {
  hits: { kind: 'count', read: ({ hits }) => hits },
  staleHits: { kind: 'count', read: ({ hitsBy }) => hitsBy.stale },
  coldMisses: { kind: 'count', read: ({ missesBy }) => missesBy.cold },
  expiredMisses: { kind: 'count', read: ({ missesBy }) => missesBy.expired },
  evictedMisses: { kind: 'count', read: ({ missesBy }) => missesBy.evicted },
  invalidatedMisses: { kind: 'count', read: ({ missesBy }) => missesBy.invalidated },
  bypasses: { kind: 'count', read: ({ bypasses }) => bypasses },
  loads: { kind: 'count', read: ({ loads }) => loads },
  refreshes: { kind: 'count', read: ({ refreshes }) => refreshes },
  failures: { kind: 'count', read: ({ failures }) => failures },
  evictions: { kind: 'count', read: ({ evictions }) => evictions },
  expirations: { kind: 'count', read: ({ expirations }) => expirations },
  invalidations: { kind: 'count', read: ({ invalidations }) => invalidations },
  savedMs: { kind: 'count', read: ({ savedMs }) => savedMs },
  entries: { kind: 'level', read: ({ entries }) => entries },
  bytes: { kind: 'level', read: ({ bytes }) => bytes },
  hitP50Ms: { kind: 'time', read: ({ hitLatency }) => hitLatency.p50Ms },
  hitP95Ms: { kind: 'time', read: ({ hitLatency }) => hitLatency.p95Ms },
  hitP99Ms: { kind: 'time', read: ({ hitLatency }) => hitLatency.p99Ms },
  missP50Ms: { kind: 'time', read: ({ missLatency }) => missLatency.p50Ms },
  missP95Ms: { kind: 'time', read: ({ missLatency }) => missLatency.p95Ms },
  missP99Ms: { kind: 'time', read: ({ missLatency }) => missLatency.p99Ms },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;

export const columnNames = Object.keys(columns) as readonly ColumnName[];

/** The figures of one interval; a figure that is not known is absent. */
export type Figures = Partial<Record<ColumnName, number>>;

export function figuresOf(counts: Counts): Figures {
  const figures: Figures = {};
  for (const name of columnNames) {
    const value = columns[name].read(counts);
    if (value !== null) figures[name] = value;
  }
  return figures;
}

export function withoutLevels(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([name]) => columns[name as ColumnName].kind !== 'level'));
}

/** Merges a value with an earlier one of the same interval. Levels of one process replace each other. */
export function merged(name: ColumnName, values: { earlier: number; later: number; isSameProcess: boolean }): number {
  const { earlier, later, isSameProcess } = values;
  const { kind } = columns[name];
  if (kind === 'time') return Math.max(earlier, later);
  return kind === 'level' && isSameProcess ? later : earlier + later;
}
