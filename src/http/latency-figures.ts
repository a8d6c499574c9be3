import { type CategoryTotals, Histogram } from '@magpie/cache/entries';
import { histogramText } from './duration-histogram.ts';
import type { Metrics } from './metrics.ts';

interface Figure {
  readonly name: string;
  readonly help: string;
  readonly latency: 'hitLatency' | 'missLatency';
  readonly bounds: readonly number[];
}

/** Hits take microseconds, misses what the database takes. Bounds are seconds; 0.05 is the limit of the alert SLOW_HITS. */
const figures: readonly Figure[] = [
  {
    ...{ name: 'magpie_cache_hit_duration_seconds', help: 'Time of the hits that were measured.' },
    ...{ latency: 'hitLatency', bounds: [0.00001, 0.0001, 0.001, 0.01, 0.05, 0.25] },
  },
  {
    ...{ name: 'magpie_cache_miss_duration_seconds', help: 'Time that misses waited.' },
    ...{ latency: 'missLatency', bounds: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5] },
  },
];

/** Registers the times of hits and misses by category. They are read from the cache's own histograms at each scrape. */
export function registerLatencyFigures({ addText }: Metrics, totals: () => readonly CategoryTotals[]): void {
  for (const { name, help, latency, bounds } of figures)
    addText(() =>
      histogramText(
        { name, help, label: 'category', bounds },
        totals().map(({ category, fields }) => {
          const histogram = new Histogram();
          for (const { counters } of fields.values()) histogram.add(counters[latency]);
          const { within, count, sumMs } = histogram.cumulative(bounds.map((seconds) => seconds * 1_000));
          return { value: category, within, count, sum: sumMs / 1_000 };
        }),
      ),
    );
}
