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
    if (this.#places.get(key) === undefined) this.#takePlace(key);
    this.#places.set(key, value);
  }

  delete(key: string): void {
    if (this.#places.get(key) === undefined) return;
    this.#places.set(key, undefined);
    this.#emptyPlaces++;
  }

  /** In no order to rely on. Whoever changes the map meanwhile may yet be given what has gone. */
  *values(): Iterable<T> {
    for (const value of this.#places.values()) if (value !== undefined) yield value;
  }

  #takePlace(key: string): void {
    if (this.#places.has(key)) this.#emptyPlaces--;
    else if (this.#emptyPlaces > this.size + 16) this.#leaveEmptyPlaces();
  }

  #leaveEmptyPlaces(): void {
    const filled = [...this.#places].filter(([, value]) => value !== undefined);
    this.#places = new Map(filled);
    this.#emptyPlaces = 0;
  }
}
