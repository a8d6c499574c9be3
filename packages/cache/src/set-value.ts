import type { EngineParts } from './engine-parts.ts';
import type { Entry } from './entry.ts';
import type { LoadStart } from './flight.ts';
import { checkRequest } from './keys-and-tags.ts';
import { checkCount, checkMoment } from './policy.ts';
import type { ReadRequest } from './request.ts';
import type { Store } from './store.ts';

export interface SetRequest<Category extends string>
  extends Omit<ReadRequest<Category>, 'now' | 'observe' | 'signal' | 'timeoutMs'> {
  /**
   * `cache.stamp` as it was before the value was read. The default, the present stamp, is safe only if nothing changed the value
   * since.
   */
  readonly stamp?: number;
  readonly validUntil?: number;
}

/** Throws an error for a request that makes no sense, and for a promise in the place of a value. */
export function checkSet(request: SetRequest<string>, value: unknown, stamp: number): void {
  if (value instanceof Promise) throw new TypeError(`Expected the value of "${request.key}" but got a promise of it`);
  checkRequest(request);
  if (request.stamp !== undefined) checkCount('stamp', request.stamp, stamp);
  if (request.validUntil !== undefined) checkMoment('validUntil', request.validUntil);
}

/** Keeps a value that the caller has, as the result of a load that began at the stamp of the request. */
export function setValue(
  { request, value, store }: { request: SetRequest<string>; value: unknown; store: Store },
  { loads, ledger, time }: EngineParts,
): Entry {
  const { key, namespace, coordinate, ttlMs, staleMs, tags = [] } = request;
  const loadStart: LoadStart<Store> = {
    ...{ store, key, namespace, ttlMs, staleMs },
    field: store.statistics.field(coordinate),
    startedAt: time.precise(),
    stamp: request.stamp ?? ledger.stamp,
    miss: { cause: 'cold' },
    older: undefined,
    isRefresh: false,
    isGiven: true,
    asksRemote: false,
  };
  return loads.start(loadStart, tags, (loadContext) => {
    if (request.validUntil !== undefined) loadContext.validUntil(request.validUntil);
    return value;
  }) as Entry;
}
