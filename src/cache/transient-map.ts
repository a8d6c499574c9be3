/**
 * A map of what comes and goes. V8 copies the table of a `Map` when keys often leave and come, and links each copy to the next: one
 * that has grown old keeps alive all that come after it, with whatever was in them, until the whole heap is collected (*nepotism*).
 * So the place of a key that leaves only becomes empty, and when most are, the rest moves to a new `Map`.
 */
export class TransientMap<T extends object> {
  #places = new Map<string, T | undefined>();
  #emptyPlaces = 0;

  get size(): number {
    return this.#places.size - this.#emptyPlaces;
  }

  get(key: string): T | undefined {
    return this.#places.get(key);
  }

  set(key: string, value: T): void {
    if (this.#places.get(key) === undefined && this.#places.has(key)) this.#emptyPlaces--;
    this.#places.set(key, value);
  }

  delete(key: string): void {
    if (this.#places.get(key) === undefined) return;
    this.#places.set(key, undefined);
    if (++this.#emptyPlaces > this.size + 16) this.#leaveEmptyPlaces();
  }

  /** In no order to rely on. Who deletes meanwhile may yet be given what has gone, and who adds may not be given what came. */
  *values(): Iterable<T> {
    for (const value of this.#places.values()) if (value !== undefined) yield value;
  }

  #leaveEmptyPlaces(): void {
    const filled = new Map<string, T>();
    for (const [key, value] of this.#places) if (value !== undefined) filled.set(key, value);
    this.#places = filled;
    this.#emptyPlaces = 0;
  }
}
