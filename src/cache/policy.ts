/** A category's limits. All of `*Ms` are milliseconds; `maxBytes` is about what entries take in memory, keys and attachments included. */
export interface Policy {
  /**
   * How long an entry is fresh, from the start of its load. From its end if the load took half of this or longer: it would have to
   * be repeated as soon as it has ended. A load over its time limit counts from its start all the same, since nobody can say
   * when within so long a time it read what it brings.
   */
  readonly ttlMs: number;
  /** Stale-while-revalidate: how long after that it may still be served while one load refreshes it. */
  readonly staleMs: number;
  /** Stale-if-error: how long after `ttlMs` it may be served when a load fails. */
  readonly staleIfErrorMs: number;
  /** As `ttlMs`, for `null`; a longer one than `ttlMs` counts as that. */
  readonly nullTtlMs: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly eviction: 'arc' | 'lru';
}

type PolicyField = keyof Policy;

const positive: readonly PolicyField[] = ['ttlMs'];
const notNegative: readonly PolicyField[] = ['staleMs', 'staleIfErrorMs', 'nullTtlMs'];
const counts: readonly PolicyField[] = ['maxEntries', 'maxBytes'];

/** Throws a `RangeError` that names category, cell and value at the first one that makes no sense. */
export function validatePolicies(policies: Readonly<Record<string, Policy>>): void {
  for (const [category, policy] of Object.entries(policies)) {
    const refuseUnless = (accepts: (value: number) => boolean, cells: readonly PolicyField[], expected: string) => {
      for (const cell of cells) {
        const value: unknown = policy[cell];
        if (typeof value !== 'number' || !Number.isFinite(value) || !accepts(value)) refuse(category, cell, expected);
      }
    };
    const refuse = (category: string, cell: PolicyField, expected: string): never => {
      throw new RangeError(`Policy ${category}.${cell}: expected ${expected} but got ${shown(policy[cell])}`);
    };
    refuseUnless((value) => value > 0, positive, 'a finite number of milliseconds above 0');
    refuseUnless((value) => value >= 0, notNegative, 'a finite number of milliseconds, 0 or more');
    refuseUnless((value) => Number.isSafeInteger(value) && value > 0, counts, 'a whole number above 0');
    if (policy.eviction !== 'arc' && policy.eviction !== 'lru') refuse(category, 'eviction', '"arc" or "lru"');
  }
}

/** As `validatePolicies`, for limits of the whole cache, all of which are above 0. */
export function validateLimits(limits: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new RangeError(`${name}: expected a whole number above 0 but got ${shown(value)}`);
    }
  }
}

/** As `validatePolicies`, for a lifetime that overrides a category's. */
export function checkTtl(ttlMs: number | undefined): void {
  if (ttlMs === undefined || (typeof ttlMs === 'number' && ttlMs > 0 && ttlMs < Number.POSITIVE_INFINITY)) return;
  throw new RangeError(`ttlMs: expected a finite number of milliseconds above 0 but got ${shown(ttlMs)}`);
}

/** Throws for a number that counts nothing: a fraction, below 0, or beyond what there is. */
export function checkCount(name: string, count: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(count) && count >= 0 && count <= most) return;
  throw new RangeError(`${name}: expected a whole number from 0 to ${most} but got ${shown(count)}`);
}

/** Throws for a moment of the cache's clock that is none. */
export function checkMoment(name: string, atMs: number): void {
  if (typeof atMs === 'number' && !Number.isNaN(atMs)) return;
  throw new RangeError(`${name}: expected a moment of the cache's clock in milliseconds but got ${shown(atMs)}`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
