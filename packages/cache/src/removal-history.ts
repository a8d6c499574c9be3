import type { MissCause } from './request.ts';

/** Why a lookup of a key missed. */
export interface MissDetails {
  readonly cause: MissCause;
  readonly invalidatedBy?: { readonly tag: string; readonly cause: string | undefined };
  /** Digest of the expired value. */
  readonly digest?: number;
}

/** Why entries were removed: the causes of the latest `limit` evictions, expirations and invalidations, by key. */
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

  /** Call it when the key is kept again. */
  delete(key: string): void {
    this.#removals.delete(key);
  }
}
