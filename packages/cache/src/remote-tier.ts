import type { Entry } from './entry.ts';

/** A key, as a remote tier is asked for it. */
export interface RemoteAddress {
  readonly category: string;
  readonly key: string;
  readonly namespace: string | undefined;
}

/** A value with what is known of its load. */
export interface RemoteValue {
  /** As the load returned it: plain data, which the cache freezes. */
  readonly value: unknown;
  /** All tags that the value depends on, the engine's own included. */
  readonly tags: readonly string[];
  /** Time since the load began, from which the lifetime counts. */
  readonly ageMs: number;
  /** Time until its `validUntil`; infinite without one. */
  readonly validForMs: number;
  /** Duration of the load. */
  readonly loadMs: number;
}

/** A value that was loaded and is kept, for others. */
export interface RemoteOffer extends RemoteValue {
  /** For how long it stays fresh. A tier has no use for it after that. */
  readonly freshForMs: number;
}

/**
 * A second tier behind memory, which several processes share. A lookup that misses in memory asks it before it loads. What a load
 * has brought is offered to it; refreshes, audits and experiments do not ask.
 *
 * The tier decides what is valid: when `find` resolves with a value, none of its tags may have been invalidated, by any process,
 * since the value was read. So it must compare the tags with what it knows of invalidations *when it resolves*, and know when
 * each load began, for which `begin` is called. What it cannot tell, it does not answer. It may throw or reject: the value is
 * then loaded.
 */
export interface RemoteTier {
  /**
   * Resolves with the value of a key, or with undefined. Returns undefined if it is not worth waiting, as for a category that is
   * not shared.
   */
  find(address: RemoteAddress): Promise<RemoteValue | undefined> | undefined;
  /**
   * Called just before a load begins, and after `find` when nobody waits any more, so that none begins. Returns the function that
   * receives the load's result, or undefined if that is of no use. The function is called once, with a result that is valid then,
   * or with undefined if there is none to share. It must not delay its caller: it only takes note, and works later.
   */
  begin(address: RemoteAddress): ((offer: RemoteOffer | undefined) => void) | undefined;
  /**
   * The value of a key proved wrong, or was made to expire by hand, though nothing invalidated it: do not answer with what was
   * loaded up to now.
   */
  drop?(address: RemoteAddress): void;
}

/** Throws if a tier does not have the functions of one. */
export function checkRemoteTier(tier: unknown): void {
  const { find, begin } = (tier ?? {}) as Partial<RemoteTier>;
  if (tier !== undefined && (typeof find !== 'function' || typeof begin !== 'function'))
    throw new TypeError('remote: expected an object with the functions find and begin');
}

/** Throws if a tier has answered with something else than a value. */
export function checkRemoteValue({ tags, ageMs, validForMs, loadMs }: RemoteValue): void {
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string'))
    throw new TypeError(`tags: expected a list of texts but got ${typeof tags}`);
  for (const [name, ms] of Object.entries({ ageMs, loadMs }))
    if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`${name}: expected 0 or more milliseconds but got ${ms}`);
  if (typeof validForMs !== 'number' || Number.isNaN(validForMs))
    throw new RangeError(`validForMs: expected milliseconds but got ${validForMs}`);
}

/** What a tier is offered of an entry. */
export function offerOf(entry: Entry, now: number): RemoteOffer {
  return {
    value: entry.value,
    tags: entry.tags.map(({ name }) => name),
    ageMs: Math.max(0, now - entry.createdAt),
    validForMs: entry.validUntil - now,
    loadMs: entry.loadMs,
    freshForMs: entry.expiresAt - now,
  };
}
