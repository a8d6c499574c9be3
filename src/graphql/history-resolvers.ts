import type { Interval } from '@magpie/cache';
import { badInput } from '../domains/errors.ts';
import type { CacheCategory, CacheHistoryRange } from '../generated/schema.ts';
import { type ColumnName, columnNames } from '../operator/columns.ts';
import { allTogether, type History, type HistoryPart, type Step } from '../operator/history.ts';
import type { Column } from '../operator/history-ring.ts';
import type { Alert } from './alerts.ts';
import type { InvalidationFeed } from './invalidation-feed.ts';
import type { RequestContext } from './request.ts';
import { followSource } from './subscriptions.ts';

const minuteMs = 60_000;
const rangesMs: Readonly<Record<CacheHistoryRange, number>> = {
  LAST_10_MINUTES: 10 * minuteMs,
  LAST_HOUR: 60 * minuteMs,
  LAST_6_HOURS: 360 * minuteMs,
  LAST_DAY: 1_440 * minuteMs,
};
const stepSeconds: Readonly<Record<Step, number>> = { SECOND: 1, MINUTE: 60 };
/** Updates that wait for a slow client: a minute of them. */
const maxUnread = 60;

interface Update {
  readonly at: string;
  readonly interval: Interval<CacheCategory>;
  readonly alerts: readonly Alert[];
}

/** Tells each update to all subscribers. Without any, updates are not made. */
export class StatisticsUpdates {
  readonly #listeners = new Set<(update: Update) => void>();

  publish(make: () => Update): void {
    if (this.#listeners.size === 0) return;
    const update = make();
    for (const tell of this.#listeners) tell(update);
  }

  /** Returns a function that removes the listener. */
  listen(listener: (update: Update) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Reads a column of one series when its field is resolved. An object, because the default resolver calls functions. */
interface ColumnReader {
  readonly read: (name: ColumnName) => Column;
}

const readerOf = ({ column }: HistoryPart, series: string): ColumnReader => ({ read: (name) => column(series, name) });

interface HistorySources {
  readonly history: History;
  readonly updates: StatisticsUpdates;
  readonly feed: InvalidationFeed;
  readonly wallNow: () => Date;
}

/** The resolvers of `cacheHistory` and `cacheStatsUpdated`. */
export function historyResolvers({ history, updates, feed, wallNow }: HistorySources) {
  return {
    Query: {
      cacheHistory(_: unknown, { range, step }: { range: CacheHistoryRange; step?: Step | null }): HistoryPart {
        const isShort = range === 'LAST_10_MINUTES';
        if (step === 'SECOND' && !isShort)
          throw badInput(
            `step: expected MINUTE for ${range}, because seconds are kept for 10 minutes, but got SECOND.`,
          );
        const shortest = isShort ? 'SECOND' : 'MINUTE';
        return history.read({ step: step ?? shortest, rangeMs: rangesMs[range], nowMs: wallNow().getTime() });
      },
    },
    CacheHistory: {
      stepSeconds: ({ step }: HistoryPart) => stepSeconds[step],
      startsAt: ({ startsAtMs }: HistoryPart) => new Date(startsAtMs).toISOString(),
      endsAt: ({ startsAtMs, intervals, step }: HistoryPart) =>
        new Date(startsAtMs + intervals * stepSeconds[step] * 1_000).toISOString(),
      total: (part: HistoryPart) => readerOf(part, allTogether),
      categories: (part: HistoryPart, { only }: { only?: CacheCategory[] | null }) =>
        history.categories
          .filter((category) => only?.includes(category) ?? true)
          .map((category) => ({ category, columns: readerOf(part, category) })),
    },
    CacheHistoryColumns: Object.fromEntries(columnNames.map((name) => [name, ({ read }: ColumnReader) => read(name)])),
    Subscription: {
      cacheStatsUpdated: {
        subscribe: (_source: unknown, _args: unknown, context: RequestContext) =>
          followSource<{ cacheStatsUpdated: Update }>({ feed, context, maxUnread }, (tell) =>
            updates.listen((cacheStatsUpdated) => tell({ cacheStatsUpdated })),
          ),
      },
    },
    CacheStatsUpdate: {
      seconds: ({ interval }: Update) => interval.ms / 1_000,
      total: ({ interval }: Update) => interval.total,
      categories: ({ interval }: Update, { only }: { only?: CacheCategory[] | null }) =>
        interval.categories.filter(({ category }) => only?.includes(category) ?? true),
    },
  };
}
