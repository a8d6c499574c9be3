/** What rows of the log invalidate, and by which transaction. */
export interface PlacedTags {
  readonly tags: readonly string[];
  readonly xid: number;
}

const maxTags = 50_000;
const maxChars = 4_000_000;
const nothing = Number.POSITIVE_INFINITY;

/**
 * The highest transaction that invalidated each tag, as far back as this is known. A transaction that is not higher than the
 * horizon of a load had ended when the load began, so that its value shows it.
 */
export class LogHistory {
  readonly #limits: { readonly maxTags: number; readonly maxChars: number };
  readonly #positions = new Map<string, number>(); // those that changed longest ago first
  #chars = 0;
  /** From here on all rows of the log were added; `nothing` while none were. */
  #begin = nothing;
  /** The highest position of a tag that was dropped for want of space. */
  #evicted = -1;
  #horizon: number | undefined;
  #highest = 0;
  #voids = 0;

  constructor(limits: { maxTags?: number; maxChars?: number } = {}) {
    this.#limits = { maxTags, maxChars, ...limits };
  }

  /** Undefined while the log was not read. */
  get horizon(): number | undefined {
    return this.#horizon;
  }

  /** Number of tags whose position is known. */
  get size(): number {
    return this.#positions.size;
  }

  /** Number of times the history was cleared. The result of a query of the log that began before the last clear is not used. */
  get voids(): number {
    return this.#voids;
  }

  get isVoid(): boolean {
    return this.#begin === nothing;
  }

  /** A row was applied here. */
  add(tags: readonly string[], xid: number): void {
    this.#highest = Math.max(this.#highest, xid);
    for (const tag of tags) {
      const earlier = this.#positions.get(tag);
      if (earlier === undefined) this.#chars += tag.length;
      else this.#positions.delete(tag);
      this.#positions.set(tag, Math.max(xid, earlier ?? 0));
    }
    if (this.#positions.size > this.#limits.maxTags || this.#chars > this.#limits.maxChars) this.#evict();
  }

  /** Drops a part of the tags at once, so that most additions drop none. */
  #evict(): void {
    const { maxTags, maxChars } = this.#limits;
    const [tagsLeft, charsLeft] = [maxTags, maxChars].map((most) => most - Math.floor(most / 64)) as [number, number];
    for (const [tag, position] of this.#positions) {
      if (this.#positions.size <= tagsLeft && this.#chars <= charsLeft) break;
      this.#positions.delete(tag);
      this.#chars -= tag.length;
      this.#evicted = Math.max(this.#evicted, position);
    }
  }

  /** Something was invalidated at an unknown position, or rows may be missing. */
  clear(): void {
    this.#voids++;
    this.#begin = nothing;
    this.#evicted = -1;
    this.#horizon = undefined;
    this.#positions.clear();
    this.#chars = 0;
  }

  /** Moves the horizon to a snapshot up to which the log was applied. A history that was cleared begins at the snapshot. */
  advance(snapshot: string, voids: number): void {
    if (voids !== this.#voids) return;
    if (this.isVoid) this.#beginAt(snapshot);
    else this.#horizon = Math.max(ends(snapshot).xmin - 1, this.#horizon ?? 0);
  }

  /** As `advance`, but rows before the snapshot may be missing. What was heard of since stays: the snapshot may not show it. */
  restart(snapshot: string, voids: number): void {
    if (voids === this.#voids) this.#beginAt(snapshot);
    else this.clear();
  }

  /** Older rows of the log are known too, down to a floor. They come in the order of their transactions. */
  extend(rows: Iterable<PlacedTags>, { floor, voids }: { floor: number; voids: number }): void {
    if (voids !== this.#voids || this.isVoid) return;
    const later = [...this.#positions];
    this.#positions.clear();
    this.#chars = 0;
    this.#begin = Math.min(this.#begin, floor);
    for (const { tags, xid } of rows) this.add(tags, xid);
    for (const [tag, xid] of later) this.add([tag], xid);
  }

  /**
   * Values that depend on these tags are wrong, though nothing invalidated them. Refuses those that were loaded up to what is known here;
   * another process that had read further may have loaded one that is accepted.
   */
  outdate(tags: readonly string[]): void {
    this.add(tags, Math.max(this.#highest, this.#horizon ?? 0) + 1);
  }

  #beginAt(snapshot: string): void {
    const { xmin, xmax } = ends(snapshot);
    this.#horizon = xmin - 1;
    this.#begin = xmax - 1;
  }

  reaches(horizon: number, tags: readonly string[]): boolean {
    if (horizon < Math.max(this.#begin, this.#evicted)) return false;
    return tags.every((tag) => (this.#positions.get(tag) ?? 0) <= horizon);
  }
}

/**
 * The ends of a snapshot as PostgreSQL writes it, `xmin:xmax:…`: all transactions below the first have ended, and none from the
 * second on.
 */
function ends(snapshot: string): { xmin: number; xmax: number } {
  const [xmin, xmax] = snapshot.split(':').map(Number) as [number, number];
  return { xmin, xmax };
}
