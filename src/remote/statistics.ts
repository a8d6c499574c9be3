import { Histogram, type Latency } from '@magpie/cache/entries';
import type { BreakerState } from './breaker.ts';

/** Why a value that was found is not used. */
export const refusals = ['corrupt', 'version', 'foreign', 'outdated', 'expired', 'unleased'] as const;

/**
 * - `corrupt`: the bytes are no entry, or not those that were written
 * - `version`: it is written in another format
 * - `foreign`: it is of another key, workspace, schema or policy than the one under whose name it was found
 * - `outdated`: one of its tags was invalidated since its load began, or the log is not known back to that
 * - `expired`: it is older than its lifetime, or from the future
 * - `unleased`: this process lost its lease meanwhile
 */
export type Refusal = (typeof refusals)[number];

/** Why a value that was loaded is not shared. */
export const omissions = ['unfaithful', 'outdated', 'busy', 'unavailable'] as const;

/**
 * - `unfaithful`: it cannot be written so that it is read again as it was, or is too large
 * - `outdated`: a tag was invalidated so shortly before that others could not tell it from an older one, or since
 * - `busy`: too many values wait to be written
 * - `unavailable`: the server takes no values now
 */
export type Omission = (typeof omissions)[number];

export interface RemoteSnapshot {
  readonly state: BreakerState;
  readonly writeState: BreakerState;
  /** For how long reads have failed; 0 while they succeed. */
  readonly downForMs: number;
  readonly hits: number;
  readonly misses: number;
  readonly refused: Readonly<Record<Refusal, number>>;
  readonly writes: number;
  readonly omitted: Readonly<Record<Omission, number>>;
  readonly errors: number;
  readonly timeouts: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly latency: Latency;
}

/** What the remote tier has done since the start of this process. */
export class RemoteStatistics {
  hits = 0;
  misses = 0;
  writes = 0;
  errors = 0;
  timeouts = 0;
  bytesRead = 0;
  bytesWritten = 0;
  readonly refused: Record<Refusal, number> = {
    ...{ corrupt: 0, version: 0, foreign: 0, outdated: 0, expired: 0, unleased: 0 },
  };
  readonly omitted: Record<Omission, number> = { unfaithful: 0, outdated: 0, busy: 0, unavailable: 0 };
  readonly #latency = new Histogram();

  recordLatency(ms: number): void {
    this.#latency.record(ms);
  }

  snapshot(states: Pick<RemoteSnapshot, 'state' | 'writeState' | 'downForMs'>): RemoteSnapshot {
    const { hits, misses, writes, errors, timeouts, bytesRead, bytesWritten } = this;
    return {
      ...{ ...states, hits, misses, writes, errors, timeouts, bytesRead, bytesWritten },
      ...{ refused: { ...this.refused }, omitted: { ...this.omitted }, latency: this.#latency.latency() },
    };
  }
}
