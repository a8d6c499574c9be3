import type { AppliedLog } from './applied-log.ts';
import type { Epoch } from './epoch.ts';
import type { Lease } from './lease.ts';

/** Where the log stood at a moment. */
export interface LogMark {
  readonly epoch: string;
  /** All transactions up to this id had ended, and what they invalidated had been applied here. */
  readonly horizon: number;
}

/** What a process knows of the log, for values that other processes have loaded. */
export interface LogView {
  /** Where the log stands now, for a load that begins; undefined without a lease. */
  now(): LogMark | undefined;
  /**
   * Whether a value that was loaded at a mark is still valid: this process has a lease, its history reaches back to the mark, and
   * none of the tags was invalidated since.
   */
  isValid(loadedAt: LogMark, tags: readonly string[]): boolean;
  /** Values that depend on these tags and were loaded up to now proved to be wrong, although nothing has invalidated them. */
  outdate(tags: readonly string[]): void;
}

/** The view of a member, whose log and lease are others once it joins. */
export function logView(member: { lease: () => Lease; epoch: Epoch; log: () => AppliedLog }): LogView {
  const { epoch } = member;
  return {
    now() {
      const { horizon } = member.log().history;
      const isKnown = member.lease().isValid && epoch.id !== undefined && horizon !== undefined;
      return isKnown ? { epoch: epoch.id, horizon } : undefined;
    },
    isValid: (loadedAt, tags) =>
      member.lease().isValid && loadedAt.epoch === epoch.id && member.log().history.reaches(loadedAt.horizon, tags),
    outdate: (tags) => member.log().history.outdate(tags),
  };
}
