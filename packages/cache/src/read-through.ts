import type { EngineParts } from './engine-parts.ts';
import type { Entry } from './entry.ts';
import { LoadLimitError, LoadTimeoutError } from './errors.ts';
import { Flight, type LoadStart } from './flight.ts';
import { checkRequest } from './keys-and-tags.ts';
import { lookupOf, missFields, remoteLookupOf } from './lookup-report.ts';
import { hashText } from './measure.ts';
import { prefetchBetaOf } from './policy.ts';
import { RemoteLookup } from './remote-lookup.ts';
import type { MissDetails } from './removal-history.ts';
import type { Load, ReadRequest } from './request.ts';
import type { FieldCounters } from './statistics.ts';
import type { Store } from './store.ts';
import { waitFor } from './waiting.ts';

type StartOptions = Pick<LoadStart<Store>, 'miss' | 'older' | 'isRefresh'>;

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
  #remote: RemoteLookup | undefined;

  /** Throws for a request that `checkRequest` refuses. */
  constructor(read: { request: ReadRequest<string>; load: Load<unknown>; store: Store }, engineParts: EngineParts) {
    checkRequest(read.request);
    this.#request = read.request;
    this.#load = read.load;
    this.#store = read.store;
    this.#engine = engineParts;
    this.#field = read.store.statistics.field(read.request.coordinate);
    this.#stamp = engineParts.ledger.stamp;
    this.#startedAt = engineParts.time.precise();
    this.#now = Math.floor(this.#startedAt);
  }

  read(entry: Entry | undefined): Entry | Promise<Entry> {
    if (entry !== undefined && this.#engine.ledger.isValid(entry)) {
      if (this.#now < entry.dueAt) return this.#serveFresh(entry);
      const isBackingOff = this.#now < entry.retryAt;
      if (this.#now < entry.staleUntil && !isBackingOff) this.#refresh(entry);
      if (this.#now < (isBackingOff ? entry.errorUntil : entry.staleUntil)) return this.#serve(entry);
    }
    return this.#miss();
  }

  /** Serves a fresh entry. Starts its audit if it was chosen for one, and reloads it if its expiry is near and the draw says so. */
  #serveFresh(entry: Entry): Entry {
    if (entry.isAuditDue) {
      entry.isAuditDue = false;
      this.#engine.audit.start({ store: this.#store, entry, load: this.#load });
    }
    const beta = prefetchBetaOf(this.#store.policy);
    const isDrawn = this.#engine.prefetch.isDrawn(entry, { beta, now: this.#now });
    if (isDrawn && this.#refresh(entry)) this.#field.prefetches++;
    return this.#serve(entry);
  }

  /** Loads although there may be a fresh entry. Joins no running load, because that may have read its value before this lookup. */
  reload(): Entry | Promise<Entry> {
    this.#request.signal?.throwIfAborted();
    const missDetails = this.#store.explainMiss(this.#request.key, this.#now);
    if (this.#engine.loads.isFull) throw this.#refusal();
    this.#countMiss(missDetails);
    return this.#startLoad({ miss: missDetails, older: undefined, isRefresh: false });
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

  /** Starts a load in the background, at most one at a time for each key. Returns whether it did. */
  #refresh(older: Entry): boolean {
    if (this.#joinable() !== undefined || this.#engine.loads.isFull) return false;
    this.#field.refreshes++;
    const missDetails: MissDetails = { cause: 'expired', digest: older.digest };
    try {
      this.#engine.loads.start(this.#loadStart({ miss: missDetails, older, isRefresh: true }), this.#tags, this.#load);
    } catch {} // the failure is counted, and the older entry is served while its policy allows it
    return true;
  }

  #miss(): Entry | Promise<Entry> {
    this.#request.signal?.throwIfAborted();
    const running = this.#joinable();
    if (running !== undefined) {
      this.#countMiss(running.loadStart.miss);
      return this.#join(running);
    }
    const missDetails = this.#store.explainMiss(this.#request.key, this.#now);
    const older = this.#store.get(this.#request.key);
    if (this.#engine.loads.isFull) return this.#refuse(older);
    // The arms of an experiment are compared by what misses cost.
    if (this.#engine.loads.hasRemote && this.#store.experiment === undefined) {
      const countMiss = () => this.#countMiss(missDetails);
      this.#remote = new RemoteLookup({ ...this.#engine, store: this.#store, field: this.#field, countMiss });
    } else this.#countMiss(missDetails);
    return this.#startLoad({ miss: missDetails, older, isRefresh: false });
  }

  #countMiss({ cause }: MissDetails): void {
    this.#store.statistics.countMiss(this.#field, { keyHash: hashText(this.#request.key), cause });
    if (this.#engine.hookCalls.hooks.miss === undefined) return;
    const { category, key, coordinate = '' } = this.#request;
    this.#engine.hookCalls.call('miss', { category, key, coordinate, cause });
  }

  /** Counts every lookup that an expired entry serves because of a failure, since the failure is hidden from each of them. */
  #countRescue({ failures, failingSince }: Entry): void {
    this.#field.rescues++;
    const now = this.#engine.time.now();
    this.#store.statistics.staleIfErrorPeriod.record(now, failures > 0 ? failingSince : now);
  }

  #joinable(): Flight<Store> | undefined {
    const running = this.#store.flights.get(this.#request.key);
    return running?.isJoinable(this.#stamp) ? running : undefined;
  }

  #startLoad(miss: StartOptions): Entry | Promise<Entry> {
    const loadStart = this.#loadStart(miss);
    if (this.#remote === undefined) this.#field.loads++;
    const load = this.#remote?.counted(this.#load) ?? this.#load;
    try {
      const launched = this.#engine.loads.start(loadStart, this.#tags, load);
      if (!(launched instanceof Flight)) return this.#complete(launched, loadStart, 'MISS');
      return this.#wait(launched).then(
        (entry) => (launched.isRemote ? this.#hitRemote(entry) : this.#complete(entry, loadStart, 'MISS')),
        (error: unknown) => this.#fail(error, loadStart, 'MISS'),
      );
    } catch (error) {
      return this.#fail(error, loadStart, 'MISS');
    }
  }

  #join(running: Flight<Store>): Promise<Entry> {
    return this.#wait(running).then(
      (entry) => {
        const isValid = entry === running.loadStart.older || running.isValidFor(this.#stamp);
        return isValid ? this.#complete(entry, running.loadStart, 'COALESCED') : this.#retry();
      },
      (error: unknown) => this.#fail(error, running.loadStart, 'COALESCED'),
    );
  }

  #wait(flight: Flight): Promise<Entry> {
    const { signal, timeoutMs } = this.#request;
    const { time, timer } = this.#engine;
    const remainingMs =
      timeoutMs === undefined ? undefined : Math.max(0, timeoutMs - (time.precise() - this.#startedAt));
    return waitFor(flight, { signal, timeoutMs: remainingMs, timer, onTimeout: () => this.#timeOut(flight) });
  }

  #timeOut({ loadStart: { older } }: Flight): Entry {
    if (older !== undefined && this.#store.isAlive(older, this.#engine.time.now())) return older;
    throw new LoadTimeoutError(this.#request.key, this.#request.timeoutMs!);
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
    throw this.#refusal();
  }

  #refusal(): LoadLimitError {
    this.#field.bypasses++;
    this.#request.observe?.({ status: 'BYPASS', ageMs: 0, expiresInMs: 0, tier: undefined });
    return this.#limitError();
  }

  #limitError(): LoadLimitError {
    return new LoadLimitError(this.#request.key, this.#engine.loads.maxFlights);
  }

  #complete(entry: Entry, { miss, older }: LoadStart<Store>, status: 'MISS' | 'COALESCED'): Entry {
    const now = this.#engine.time.precise();
    this.#remote?.countMiss();
    this.#field.missLatency.record(now - this.#startedAt);
    const isRescue = entry === older;
    if (isRescue) this.#countRescue(entry);
    const lookup = lookupOf(isRescue ? 'STALE' : status, entry, Math.floor(now));
    this.#request.observe?.(Object.assign(lookup, missFields(miss)));
    return entry;
  }

  #hitRemote(entry: Entry): Entry {
    this.#remote?.countHit(entry);
    this.#request.observe?.(remoteLookupOf(entry, this.#engine.time.now()));
    return entry;
  }

  #fail(error: unknown, { miss }: LoadStart<Store>, status: 'MISS' | 'COALESCED'): never {
    this.#remote?.countMiss();
    this.#field.missLatency.record(this.#engine.time.precise() - this.#startedAt);
    this.#request.observe?.({ status, ageMs: 0, expiresInMs: 0, tier: undefined, ...missFields(miss) });
    throw error;
  }

  get #tags(): readonly string[] {
    return this.#request.tags ?? [];
  }

  #loadStart({ miss, older, isRefresh }: StartOptions): LoadStart<Store> {
    return {
      store: this.#store,
      key: this.#request.key,
      namespace: this.#request.namespace,
      ttlMs: this.#request.ttlMs,
      staleMs: this.#request.staleMs,
      field: this.#field,
      startedAt: this.#engine.time.precise(),
      stamp: this.#engine.ledger.stamp, // read now, because a load may begin later than its lookup
      miss,
      older,
      isRefresh,
      isGiven: false,
      asksRemote: this.#remote !== undefined,
    };
  }
}
