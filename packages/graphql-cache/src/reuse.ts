import type { FieldCache } from './cached-field.ts';
import { type AttachedFragment, countCoalesced, countFragment, freshUntilOf, revalidateFragment } from './fragments.ts';
import type { JoinedFragments, Provenance } from './joined-execution.ts';

/**
 * Validates the fragments of a result that was joined before. If all are valid and fresh, counts their lookups and returns the
 * milliseconds for which all stay fresh; otherwise returns undefined. The caller compares `period`.
 */
export function reuseFragments(cache: FieldCache, { fragments }: JoinedFragments): number | undefined {
  const startedAt = cache.beginHit();
  const now = cache.now();
  if (!fragments.every((fragment) => revalidateFragment(cache, fragment, now))) return undefined;
  let freshUntil = Number.POSITIVE_INFINITY;
  for (const fragment of fragments as readonly AttachedFragment[]) {
    countFragment(cache, fragment, startedAt);
    freshUntil = Math.min(freshUntil, freshUntilOf(fragment));
  }
  return freshUntil - now;
}

/** Counts the lookups of a result for another request that waited for it. */
export function countReuse(cache: FieldCache, { foundFragments, executedTraces }: Provenance, waitedMs: number): void {
  for (const fragment of foundFragments) countFragment(cache, fragment);
  for (const trace of executedTraces) countCoalesced(cache, trace, waitedMs);
}
