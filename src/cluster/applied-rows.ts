import type { PublishedRow } from './messages.ts';

/** How many beats a row is remembered. It may be heard of by its publication, by the log, and by a repeated publication. */
const rememberedBeats = 20;

/** The rows of the log that were applied lately, so that each is applied once. */
export class AppliedRows {
  readonly #beats = new Map<number, number>(); // by the row's id, in the order of their application
  #beat = 0;

  /** Whether a row was applied lately. False for a row without a position, which is applied each time it arrives. */
  has({ id }: PublishedRow): boolean {
    return id !== null && this.#beats.has(id);
  }

  /** Notes a row that was applied. */
  add({ id }: PublishedRow): void {
    if (id !== null) this.#beats.set(id, this.#beat);
  }

  /** Forgets what was applied long ago. Call it with each beat. */
  advance(): void {
    this.#beat++;
    for (const [id, beat] of this.#beats) {
      if (beat > this.#beat - rememberedBeats) break;
      this.#beats.delete(id);
    }
  }

  clear(): void {
    this.#beats.clear();
  }
}
