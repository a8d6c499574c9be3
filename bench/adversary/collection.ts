import type { Moment, Timeline } from './expectation.ts';

/** What a read of the list has to hold, and may not hold any more. */
export interface CollectionBound extends Moment {
  readonly present: readonly string[];
  readonly absent: readonly string[];
}

const remembered = 60;

/** A list to which things are added and from which they are removed, by many at once. */
export class Collection {
  readonly name: string;
  readonly #timeline: Timeline;
  readonly #present: Set<string>;
  #absent = new Set<string>();
  readonly #leaving = new Set<string>();
  readonly #history: string[] = [];

  constructor(name: string, timeline: Timeline, ids: readonly string[]) {
    this.name = name;
    this.#timeline = timeline;
    this.#present = new Set(ids);
  }

  get size(): number {
    return this.#present.size;
  }

  get history(): readonly string[] {
    return this.#history;
  }

  bound(): CollectionBound {
    return { ...this.#timeline.now, present: [...this.#present], absent: [...this.#absent] };
  }

  added(sentAt: Moment, id: string): void {
    if (sentAt.timeline === this.#timeline.now.timeline) this.#present.add(id);
  }

  /** Something to remove, that nobody else removes. */
  takeOne(choose: (ids: readonly string[]) => string): string {
    const id = choose([...this.#present]);
    this.#present.delete(id);
    this.#leaving.add(id);
    return id;
  }

  removed(sentAt: Moment, id: string): void {
    this.#leaving.delete(id);
    if (sentAt.timeline !== this.#timeline.now.timeline) return;
    this.#absent.add(id);
    for (const oldest of this.#absent) {
      if (this.#absent.size <= remembered) break;
      this.#absent.delete(oldest);
    }
  }

  /** It was said that it was not removed. */
  kept(sentAt: Moment, id: string): void {
    this.#leaving.delete(id);
    if (sentAt.timeline === this.#timeline.now.timeline) this.#present.add(id);
  }

  /** A replica has become the primary, and has these. Returns how many were lost, or are back. */
  restart(ids: readonly string[]): number {
    const has = new Set(ids);
    const lost = [...this.#present].filter((id) => !has.has(id));
    const back = ids.filter((id) => this.#absent.has(id));
    this.#present.clear();
    for (const id of ids) if (!this.#leaving.has(id)) this.#present.add(id);
    this.#absent = new Set([...this.#absent, ...lost].filter((id) => !has.has(id)));
    return lost.length + back.length;
  }

  check(bound: CollectionBound, ids: readonly string[]): string | undefined {
    const has = new Set(ids);
    const isSame = bound.timeline === this.#timeline.now.timeline;
    const missing = bound.present.filter((id) => !has.has(id) && this.#present.has(id));
    if (missing.length > 0) return `STALE: expected ${missing.join()} to be listed`;
    if (!isSame || !bound.isConfirmed) return undefined; // perhaps of the former primary
    const extra = bound.absent.filter((id) => has.has(id));
    return extra.length > 0 ? `STALE: expected ${extra.join()} not to be listed` : undefined;
  }

  note(line: string): void {
    this.#history.push(line);
    if (this.#history.length > 400) this.#history.shift();
  }
}
