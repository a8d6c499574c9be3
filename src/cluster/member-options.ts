import type { Invalidation } from '../database/invalidation-log.ts';
import type { Time, Timing } from './timing.ts';

/** The cache of this process. */
export interface Memory {
  /** Applies an invalidation, at once. */
  apply(invalidation: Invalidation): void;
  /** Drops everything: invalidations may be missing. */
  clear(): void;
  /** Allows answers from memory until a time of `performance.now()`; 0 forbids them from now on. */
  allow(untilMs: number): void;
  /** The database cannot be reached, and what others wrote since this time of `performance.now()` is not known here. */
  cutOff(sinceMs: number): void;
}

/** The memory of a process that has not joined: its methods do nothing. */
export const noMemory: Memory = { apply() {}, clear() {}, allow() {}, cutOff() {} };

export interface MemberOptions {
  /** The database, on a connection that hears notifications. */
  readonly url: string;
  /** Fences every member through the pool, for when that connection is away. */
  readonly fenceAll: () => Promise<void>;
  /** Rows of another version stand for everything of their workspace. */
  readonly tagsVersion: string;
  /** The tags that a row invalidates, as values depend on them; for `Member.view`. */
  readonly tagsOf?: ((row: Invalidation) => readonly string[]) | undefined;
  readonly log: { info(message: string): void; warn(message: string): void };
  readonly time?: Time;
  readonly timing?: Timing;
}
