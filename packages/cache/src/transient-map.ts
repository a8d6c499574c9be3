/**
 * A map whose keys are often added and deleted. V8 copies the table of such a `Map` again and again, and links each copy to the
 * next: a copy in the old generation keeps all later ones alive with their contents, until a full garbage collection (*nepotism*).
 * So a deleted key leaves an empty slot, and once most slots are empty, the others move to a new `Map`.
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

  /** In no particular order. Values deleted during the iteration may still appear, and added ones may not. */
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
