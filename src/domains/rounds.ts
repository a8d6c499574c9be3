/** A problem is reported once rounds have failed for this long, or one round has taken this long. */
const patienceMs = 60_000;

/** Tracks whether the rounds of background work succeed and end. */
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

  /** Runs a round and settles as it does. */
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

  /** A problem to report to the operator; undefined while the work succeeds. */
  problem(): string | undefined {
    const failed = this.#secondsSince(this.#failingSinceMs);
    if (failed !== undefined) return `${this.#name}: has failed for ${failed} s and is retried; the log has the cause`;
    const busy = this.#secondsSince(this.#startedAtMs);
    return busy === undefined ? undefined : `${this.#name}: a round has not ended for ${busy} s`;
  }

  #secondsSince(atMs: number | undefined): number | undefined {
    const sinceMs = this.#nowMs() - (atMs ?? Number.POSITIVE_INFINITY);
    return sinceMs > patienceMs ? Math.floor(sinceMs / 1_000) : undefined;
  }
}
