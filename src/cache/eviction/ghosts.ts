/** What is remembered of a victim: its frequency, and the tick of its last access. */
export interface Ghost {
  readonly frequency: number;
  readonly epoch: number;
}

/** Keys of victims, the one that left longest ago first. */
export class Ghosts {
  readonly #ghosts = new Map<string, Ghost>();

  get size(): number {
    return this.#ghosts.size;
  }

  has(key: string): boolean {
    return this.#ghosts.has(key);
  }

  add(key: string, ghost: Ghost): void {
    this.#ghosts.delete(key);
    this.#ghosts.set(key, ghost);
  }

  /** Takes it out. */
  take(key: string): Ghost | undefined {
    const ghost = this.#ghosts.get(key);
    if (ghost !== undefined) this.#ghosts.delete(key);
    return ghost;
  }

  /** Takes out those that left longest ago, until `limit` are left, and gives them to `next`. */
  trim(limit: number, next?: Ghosts): void {
    if (this.#ghosts.size <= limit) return;
    for (const [key, ghost] of this.#ghosts) {
      this.#ghosts.delete(key);
      next?.add(key, ghost);
      if (this.#ghosts.size <= limit) return;
    }
  }

  clear(): void {
    this.#ghosts.clear();
  }
}
