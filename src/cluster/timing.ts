/** The monotonic clock and timers of a process. Leases are measured by them alone, never by the database's clock. */
export interface Time {
  /** Milliseconds. */
  now(): number;
  /** Calls `run` once after a delay. Returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemTime: Time = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timeout = setTimeout(run, delayMs);
    return () => clearTimeout(timeout);
  },
};

/** Resolves when `done` does, or after a time. */
export function within(time: Time, ms: number, done: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = time.after(ms, resolve);
    void done.then(() => {
      cancel();
      resolve();
    });
  });
}

/** The times of the protocol, equal in all processes of a database. */
export interface Timing {
  /** How long a process may answer from memory after it *sent* a beat that was answered. */
  readonly leaseMs: number;
  /** Less by this, so that clocks may differ in pace. */
  readonly marginMs: number;
  readonly beatMs: number;
  /** How long a publication waits for an acknowledgement before it fences the member. */
  readonly patienceMs: number;
  /** How long a publication waits for the member's connection before it fences everybody through the pool. */
  readonly busAwayMs: number;
}

export const defaultTiming: Timing = { leaseMs: 2_000, marginMs: 200, beatMs: 500, patienceMs: 300, busAwayMs: 1_000 };
