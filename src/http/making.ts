import type { Viewer } from '../domains/context.ts';
import type { Origin } from '../graphql/joined-execution.ts';

/** A response of status 200. */
export interface WholeResponse {
  /** Whom it was made for. */
  readonly viewer: Viewer;
  /** Names and values in turn, all but those that each response has of its own; and the same as lines. */
  readonly headers: readonly string[];
  readonly head: string;
  readonly body: Buffer;
}

/** What the pipeline has just made. */
export interface MadeResponse extends WholeResponse {
  readonly origin: Origin;
  /** The `Cache-Status` of those who waited for it. */
  readonly status: string;
}

/** Who comes later has an answer made of their own, which the cache's own single flight makes cheap. */
const joinableMs = 1_000;

/**
 * An answer that the pipeline is making. Whoever asks for the same meanwhile may have it too, unless something was invalidated
 * since it was begun: all that it says was found valid, or read, after that, so it says nothing that was not true when they asked.
 */
export class Making {
  readonly #stamp: number;
  readonly #startedAtMs = performance.now();
  #resolve: ((made: MadeResponse | undefined) => void) | undefined;
  /** Undefined when nothing came of it that others may be given. */
  readonly made = new Promise<MadeResponse | undefined>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(stamp: number) {
    this.#stamp = stamp;
  }

  isJoinable(stamp: number): boolean {
    return this.#resolve !== undefined && stamp === this.#stamp && performance.now() - this.#startedAtMs < joinableMs;
  }

  end(made: MadeResponse | undefined): void {
    this.#resolve?.(made);
    this.#resolve = undefined;
  }
}
