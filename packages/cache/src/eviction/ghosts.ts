/** The record of an evicted entry: its frequency, and the tick of its last access. */
export interface Ghost {
  readonly frequency: number;
  readonly epoch: number;
}

/** The keys of evicted entries, the earliest eviction first. */
export class Ghosts {
  readonly #ghosts = new Map<string, Ghost>();

  get size(): number {
    return this.#ghosts.size;
  }

  add(key: string, ghost: Ghost): void {
    this.#ghosts.delete(key);
    this.#ghosts.set(key, ghost);
  }

  /** Removes and returns a ghost. */
  take(key: string): Ghost | undefined {
    const ghost = this.#ghosts.get(key);
    if (ghost !== undefined) this.#ghosts.delete(key);
    return ghost;
  }

  /** Removes the oldest ghosts until `limit` are left. */
  trim(limit: number): void {
    if (this.#ghosts.size <= limit) return;
    for (const key of this.#ghosts.keys()) {
      this.#ghosts.delete(key);
      if (this.#ghosts.size <= limit) return;
    }
  }

  clear(): void {
    this.#ghosts.clear();
  }
}
