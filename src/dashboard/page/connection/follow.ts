import { RequestError } from './request-error.ts';

/** Whether what is shown is of now. */
export type Liveness =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | {
      readonly state: 'waiting';
      /** By `performance.now()`, as the wall clock may be set. */
      readonly retryAtMs: number;
      /** What the server says of why, or an error of the page itself; undefined when the server does not answer. */
      readonly why?: string;
    };

interface FollowOptions<Event> {
  /** Opens the source of events, which ends when the signal is aborted. */
  open(signal: AbortSignal): AsyncIterable<Event>;
  onEvent(event: Event): void;
  onLiveness(liveness: Liveness): void;
  /** The token is not valid any more, or not enough: nothing more comes. */
  onRefusal(error: RequestError): void;
}

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
/** Events come once a second; after this time without one the source counts as broken. */
const silenceMs = 6_000;

/** Follows a source of events until it is stopped. A source that ends is opened again, after 1 s, 2 s, 4 s, … 30 s. */
export class Follower<Event> {
  readonly #options: FollowOptions<Event>;
  readonly #stop = new AbortController();
  #wake = () => {};
  #failures = 0;

  constructor(options: FollowOptions<Event>) {
    this.#options = options;
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  /** Ends the present wait. */
  retryNow(): void {
    this.#wake();
  }

  async #run(): Promise<void> {
    const { onLiveness, onRefusal } = this.#options;
    while (!this.#stop.signal.aborted) {
      onLiveness({ state: 'connecting' });
      const error = await this.#readOnce().catch((reason: unknown) => reason);
      if (this.#stop.signal.aborted) return;
      if (error instanceof RequestError && error.isAboutToken) return onRefusal(error);
      const why = error instanceof RequestError && !error.isAnswer ? undefined : (error as Error | undefined)?.message;
      await this.#wait(Math.min(longestWaitMs, firstWaitMs * 2 ** this.#failures++), why);
    }
  }

  async #readOnce(): Promise<void> {
    const { open, onEvent, onLiveness } = this.#options;
    const control = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, control.signal]);
    const broken = () => control.abort();
    let silence = setTimeout(broken, silenceMs);
    try {
      for await (const event of open(signal)) {
        clearTimeout(silence);
        silence = setTimeout(broken, silenceMs);
        if (signal.aborted) return;
        this.#failures = 0;
        onEvent(event);
        onLiveness({ state: 'live' });
      }
    } finally {
      clearTimeout(silence);
      control.abort();
    }
  }

  async #wait(ms: number, why?: string): Promise<void> {
    this.#options.onLiveness({ state: 'waiting', retryAtMs: performance.now() + ms, why });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
