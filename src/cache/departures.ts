import type { MissCause } from './request.ts';

/** Why a key that was there is not there any more. */
export interface Departure {
  readonly cause: MissCause;
  readonly invalidatedBy?: { readonly tag: string; readonly cause: string | undefined };
  /** Of the value that expired. */
  readonly digest?: number;
}

/** Of keys whose entries died, why; the latest so many. */
export class Departures {
  readonly #limit: number;
  readonly #departures = new Map<string, Departure>(); // the earliest first

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#departures.size;
  }

  of(key: string): Departure | undefined {
    return this.#departures.get(key);
  }

  remember(key: string, departure: Departure): void {
    this.#departures.delete(key);
    this.#departures.set(key, departure);
    for (const earliest of this.#departures.keys()) {
      if (this.#departures.size <= this.#limit) return;
      this.#departures.delete(earliest);
    }
  }

  /** It is there again. */
  forget(key: string): void {
    this.#departures.delete(key);
  }
}
