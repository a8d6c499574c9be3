import type { Timer } from './clock.ts';
import type { Entry } from './entry.ts';
import type { Flight } from './flight.ts';

/** What may end a lookup's wait before the load ends. */
export interface WaitLimits {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly timer: Timer;
  /** Called when the time is over. Returns the entry to serve, or throws. */
  readonly onTimeout: () => Entry;
}

/** Waits for a flight as one of its waiters. When the signal of the last waiter aborts, so does the load. */
export function waitFor(flight: Flight, limits: WaitLimits): Promise<Entry> {
  flight.waiters++;
  const { signal, timeoutMs, timer } = limits;
  if (signal === undefined && timeoutMs === undefined) return flight.result;
  return new Promise((resolve, reject) => {
    const cancelTimer = timeoutMs === undefined ? () => {} : timer.after(timeoutMs, timeOut);
    signal?.addEventListener('abort', abort);
    flight.result.then(
      (entry) => {
        end();
        resolve(entry);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );

    function end(): void {
      cancelTimer();
      signal?.removeEventListener('abort', abort); // a signal may outlive many lookups
    }

    function abort(): void {
      end();
      reject(signal!.reason);
      if (--flight.waiters === 0 && !flight.loadStart.isRefresh) flight.abandon(); // a refresh runs for no lookup
    }

    function timeOut(): void {
      end();
      flight.waiters--;
      try {
        resolve(limits.onTimeout());
      } catch (error) {
        reject(error);
      }
    }
  });
}
