import type { MonotonicTime } from './clock.ts';
import type { Entry } from './entry.ts';
import { LoadLimitError } from './errors.ts';
import { Flight, type LoadStart } from './flight.ts';
import { checkRequest } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';
import type { Loads } from './loads.ts';
import { hashText } from './measure.ts';
import type { MissDetails } from './removal-history.ts';
import type { Load, Lookup, ReadRequest } from './request.ts';
import type { FieldCounters } from './statistics.ts';
import type { Store } from './store.ts';

/** The parts of the engine that a read-through needs. */
export interface EngineParts {
  readonly ledger: Ledger;
  readonly loads: Loads;
  readonly time: MonotonicTime;
}

type StartOptions = Pick<LoadStart, 'miss' | 'older' | 'isRefresh'>;

/** A lookup without a fresh entry: it returns a stale entry within the limits of its category's policy, or waits for a load. */
export class ReadThrough {
  readonly #request: ReadRequest<string>;
  readonly #load: Load<unknown>;
  readonly #store: Store;
  readonly #engine: EngineParts;
  readonly #field: FieldCounters;
  readonly #stamp: number;
  readonly #startedAt: number;
  readonly #now: number;

  /** Throws for a request that `checkRequest` refuses. */
  constructor(read: { request: ReadRequest<string>; load: Load<unknown>; store: Store }, engineParts: EngineParts) {
    checkRequest(read.request);
    this.#request = read.request;
    this.#load = read.load;
    this.#store = read.store;
    this.#engine = engineParts;
    this.#field = read.store.field(read.request.coordinate);
    this.#stamp = engineParts.ledger.stamp;
    this.#startedAt = engineParts.time.precise();
    this.#now = Math.floor(this.#startedAt);
  }

  read(entry: Entry | undefined): Entry | Promise<Entry> {
    if (entry !== undefined && this.#engine.ledger.isValid(entry)) {
      const isBackingOff = this.#now < entry.retryAt;
      if (this.#now < entry.staleUntil && !isBackingOff) this.#refresh(entry);
      if (this.#now < (isBackingOff ? entry.errorUntil : entry.staleUntil)) return this.#serve(entry);
    }
    return this.#miss();
  }

  #serve(entry: Entry): Entry {
    const isFresh = this.#now < entry.expiresAt;
    if (isFresh) this.#store.countHit(entry, this.#request.coordinate);
    else this.#store.countStaleHit(entry, this.#field);
    const cannotLoad = this.#engine.loads.isFull && this.#joinable() === undefined;
    if (!isFresh && (entry.failures > 0 || cannotLoad)) this.#countRescue(entry);
    this.#request.observe?.(lookupOf(isFresh ? 'HIT' : 'STALE', entry, this.#now));
    return entry;
  }

  /** Starts a load in the background, at most one at a time for each key. */
  #refresh(older: Entry): void {
    if (this.#joinable() !== undefined || this.#engine.loads.isFull) return;
    this.#field.refreshes++;
    const missDetails: MissDetails = { cause: 'expired', digest: older.digest };
    try {
      this.#engine.loads.start(this.#loadStart({ miss: missDetails, older, isRefresh: true }), this.#tags, this.#load);
    } catch {} // the failure is counted, and the older entry is served while its policy allows it
  }

  #miss(): Entry | Promise<Entry> {
    const running = this.#joinable();
    if (running !== undefined) {
      this.#countMiss(running.loadStart.miss);
      return this.#join(running);
    }
    const missDetails = this.#store.explainMiss(this.#request.key, this.#now);
    const older = this.#store.get(this.#request.key);
    if (this.#engine.loads.isFull) return this.#refuse(older);
    this.#countMiss(missDetails);
    return this.#startLoad({ miss: missDetails, older, isRefresh: false });
  }

  #countMiss({ cause }: MissDetails): void {
    this.#store.countMiss(this.#field, { keyHash: hashText(this.#request.key), cause });
  }

  /** Counts every lookup that an expired entry serves because of a failure, since the failure is hidden from each of them. */
  #countRescue({ failures, failingSince }: Entry): void {
    this.#field.rescues++;
    const now = this.#engine.time.now();
    this.#store.staleIfErrorPeriod.record(now, failures > 0 ? failingSince : now);
  }

  #joinable(): Flight | undefined {
    const running = this.#store.flights.get(this.#request.key);
    return running?.isJoinable(this.#stamp) ? running : undefined;
  }

  #startLoad(miss: StartOptions): Entry | Promise<Entry> {
    const loadStart = this.#loadStart(miss);
    this.#field.loads++;
    try {
      const launched = this.#engine.loads.start(loadStart, this.#tags, this.#load);
      if (!(launched instanceof Flight)) return this.#complete(launched, loadStart, 'MISS');
      return launched.result.then(
        (entry) => this.#complete(entry, loadStart, 'MISS'),
        (error: unknown) => this.#fail(error, loadStart, 'MISS'),
      );
    } catch (error) {
      return this.#fail(error, loadStart, 'MISS');
    }
  }

  #join(running: Flight): Promise<Entry> {
    return running.result.then(
      (entry) => {
        const isValid = entry === running.loadStart.older || running.isValidFor(this.#stamp);
        return isValid ? this.#complete(entry, running.loadStart, 'COALESCED') : this.#retry();
      },
      (error: unknown) => this.#fail(error, running.loadStart, 'COALESCED'),
    );
  }

  /** Looks up again, without counting a lookup: the load that was joined began before an invalidation that this lookup must see. */
  #retry(): Entry | Promise<Entry> {
    const { store, key } = { store: this.#store, key: this.#request.key };
    const missDetails: MissDetails = { cause: 'invalidated' };
    const newer = store.get(key);
    if (newer !== undefined && this.#engine.ledger.isValid(newer) && this.#engine.time.now() < newer.expiresAt) {
      return this.#complete(
        newer,
        this.#loadStart({ miss: missDetails, older: undefined, isRefresh: false }),
        'COALESCED',
      );
    }
    const running = store.flights.get(key);
    if (running?.isJoinable(this.#stamp) && running.stamp >= this.#stamp) return this.#join(running);
    if (this.#engine.loads.isFull) throw this.#limitError();
    return this.#startLoad({ miss: missDetails, older: undefined, isRefresh: false });
  }

  #refuse(older: Entry | undefined): Entry {
    if (older !== undefined && this.#store.isAlive(older, this.#now)) return this.#serve(older);
    this.#field.bypasses++;
    this.#request.observe?.({ status: 'BYPASS', ageMs: 0, expiresInMs: 0, tier: undefined });
    throw this.#limitError();
  }

  #limitError(): LoadLimitError {
    return new LoadLimitError(this.#request.key, this.#engine.loads.maxFlights);
  }

  #complete(entry: Entry, { miss, older }: LoadStart, status: 'MISS' | 'COALESCED'): Entry {
    const now = this.#engine.time.precise();
    this.#field.missLatency.record(now - this.#startedAt);
    const isRescue = entry === older;
    if (isRescue) this.#countRescue(entry);
    const lookup = lookupOf(isRescue ? 'STALE' : status, entry, Math.floor(now));
    this.#request.observe?.(Object.assign(lookup, missFields(miss)));
    return entry;
  }

  #fail(error: unknown, { miss }: LoadStart, status: 'MISS' | 'COALESCED'): never {
    this.#field.missLatency.record(this.#engine.time.precise() - this.#startedAt);
    this.#request.observe?.({ status, ageMs: 0, expiresInMs: 0, tier: undefined, ...missFields(miss) });
    throw error;
  }

  get #tags(): readonly string[] {
    return this.#request.tags ?? [];
  }

  #loadStart({ miss, older, isRefresh }: StartOptions): LoadStart {
    return {
      store: this.#store,
      key: this.#request.key,
      namespace: this.#request.namespace,
      ttlMs: this.#request.ttlMs,
      field: this.#field,
      startedAt: this.#engine.time.precise(),
      stamp: this.#engine.ledger.stamp, // read now, because a load may begin later than its lookup
      miss,
      older,
      isRefresh,
    };
  }
}

/** Describes a lookup that an entry served, for `ReadRequest.observe`. */
export function lookupOf(status: Lookup['status'], entry: Entry, now: number): Lookup {
  const tier = status === 'HIT' || status === 'STALE' ? 'memory' : undefined;
  return { status, ageMs: Math.max(0, now - entry.createdAt), expiresInMs: entry.expiresAt - now, tier };
}

function missFields({ cause, invalidatedBy }: MissDetails): Pick<Lookup, 'cause' | 'invalidatedBy'> {
  return invalidatedBy === undefined ? { cause } : { cause, invalidatedBy };
}
