import type { Snapshot } from '@magpie/cache';
import type { RemoteSnapshot } from '../remote/statistics.ts';
import { registerBackgroundFigure } from './background-figure.ts';
import { registerCacheFigures } from './cache-figures.ts';
import type { Metrics } from './metrics.ts';
import { registerRemoteFigures } from './remote-figures.ts';

interface Sources {
  cache(): Snapshot;
  /** Absent without a remote tier. */
  readonly remote?: (() => RemoteSnapshot) | undefined;
  isBackgroundRunning(): boolean;
}

/** Registers all metrics that are not of requests. */
export function registerFigures(metrics: Metrics, { cache, remote, isBackgroundRunning }: Sources): void {
  registerCacheFigures(metrics, cache);
  if (remote) registerRemoteFigures(metrics, remote);
  registerBackgroundFigure(metrics, isBackgroundRunning);
}
