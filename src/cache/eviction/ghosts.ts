/** The keys of recent victims, oldest first, each with the frequency it had. */
export class Ghosts {
  readonly #frequencies = new Map<string, number>();

  get size(): number {
    return this.#frequencies.size;
  }

  has(key: string): boolean {
    return this.#frequencies.has(key);
  }

  remember(key: string, frequency: number): void {
    this.#frequencies.delete(key);
    this.#frequencies.set(key, frequency);
  }

  /** Takes the key out and returns its frequency, or `undefined` for a key that is not remembered. */
  recall(key: string): number | undefined {
    const frequency = this.#frequencies.get(key);
    if (frequency !== undefined) this.#frequencies.delete(key);
    return frequency;
  }

  /** Forgets the oldest until at most `limit` are left. */
  trim(limit: number): void {
    if (this.#frequencies.size <= limit) return;
    for (const key of this.#frequencies.keys()) {
      this.#frequencies.delete(key);
      if (this.#frequencies.size <= limit) return;
    }
  }

  clear(): void {
    this.#frequencies.clear();
  }
}
