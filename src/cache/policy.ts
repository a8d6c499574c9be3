/** Lifetime, limits and eviction of a category. `*Ms` are milliseconds; `maxBytes` is approximate, and includes keys and attachments. */
export interface Policy {
  /**
   * Time to live, counted from the start of the load. Counted from its end if the load took at least half of it; otherwise the
   * load would have to be repeated at once. For a load over its time limit counted from the start all the same, because it is unknown
   * when within that long time it read the value.
   */
  readonly ttlMs: number;
  /** Stale-while-revalidate (RFC 5861): how long after `ttlMs` an entry may be served while one load refreshes it. */
  readonly staleMs: number;
  /** Stale-if-error (RFC 5861): how long after `ttlMs` an entry may be served when its load fails. */
  readonly staleIfErrorMs: number;
  /** As `ttlMs`, for `null` and `undefined`. At most `ttlMs` takes effect. */
  readonly nullTtlMs: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly eviction: 'arc' | 'lru';
}

type PolicyField = keyof Policy;

const positive: readonly PolicyField[] = ['ttlMs'];
const notNegative: readonly PolicyField[] = ['staleMs', 'staleIfErrorMs', 'nullTtlMs'];
const counts: readonly PolicyField[] = ['maxEntries', 'maxBytes'];

/** Throws a `RangeError` that names category, member and value for the first invalid one. */
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

/** As `validatePolicies`, for the limits of the whole cache. */
export function validateLimits(limits: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new RangeError(`${name}: expected a whole number above 0 but got ${shown(value)}`);
    }
  }
}

/** As `validatePolicies`, for a TTL that overrides a category's. */
export function checkTtl(ttlMs: number | undefined): void {
  if (ttlMs === undefined || (typeof ttlMs === 'number' && ttlMs > 0 && ttlMs < Number.POSITIVE_INFINITY)) return;
  throw new RangeError(`ttlMs: expected a finite number of milliseconds above 0 but got ${shown(ttlMs)}`);
}

/** Throws a `RangeError` unless the number is whole and between 0 and `most`. */
export function checkCount(name: string, count: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(count) && count >= 0 && count <= most) return;
  throw new RangeError(`${name}: expected a whole number from 0 to ${most} but got ${shown(count)}`);
}

/** Throws a `RangeError` for a time that is no number. */
export function checkMoment(name: string, atMs: number): void {
  if (typeof atMs === 'number' && !Number.isNaN(atMs)) return;
  throw new RangeError(`${name}: expected a moment of the cache's clock in milliseconds but got ${shown(atMs)}`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
