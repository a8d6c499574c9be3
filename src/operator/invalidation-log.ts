/** Most invalidations that are remembered, of all namespaces together. */
const maxInvalidations = 256;
/** Most tags that are remembered of one. */
const maxTags = 50;

export interface LoggedInvalidation {
  /** ISO 8601. */
  readonly at: string;
  readonly cause: string | undefined;
  /** At most 50, with their namespaces. */
  readonly tags: readonly string[];
}

/** The last invalidations of a cache. */
export class InvalidationLog {
  readonly #ring: LoggedInvalidation[] = [];
  readonly #now: () => Date;
  #next = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  record(tags: readonly string[], cause: string | undefined): void {
    this.#ring[this.#next++ % maxInvalidations] = {
      at: this.#now().toISOString(),
      cause,
      tags: tags.slice(0, maxTags),
    };
  }

  /** The newest first. */
  *latest(): Generator<LoggedInvalidation> {
    for (let n = 1; n <= this.#ring.length; n++) yield this.#ring[(this.#next - n) % maxInvalidations]!;
  }
}
