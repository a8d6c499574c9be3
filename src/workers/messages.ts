/** Messages between a worker and the primary. What workers invalidate goes through the database: see `src/cluster`. */
export type ToPrimary =
  /** The worker accepts requests. */
  | { readonly kind: 'serving' }
  /** Somebody asks the worker for the metrics of all of them. */
  | { readonly kind: 'scrape' }
  /** The worker's own metrics; without a text if it cannot tell them. */
  | { readonly kind: 'metrics'; readonly text?: string };

export type ToWorker =
  /** Whether the first worker serves, which runs the background work. */
  | { readonly kind: 'background'; readonly isRunning: boolean }
  /** The primary asks for the worker's own metrics. */
  | { readonly kind: 'tell metrics' }
  | { readonly kind: 'scraped'; readonly scrape: Scrape };

/** The metrics of several workers at about one moment. */
export interface Scrape {
  /** How many workers there should be. */
  readonly workers: number;
  /** Of the workers that answered in time, by their numbers: from 1 to `workers`, of which a replacement takes over its predecessor's. */
  readonly answers: readonly { readonly worker: number; readonly text: string }[];
}

/** A worker's line to its primary. */
export interface PrimaryLine {
  /** Tells the primary that this worker accepts requests. */
  announce(): void;
  /** Calls `listener` when the primary tells whether the background work runs. */
  onBackground(listener: (isRunning: boolean) => void): void;
  /** Calls `tell` for this worker's own metrics, in Prometheus' text format, when the primary asks for them. */
  onMetricsWanted(tell: () => Promise<string>): void;
  /** Asks the primary for the metrics of all workers. Rejects if it does not answer within two seconds. */
  scrape(): Promise<Scrape>;
}
