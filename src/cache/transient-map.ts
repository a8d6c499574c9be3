/**
 * A map of what comes and goes. V8 copies the table of a `Map` when keys often leave and come, and links each copy to the next: one
 * that has grown old keeps alive all that come after it, with whatever was in them, until the whole heap is collected (*nepotism*).
 * So the place of a key that leaves only becomes empty, and when most are, the rest moves to a new `Map`.
 */
export class TransientMap<T extends object> {
  #slots = new Map<string, T | undefined>();
  #emptySlots = 0;

  get size(): number {
    return this.#slots.size - this.#emptySlots;
  }

  get(key: string): T | undefined {
    return this.#slots.get(key);
  }

  set(key: string, value: T): void {
    if (this.#slots.get(key) === undefined && this.#slots.has(key)) this.#emptySlots--;
    this.#slots.set(key, value);
  }

  delete(key: string): void {
    if (this.#slots.get(key) === undefined) return;
    this.#slots.set(key, undefined);
    if (++this.#emptySlots > this.size + 16) this.#compact();
  }

  /** In no order to rely on. Who deletes meanwhile may yet be given what has gone, and who adds may not be given what came. */
  *values(): Iterable<T> {
    for (const value of this.#slots.values()) if (value !== undefined) yield value;
  }

  #compact(): void {
    const filled = new Map<string, T>();
    for (const [key, value] of this.#slots) if (value !== undefined) filled.set(key, value);
    this.#slots = filled;
    this.#emptySlots = 0;
  }
}
