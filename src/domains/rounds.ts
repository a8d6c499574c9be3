/** Work whose rounds fail for this long, or one of whose rounds takes this long, is reported. */
const patienceMs = 60_000;

/** Tracks whether work that is done in rounds gets done. */
export class Rounds {
  readonly #name: string;
  readonly #nowMs: () => number;
  #startedAtMs: number | undefined;
  /** The time of the first of consecutive failures. */
  #failingSinceMs: number | undefined;

  constructor(name: string, nowMs: () => number = () => performance.now()) {
    this.#name = name;
    this.#nowMs = nowMs;
  }

  /** Runs a round. Rejects as it does. */
  async run<T>(round: () => Promise<T>): Promise<T> {
    const startedAtMs = this.#nowMs();
    this.#startedAtMs = startedAtMs;
    try {
      const result = await round();
      this.#failingSinceMs = undefined;
      return result;
    } catch (error) {
      this.#failingSinceMs ??= startedAtMs;
      throw error;
    } finally {
      this.#startedAtMs = undefined;
    }
  }

  /** A problem that an operator should know; undefined when the work gets done. */
  problem(): string | undefined {
    const failed = this.#secondsSince(this.#failingSinceMs);
    if (failed !== undefined)
      return `${this.#name}: has failed for ${failed} s; the log says why, and it is tried again`;
    const busy = this.#secondsSince(this.#startedAtMs);
    return busy === undefined ? undefined : `${this.#name}: a round has not ended for ${busy} s`;
  }

  #secondsSince(atMs: number | undefined): number | undefined {
    const sinceMs = this.#nowMs() - (atMs ?? Number.POSITIVE_INFINITY);
    return sinceMs > patienceMs ? Math.floor(sinceMs / 1_000) : undefined;
  }
}
