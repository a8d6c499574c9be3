import type { Evictable } from './policy.ts';

/** A doubly linked intrusive list of entries, from the oldest to the newest. */
export class RecencyList<E extends Evictable> {
  readonly #id: number;
  #oldest: E | null = null;
  #newest: E | null = null;
  #size = 0;

  /** `id` marks the entries of this list in `entry.list`. Must not be 0. */
  constructor(id: number) {
    this.#id = id;
  }

  get size(): number {
    return this.#size;
  }

  get oldest(): E | null {
    return this.#oldest;
  }

  has(entry: E): boolean {
    return entry.list === this.#id;
  }

  /** The next newer entry of the list. */
  after(entry: E): E | null {
    return entry.next as E | null; // only an E was ever appended
  }

  append(entry: E): void {
    entry.list = this.#id;
    entry.previous = this.#newest;
    entry.next = null;
    if (this.#newest) this.#newest.next = entry;
    else this.#oldest = entry;
    this.#newest = entry;
    this.#size++;
  }

  unlink(entry: E): void {
    if (entry.previous) entry.previous.next = entry.next;
    else this.#oldest = entry.next as E | null;
    if (entry.next) entry.next.previous = entry.previous;
    else this.#newest = entry.previous as E | null;
    entry.list = 0;
    entry.previous = null;
    entry.next = null;
    this.#size--;
  }

  /** Makes an entry of this list the newest. Writes as little as possible, because hits call it. */
  refresh(entry: E): void {
    const { previous, next } = entry;
    const newest = this.#newest;
    if (next === null || newest === null) return; // it is the newest
    next.previous = previous;
    if (previous) previous.next = next;
    else this.#oldest = next as E;
    entry.previous = newest;
    entry.next = null;
    newest.next = entry;
    this.#newest = entry;
  }

  clear(): void {
    while (this.#oldest) this.unlink(this.#oldest);
  }
}
