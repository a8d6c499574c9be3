import { UnavailableError } from './errors.ts';

export interface FairTurnsOptions {
  /** Turns at the same time. */
  readonly atMost: number;
  /** What there are turns of, for messages: `a connection`. */
  readonly what: string;
  /** Requests of one lane that may wait; one more is refused at once. */
  readonly maxWaiting?: number;
  /** How long one may wait. */
  readonly waitMs?: number;
}

/** Ends a turn; calling it again does nothing. */
export type EndTurn = () => void;

interface Lane {
  /** Since which turn it waits for its next one: the least goes first. */
  since: number;
  running: number;
  readonly waiting: Waiting[];
}

interface Waiting {
  begin(): void;
  refuse(error: Error): void;
}

/**
 * Gives turns at something scarce to lanes, of which each is a workspace. Lanes that wait are served in rotation, whatever the
 * number of their requests. No lane may have more than its share, which always leaves one for a newcomer: of n turns and k lanes,
 * n / (k + 1). So nobody waits for the slow work of one lane alone, however much of it there is.
 */
export class FairTurns {
  readonly #options: Required<FairTurnsOptions>;
  /** Those that have a turn or wait for one. */
  readonly #lanes = new Map<string, Lane>();
  #running = 0;
  #begun = 0;

  constructor(options: FairTurnsOptions) {
    this.#options = { maxWaiting: 1_000, waitMs: 30_000, ...options };
  }

  /** Resolves when it is the lane's turn. Rejects with an `UnavailableError` when too many wait, or when it takes too long. */
  take(name: string): Promise<EndTurn> {
    const { what, maxWaiting, waitMs } = this.#options;
    const lane = this.#lanes.get(name) ?? { since: this.#begun, running: 0, waiting: [] };
    if (lane.waiting.length >= maxWaiting)
      return Promise.reject(
        new UnavailableError(
          `expected at most ${maxWaiting} requests of one workspace to wait for ${what}, but got more`,
        ),
      );
    this.#lanes.set(name, lane);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        begin: () => {
          clearTimeout(timer);
          resolve(this.#endOf(name, lane));
        },
        refuse: (error) => {
          clearTimeout(timer);
          lane.waiting.splice(lane.waiting.indexOf(waiting), 1);
          this.#leave(name, lane);
          reject(error);
        },
      };
      let timer: NodeJS.Timeout | undefined;
      lane.waiting.push(waiting);
      this.#serve();
      if (lane.waiting.at(-1) !== waiting) return;
      const error = () => new UnavailableError(`expected ${what} within ${waitMs / 1_000} s, but got none`);
      timer = setTimeout(() => waiting.refuse(error()), waitMs);
    });
  }

  /** Call it when no turn that runs will bring what those who wait are waiting for. */
  refuseWaiting(error: Error): void {
    for (const { waiting } of [...this.#lanes.values()]) for (const one of [...waiting]) one.refuse(error);
  }

  #serve(): void {
    while (this.#running < this.#options.atMost) {
      const next = this.#next();
      if (!next) return;
      this.#running++;
      next.running++;
      next.since = ++this.#begun + 0.5; // behind those that came during this turn, before those that come later
      next.waiting.shift()!.begin();
    }
  }

  #next(): Lane | undefined {
    const share = Math.max(1, Math.floor(this.#options.atMost / (this.#lanes.size + 1)));
    let next: Lane | undefined;
    for (const [name, lane] of this.#lanes) {
      const mayHaveMore = lane.running < share || name === ownLane;
      if (lane.waiting.length > 0 && mayHaveMore && !(next && next.since <= lane.since)) next = lane;
    }
    return next;
  }

  #endOf(name: string, lane: Lane): EndTurn {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#running--;
      lane.running--;
      this.#leave(name, lane);
    };
  }

  #leave(name: string, lane: Lane): void {
    if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(name);
    this.#serve();
  }
}

/** The server's own work, which is bounded by itself: it has its place in the rotation, and no share. */
export const ownLane = '';
