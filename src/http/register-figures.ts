import type { EntryCache } from '@magpie/cache/entries';
import type { RemoteSnapshot } from '../remote/statistics.ts';
import { registerBackgroundFigure } from './background-figure.ts';
import { registerCacheFigures } from './cache-figures.ts';
import { registerLatencyFigures } from './latency-figures.ts';
import type { Metrics } from './metrics.ts';
import { registerRemoteFigures } from './remote-figures.ts';

interface Sources {
  readonly cache: Pick<EntryCache<string>, 'snapshot' | 'totals'>;
  /** Absent without a remote tier. */
  readonly remote?: (() => RemoteSnapshot) | undefined;
  isBackgroundRunning(): boolean;
}

/** Registers all metrics that are not of requests. */
export function registerFigures(metrics: Metrics, { cache, remote, isBackgroundRunning }: Sources): void {
  registerCacheFigures(metrics, () => cache.snapshot());
  registerLatencyFigures(metrics, () => cache.totals());
  if (remote) registerRemoteFigures(metrics, remote);
  registerBackgroundFigure(metrics, isBackgroundRunning);
}
