/** What is remembered of a victim: its frequency, and the tick of its last access. */
export interface Ghost {
  readonly frequency: number;
  readonly epoch: number;
}

/** The keys of the most recent victims, the oldest first. */
export class Ghosts {
  readonly #limit: number;
  readonly #ghosts = new Map<string, Ghost>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#ghosts.size;
  }

  has(key: string): boolean {
    return this.#ghosts.has(key);
  }

  /** Forgets the oldest one in return, beyond the limit. */
  remember(key: string, ghost: Ghost): void {
    this.#ghosts.delete(key);
    this.#ghosts.set(key, ghost);
    if (this.#ghosts.size <= this.#limit) return;
    for (const oldest of this.#ghosts.keys()) {
      this.#ghosts.delete(oldest);
      return;
    }
  }

  /** Takes it out. */
  recall(key: string): Ghost | undefined {
    const ghost = this.#ghosts.get(key);
    if (ghost !== undefined) this.#ghosts.delete(key);
    return ghost;
  }

  clear(): void {
    this.#ghosts.clear();
  }
}
