import { isDeepStrictEqual } from 'node:util';
import type { Budget } from './budget.ts';
import type { MonotonicTime, Timer } from './clock.ts';
import type { Entry } from './entry.ts';
import type { Ledger } from './ledger.ts';
import type { Load } from './request.ts';

/** A hit count that is never reached: 2^30 hits, a small integer. */
const NEVER = 2 ** 30 - 1;
const MAX_EXAMPLES = 10;

export interface AuditOptions<Category extends string = string> {
  /** One hit in so many is loaded again, on average. */
  readonly every: number;
  readonly categories: readonly Category[];
  /** Most loads a second. Default 1. */
  readonly perSecond?: number;
  /**
   * How long a difference waits for the invalidation of the write that made it. Must be longer than an invalidation takes from the
   * commit of its write to this process. Default 5 s.
   */
  readonly confirmMs?: number;
}

/** A hit that was served a value which the database no longer had, though nothing had invalidated it. */
export interface StaleHit {
  readonly key: string;
  readonly coordinate: string;
  readonly namespace: string | undefined;
  readonly tags: readonly string[];
  /** Age of the entry at the hit: it was behind by at most that. */
  readonly ageMs: number;
  /** Time of the hit on the cache's clock. */
  readonly at: number;
}

/** Results of one category. */
export interface AuditResults {
  /** Hits that were loaded again and could be compared. */
  checked: number;
  /** Of them, those that differed. */
  differed: number;
  /** The last ten that differed, the newest first. */
  examples: readonly StaleHit[];
}

/** The part of a store that an audit uses. */
interface AuditedStore {
  readonly auditSample: { readonly results: AuditResults };
  drop(entry: Entry, cause: string): void;
}

interface AuditParts {
  readonly ledger: Ledger;
  readonly time: MonotonicTime;
  readonly timer: Timer;
  readonly random: () => number;
  readonly budget: Budget;
  readonly timeoutMs: number;
  readonly every: number;
  readonly confirmMs: number;
}

/**
 * Loads a sample of hits again in the background, one at a time, and compares the values, to find changes that no invalidation
 * names. A load over the time limit is given up. A difference that an invalidation explains within `confirmMs` is no fault and is
 * not counted.
 */
export class Audit {
  readonly #parts: AuditParts;
  #isBusy = false;

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** The number of hits until the next one of the sample: random, so that regular traffic does not always show the same entries. */
  gap(isAudited: boolean): number {
    const { random, every } = this.#parts;
    return isAudited ? Math.min(NEVER, 1 + Math.floor(random() * (2 * every - 1))) : NEVER;
  }

  /** Whether an audit could start now. A hit that is chosen in vain would cost its next reader a look at the entry. */
  get mayStart(): boolean {
    return !this.#isBusy && this.#parts.budget.has(this.#parts.time.now());
  }

  /** Audits a hit of an entry, unless another audit runs or the budget is spent. */
  start({ store, entry, load }: { store: AuditedStore; entry: Entry; load: Load<unknown> }): void {
    const { time, timer, budget, timeoutMs, ledger } = this.#parts;
    const now = time.now();
    if (this.#isBusy || !budget.take(now)) return;
    this.#isBusy = true;
    const abort = new AbortController();
    const { stamp } = ledger;
    const loadContext = { stamp, signal: abort.signal, reason: 'audit' as const, depend() {}, validUntil() {} };
    const end = () => {
      this.#isBusy = false;
    };
    let cancelTimer = () => {};
    const timeLimit = new Promise<never>((_, reject) => {
      cancelTimer = timer.after(timeoutMs, () => {
        abort.abort();
        reject(abort.signal.reason);
      });
    });
    const reload = Promise.resolve().then(() => load(loadContext));
    Promise.race([reload, timeLimit])
      .finally(() => cancelTimer())
      .then((value) => this.#compare({ store, entry, value, at: now }, end))
      .catch(end);
  }

  #compare({ store, entry, value, at }: AuditedHit, end: () => void): void {
    const { ledger, timer, confirmMs } = this.#parts;
    if (isDeepStrictEqual(value, entry.value)) {
      count(store.auditSample.results);
      entry.trial?.addAudit(undefined);
      end();
    } else {
      timer.after(confirmMs, () => {
        end();
        if (ledger.isValid(entry)) this.#report({ store, entry, at });
      });
    }
  }

  /** Counts a difference that no invalidation explains, and drops the entry, which is known to be wrong. */
  #report({ store, entry, at }: Omit<AuditedHit, 'value'>): void {
    const { key, coordinate, namespace } = entry;
    const tags = entry.tags.map(({ name }) => name);
    const ageMs = at - entry.createdAt;
    count(store.auditSample.results, { key, coordinate, namespace, tags, ageMs, at });
    entry.trial?.addAudit(ageMs);
    store.drop(entry, 'the audit');
  }
}

interface AuditedHit {
  readonly store: AuditedStore;
  readonly entry: Entry;
  /** What the reload brought. */
  readonly value: unknown;
  /** Time of the hit. */
  readonly at: number;
}

/** Counts a hit that was loaded again. `staleHit` says that the value differed. */
function count(results: AuditResults, staleHit?: StaleHit): void {
  results.checked++;
  if (staleHit === undefined) return;
  results.differed++;
  results.examples = [staleHit, ...results.examples].slice(0, MAX_EXAMPLES);
}
