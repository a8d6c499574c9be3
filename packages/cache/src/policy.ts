/**
 * Lifetime, limits and eviction of a category. `*Ms` are milliseconds; `maxBytes` is approximate, and includes keys and
 * attachments.
 */
export interface Policy {
  /**
   * Time to live, counted from the start of the load. Counted from its end if the load took at least half of it; otherwise the load
   * would have to be repeated at once. For a load over its time limit counted from the start all the same, because it is unknown
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
  /**
   * β of `Prefetch`: 0, the default, reloads nothing before it expires, 1 is the paper's, more is earlier. Without effect where
   * there is a stale window, in which entries are refreshed anyhow.
   */
  readonly prefetchBeta?: number;
}

/** A policy whose missing members have these defaults: no stale window, `nullTtlMs` as `ttlMs`, 1,000 entries, 16 MiB, `arc`. */
export type PolicyOptions = Pick<Policy, 'ttlMs'> & Partial<Policy>;

export function policyOf(options: PolicyOptions): Policy {
  const { ttlMs, staleMs = 0, staleIfErrorMs = 0, nullTtlMs = ttlMs, maxEntries = 1_000 } = options;
  const { maxBytes = 16 * 2 ** 20, eviction = 'arc', prefetchBeta } = options;
  return { ttlMs, staleMs, staleIfErrorMs, nullTtlMs, maxEntries, maxBytes, eviction, prefetchBeta };
}

type PolicyField = keyof Policy;

const positive: readonly PolicyField[] = ['ttlMs'];
const notNegative: readonly PolicyField[] = ['staleMs', 'staleIfErrorMs', 'nullTtlMs'];
const optional: readonly PolicyField[] = ['prefetchBeta'];
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
    refuseUnless(
      (value) => value >= 0,
      optional.filter((cell) => policy[cell] !== undefined),
      'a finite number, 0 or more',
    );
    refuseUnless((value) => Number.isSafeInteger(value) && value > 0, counts, 'a whole number above 0');
    if (policy.eviction !== 'arc' && policy.eviction !== 'lru') refuse(category, 'eviction', '"arc" or "lru"');
  }
}

/** Whether entries may live shorter under the second policy than under the first. */
export function isShorter(before: Policy, after: Policy): boolean {
  return (['ttlMs', 'staleMs', 'staleIfErrorMs', 'nullTtlMs'] as const).some((cell) => after[cell] < before[cell]);
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

/** As `validatePolicies`, for a stale window that overrides a category's. */
export function checkStale(staleMs: number | undefined): void {
  if (staleMs === undefined || (typeof staleMs === 'number' && staleMs >= 0 && staleMs < Number.POSITIVE_INFINITY))
    return;
  throw new RangeError(`staleMs: expected a finite number of milliseconds, 0 or more, but got ${shown(staleMs)}`);
}

/** The longest time of a Node.js timer. A longer one would end at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Throws a `RangeError` for a time limit that a timer cannot keep. */
export function checkTimeout(name: string, timeoutMs: number | undefined): void {
  if (timeoutMs === undefined || (typeof timeoutMs === 'number' && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS))
    return;
  throw new RangeError(
    `${name}: expected a number of milliseconds above 0, at most ${MAX_TIMEOUT_MS}, but got ${shown(timeoutMs)}`,
  );
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

/** β for `Prefetch`. */
export function prefetchBetaOf({ staleMs, prefetchBeta = 0 }: Policy): number {
  return staleMs > 0 ? 0 : prefetchBeta;
}
