import type { MissCause } from './request.ts';

/** Why a key that was there is not there any more. */
export interface MissDetails {
  readonly cause: MissCause;
  readonly invalidatedBy?: { readonly tag: string; readonly cause: string | undefined };
  /** Of the value that expired. */
  readonly digest?: number;
}

/** Of keys whose entries died, why; the latest so many. */
export class RemovalHistory {
  readonly #limit: number;
  readonly #removals = new Map<string, MissDetails>(); // the earliest first

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#removals.size;
  }

  get(key: string): MissDetails | undefined {
    return this.#removals.get(key);
  }

  record(key: string, missDetails: MissDetails): void {
    this.#removals.delete(key);
    this.#removals.set(key, missDetails);
    for (const earliest of this.#removals.keys()) {
      if (this.#removals.size <= this.#limit) return;
      this.#removals.delete(earliest);
    }
  }

  /** It is there again. */
  delete(key: string): void {
    this.#removals.delete(key);
  }
}
