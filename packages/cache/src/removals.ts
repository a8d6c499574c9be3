import type { CategoryStatistics } from './category-statistics.ts';
import type { Entry } from './entry.ts';
import { type HookCalls, keyEventOf } from './hooks.ts';
import { keyTag } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';
import type { Policy } from './policy.ts';
import type { RemoteAddress } from './remote-tier.ts';
import { type MissDetails, RemovalHistory } from './removal-history.ts';

const RECORDS_PER_ENTRY = 2;

const COLD: MissDetails = { cause: 'cold' };
const EVICTED: MissDetails = { cause: 'evicted' };

export interface RemovalParts {
  readonly ledger: Ledger;
  readonly hookCalls: HookCalls;
  readonly statistics: CategoryStatistics;
  /** Called with the key of a value that proved unusable, or was made to expire. */
  readonly onDrop: (dropped: RemoteAddress) => void;
}

/** What a removal of an entry means by its cause: it is counted, told to the hooks, and explains the next miss of the key. */
export class Removals {
  readonly #parts: RemovalParts;
  #history: RemovalHistory;

  constructor(policy: Policy, parts: RemovalParts) {
    this.#parts = parts;
    this.#history = historyOf(policy);
  }

  /** Begins anew, for another size. */
  setPolicy(policy: Policy): void {
    this.#history = historyOf(policy);
  }

  /** Number of recorded keys. */
  get size(): number {
    return this.#history.size;
  }

  /** Why a key has no entry. */
  causeOf(key: string): MissDetails {
    return this.#history.get(key) ?? COLD;
  }

  /** Call it when a key is kept again. */
  end(key: string): void {
    this.#history.delete(key);
  }

  recordEviction(entry: Entry, now: number): void {
    const { statistics, hookCalls } = this.#parts;
    entry.field.evictions++;
    statistics.evictionsOfMinute.record(now);
    if (hookCalls.hooks.evict !== undefined) hookCalls.call('evict', { ...keyEventOf(entry), bytes: entry.bytes });
    this.#history.record(entry.key, EVICTED);
  }

  /** Records the removal of an entry that is invalid or too old. The next miss of its key has the cause of this moment. */
  recordDeath(entry: Entry): void {
    const { ledger, hookCalls } = this.#parts;
    countDeath(entry, ledger);
    if (ledger.isValid(entry)) {
      if (hookCalls.hooks.expire !== undefined) hookCalls.call('expire', keyEventOf(entry));
      this.#history.record(entry.key, expiredMiss(entry));
    } else {
      const tag = ledger.firstInvalidatedAfter(entry.tags, entry.stamp);
      this.#recordInvalidation(entry, tag && { tag: tag.name, cause: tag.cause });
    }
  }

  /** Records the removal of an entry whose value proved unusable. */
  recordDrop(entry: Entry, cause: string): void {
    this.#parts.onDrop(entry);
    if (!entry.isDeathCounted) entry.field.invalidations++;
    this.#recordInvalidation(entry, { tag: keyTag(entry.category, entry.key), cause });
  }

  recordExpiryByHand(key: string, { category, namespace }: Pick<RemoteAddress, 'category' | 'namespace'>): void {
    this.#parts.onDrop({ category, key, namespace });
  }

  #recordInvalidation(entry: Entry, invalidatedBy: MissDetails['invalidatedBy']): void {
    this.#history.record(entry.key, invalidatedBy ? { cause: 'invalidated', invalidatedBy } : { cause: 'invalidated' });
  }
}

/**
 * Counts an entry that is invalid or too old: once, as what it is now. An expired entry may become invalid before it is removed,
 * and a counter that was told must not fall.
 */
export function countDeath(entry: Entry, ledger: Ledger): void {
  if (entry.isDeathCounted) return;
  entry.isDeathCounted = true;
  if (ledger.isValid(entry)) entry.field.expirations++;
  else entry.field.invalidations++;
}

/** Why a lookup missed that found an expired entry. */
export function expiredMiss(entry: Entry): MissDetails {
  return { cause: 'expired', digest: entry.digest };
}

function historyOf({ maxEntries }: Policy): RemovalHistory {
  return new RemovalHistory(RECORDS_PER_ENTRY * maxEntries);
}
