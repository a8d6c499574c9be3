/** A moment in the life of the database, as far as its clients know: which primary they write to, and whether one has acknowledged. */
export interface Moment {
  /** Rises with each failover. */
  readonly timeline: number;
  /** Whether a write that was sent to this primary was acknowledged: from then on nobody may answer with what was lost. */
  readonly isConfirmed: boolean;
}

/** The present moment, which all expectations share. */
export class Timeline {
  #now: Moment = { timeline: 1, isConfirmed: true };

  get now(): Moment {
    return this.#now;
  }

  /** A replica has become the primary. */
  failOver(): void {
    this.#now = { timeline: this.#now.timeline + 1, isConfirmed: false };
  }

  /** A write was acknowledged that was sent at this moment. */
  acknowledged({ timeline }: Moment): void {
    if (timeline === this.#now.timeline) this.#now = { timeline, isConfirmed: true };
  }
}

/** What a read has to be at least as new as. */
export interface Bound extends Moment {
  readonly floor: number;
}

/** What a field had, as somebody read it: a number that only grows, and the text that belongs to it. */
export interface Reading {
  readonly level: number;
  readonly text?: string;
}

/**
 * A value that is written by many at once, and has a number that grows with each write: a revision, or a count. So whatever the order
 * of the writes, what is read is at least as new as an acknowledged one if its number is at least as great.
 */
export class Expectation {
  readonly name: string;
  readonly #timeline: Timeline;
  #base: number;
  #floor: number;
  /** No more than this many can have been written. */
  #ceiling: number;
  #inFlight = 0;
  /** By level, as they were seen or acknowledged. */
  #texts = new Map<number, string>();
  readonly #lost = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #history: string[] = [];

  constructor(name: string, timeline: Timeline, { level, text }: Reading) {
    this.name = name;
    this.#timeline = timeline;
    this.#base = level;
    this.#floor = level;
    this.#ceiling = level;
    if (text !== undefined) this.#texts.set(level, text);
  }

  /** What is acknowledged now. */
  get floor(): number {
    return this.#floor;
  }

  get history(): readonly string[] {
    return this.#history;
  }

  /** What a read that is sent now has to be at least as new as. */
  bound(): Bound {
    return { ...this.#timeline.now, floor: this.#floor };
  }

  /** A write is sent. */
  sent(): void {
    this.#ceiling++;
    this.#inFlight++;
  }

  /** It was acknowledged; `level` is what its answer told, if it tells that. */
  acknowledged(sentAt: Moment, reading: Partial<Reading>): void {
    this.#inFlight--;
    if (sentAt.timeline !== this.#timeline.now.timeline) return; // written to one or the other: nobody can tell
    this.#floor = Math.max(this.#floor, reading.level ?? this.#floor + 1);
  }

  /** Its outcome is unknown: it may be written, or will be. */
  doubtful(): void {
    this.#inFlight--;
  }

  /** It was said that nothing was written. */
  refused(text?: string): void {
    this.#inFlight--;
    if (text !== undefined) this.#refused.add(text);
  }

  /** A replica has become the primary, and has this. Call it after `Timeline.failOver`. Returns how much was lost that was acknowledged. */
  restart({ level, text }: Reading): number {
    const lost = Math.max(0, this.#floor - level);
    for (const [seen, of] of this.#texts) if (seen > level) this.#lost.add(of);
    this.#texts = new Map(text === undefined ? [] : [[level, text]]);
    this.#base = level;
    this.#floor = level;
    this.#ceiling = level + this.#inFlight;
    return lost;
  }

  /** What is wrong with what was read by a request that was sent with this bound; undefined if nothing is. */
  check(bound: Bound, { level, text }: Reading): string | undefined {
    const { timeline } = this.#timeline.now;
    const floor = bound.timeline === timeline ? bound.floor : Math.min(bound.floor, this.#base);
    if (level < floor) return `STALE: expected at least ${floor}, but got ${level}`;
    if (text !== undefined && this.#refused.has(text)) return `REFUSED: ${text} was said not to be written`;
    if (bound.timeline !== timeline || !bound.isConfirmed) return undefined; // perhaps of the former primary
    if (level > this.#ceiling) return `TOO MUCH: expected at most ${this.#ceiling}, but got ${level}`;
    if (text === undefined) return undefined;
    if (this.#lost.has(text)) return `LOST: ${text} was lost by a failover`;
    const known = this.#texts.get(level);
    this.#texts.set(level, text);
    if (known !== undefined && known !== text) return `TORN: ${level} was ${known} before, and is ${text}`;
    return undefined;
  }

  note(line: string): void {
    this.#history.push(line);
    if (this.#history.length > 400) this.#history.shift();
  }
}
