/** Runs the reads of data that other processes change, one after the other, so that no result replaces a newer one. */
export class Readings {
  readonly #read: () => Promise<void>;
  #latest: Promise<void> = Promise.resolve();

  constructor(read: () => Promise<void>) {
    this.#read = read;
  }

  /** Reads after the readings under way, whether they fail or not. */
  again(): Promise<void> {
    this.#latest = this.#latest.catch(() => {}).then(this.#read);
    return this.#latest;
  }

  /** Resolves when the readings under way have ended. */
  get ended(): Promise<void> {
    return this.#latest;
  }
}
