import { UnavailableError } from '../unavailable-error.ts';

export interface FairTurnsOptions {
  /** Maximum of concurrent turns. */
  readonly atMost: number;
  /** The resource, for messages: `a connection`. */
  readonly resource: string;
  /** How many requests of one lane may wait; one more is refused at once. */
  readonly maxWaiting?: number;
  /** Milliseconds that a request may wait. */
  readonly waitMs?: number;
}

/** Ends a turn; calling it again does nothing. */
export type EndTurn = () => void;

interface Lane {
  /** The turn since which it waits for its next one: the lane with the lowest number is first. */
  since: number;
  running: number;
  readonly waiting: Waiting[];
}

interface Waiting {
  begin(): void;
  refuse(error: Error): void;
}

/**
 * Divides turns at a scarce resource fairly among lanes; a lane is usually a workspace. Waiting lanes are served in rotation,
 * whatever the number of their requests. Lanes below their share come first; with n turns and k lanes it is n / (k + 1). A lane may
 * exceed its share with turns that the others do not use. A fifth of the turns is reserved for lanes that have none, so that the
 * slow work of one lane cannot block the others, however much of it there is.
 */
export class FairTurns {
  readonly #options: Required<FairTurnsOptions>;
  /** Lanes that have a turn or wait for one. */
  readonly #lanes = new Map<string, Lane>();
  /** Turns that are reserved for lanes without one. */
  readonly #reserved: number;
  #running = 0;
  #begun = 0;

  constructor(options: FairTurnsOptions) {
    this.#options = { maxWaiting: 1_000, waitMs: 30_000, ...options };
    const { atMost } = options;
    this.#reserved = atMost > 1 ? Math.ceil(atMost / 5) : 0;
  }

  /** Resolves when the lane gets a turn. Rejects with an `UnavailableError` when too many requests wait, or after `waitMs`. */
  take(name: string): Promise<EndTurn> {
    const { resource, maxWaiting, waitMs } = this.#options;
    const lane = this.#lanes.get(name) ?? { since: this.#begun, running: 0, waiting: [] };
    if (lane.waiting.length >= maxWaiting)
      return Promise.reject(
        new UnavailableError(
          `expected at most ${maxWaiting} requests of one workspace to wait for ${resource}, but got more`,
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
      const error = () => new UnavailableError(`expected ${resource} within ${waitMs / 1_000} s, but got none`);
      timer = setTimeout(() => waiting.refuse(error()), waitMs);
    });
  }

  /** Rejects all waiting requests. Call it when the end of the running turns will not make the resource available. */
  refuseWaiting(error: Error): void {
    for (const { waiting } of [...this.#lanes.values()]) for (const one of [...waiting]) one.refuse(error);
  }

  #serve(): void {
    while (this.#running < this.#options.atMost) {
      const next = this.#next();
      if (!next) return;
      this.#running++;
      next.running++;
      next.since = ++this.#begun + 0.5; // after lanes that arrived during this turn, before those that arrive later
      next.waiting.shift()!.begin();
    }
  }

  #next(): Lane | undefined {
    const { atMost } = this.#options;
    const share = Math.floor(atMost / (this.#lanes.size + 1));
    const isReserved = atMost - this.#running <= this.#reserved;
    let next: Lane | undefined;
    for (const [name, lane] of this.#lanes) {
      const mayHaveOne = lane.running === 0 || !isReserved || name === ownLane;
      if (lane.waiting.length > 0 && mayHaveOne && !(next && comesFirst(next, lane, share))) next = lane;
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

function comesFirst(one: Lane, other: Lane, share: number): boolean {
  const [hasShare, otherHasShare] = [one.running >= share, other.running >= share];
  return hasShare === otherHasShare ? one.since <= other.since : otherHasShare;
}

/** The lane of the server's own work. It takes part in the rotation, and may use reserved turns, as its amount is limited. */
export const ownLane = '';
