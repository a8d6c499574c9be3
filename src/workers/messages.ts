/** Messages between a worker and the primary. What workers invalidate goes through the database: see `src/cluster`. */
export type ToPrimary = {
  /** The worker accepts requests. */
  readonly kind: 'serving';
};

export type ToWorker = {
  /** Whether the first worker serves, which runs the background work. */
  readonly kind: 'background';
  readonly isRunning: boolean;
};

/** A worker's line to its primary. */
export interface PrimaryLine {
  /** Tells the primary that this worker accepts requests. */
  announce(): void;
  /** Calls `listener` when the primary tells whether the background work runs. */
  onBackground(listener: (isRunning: boolean) => void): void;
}
