import type { Invalidation } from '../database/invalidation-log.ts';
import { AppliedRows } from './applied-rows.ts';
import { LogHistory } from './log-history.ts';
import type { LogPage, LogReader } from './log-reading.ts';
import type { Memory } from './member-options.ts';
import type { PublishedRow } from './messages.ts';

interface AppliedLogOptions {
  readonly tagsVersion: string;
  readonly memory: Memory;
  /** The tags that a row invalidates, as values depend on them. Absent if no history is needed. */
  readonly tagsOf?: ((row: Invalidation) => readonly string[]) | undefined;
}

/**
 * What of the log has been applied to the memory of this process: single rows as they are heard of, and all that a snapshot shows.
 */
export class AppliedLog {
  readonly history = new LogHistory();
  readonly #options: AppliedLogOptions;
  readonly #applied = new AppliedRows();
  #snapshot: string | undefined;

  constructor(options: AppliedLogOptions) {
    this.#options = options;
  }

  /** From where the log is to be read on. */
  get reader(): LogReader {
    return { since: this.#snapshot, tagsVersion: this.#options.tagsVersion, voids: this.history.voids };
  }

  /** Applies a row, unless it was. */
  apply(row: PublishedRow): void {
    if (this.#applied.has(row)) return;
    this.#note(row);
    this.#options.memory.apply(row);
    this.#applied.add(row); // not before: if it fails, it is tried again
  }

  /** Applies what was read of the log, up to its snapshot. */
  take({ rows, snapshot }: LogPage, { voids }: LogReader): void {
    for (const row of rows) this.apply(row);
    this.#snapshot = snapshot;
    this.history.advance(snapshot, voids);
  }

  /** Forgets everything, as rows before this snapshot are missing. */
  restart({ snapshot }: LogPage, { voids }: LogReader): void {
    this.#applied.clear();
    this.#options.memory.clear();
    this.#snapshot = snapshot;
    this.history.restart(snapshot, voids);
  }

  /**
   * What was read of the log means nothing any more. Memory is forgotten when the log is read next, without a snapshot to read
   * from.
   */
  disregard(): void {
    this.#applied.clear();
    this.#snapshot = undefined;
    this.history.clear();
  }

  /** Remembers rows for so many beats; call it with each. */
  beat(): void {
    this.#applied.advance();
  }

  /**
   * Rows from before this member joined, of which memory has nothing, say of which values of others it knows that they are valid.
   */
  extend(
    { rows, floor }: { rows: readonly (PublishedRow & { xid: number })[]; floor: number },
    { voids }: LogReader,
  ): void {
    const { tagsOf } = this.#options;
    if (tagsOf)
      this.history.extend(
        rows.map((row) => ({ tags: tagsOf(row), xid: row.xid })),
        { floor, voids },
      );
  }

  #note(row: PublishedRow): void {
    const { tagsOf } = this.#options;
    if (!tagsOf) return;
    if (row.xid === null) this.history.clear();
    else this.history.add(tagsOf(row), row.xid);
  }
}
