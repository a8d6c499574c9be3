import type { HeldCounts } from '@magpie/cache';

/**
 * How two values of one column are merged: counts are added, levels are added across processes only, and of times the longest is
 * kept.
 */
type Kind = 'count' | 'level' | 'time';

interface Column {
  readonly kind: Kind;
  readonly read: (counts: HeldCounts) => number | null;
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
  maxEntries: { kind: 'level', read: ({ maxEntries }) => maxEntries },
  maxBytes: { kind: 'level', read: ({ maxBytes }) => maxBytes },
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

export function figuresOf(counts: HeldCounts): Figures {
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

/** The figures of each of some equal parts of an interval: whole counts stay whole and add up; levels and times are those of all. */
export function partsOf(figures: Figures, parts: number): Figures[] {
  const entries = Object.entries(figures) as [ColumnName, number][];
  return Array.from({ length: parts }, (_, part) => {
    const share = (value: number) =>
      Number.isInteger(value)
        ? Math.floor(((part + 1) * value) / parts) - Math.floor((part * value) / parts)
        : value / parts;
    return Object.fromEntries(
      entries.map(([name, value]) => [name, columns[name].kind === 'count' ? share(value) : value]),
    );
  });
}

/** Merges a value with an earlier one of the same interval. Levels of one process replace each other. */
export function merged(name: ColumnName, values: { earlier: number; later: number; isSameProcess: boolean }): number {
  const { earlier, later, isSameProcess } = values;
  const { kind } = columns[name];
  if (kind === 'time') return Math.max(earlier, later);
  return kind === 'level' && isSameProcess ? later : earlier + later;
}
