import type { Entry } from './entry.ts';
import type { MissDetails } from './removal-history.ts';
import type { Lookup } from './request.ts';

/** Describes a lookup that an entry served, for `ReadRequest.observe`. */
export function lookupOf(status: Lookup['status'], entry: Entry, now: number): Lookup {
  const tier = status === 'HIT' || status === 'STALE' ? 'memory' : undefined;
  return { status, ageMs: Math.max(0, now - entry.createdAt), expiresInMs: entry.expiresAt - now, tier };
}

/** Describes a lookup that the remote tier served. */
export function remoteLookupOf(entry: Entry, now: number): Lookup {
  return { ...lookupOf('HIT', entry, now), tier: 'remote' };
}

/** What the description of a miss adds. */
export function missFields({ cause, invalidatedBy }: MissDetails): Pick<Lookup, 'cause' | 'invalidatedBy'> {
  return invalidatedBy === undefined ? { cause } : { cause, invalidatedBy };
}
