import type { SteadyTime } from './clock.ts';
import type { Departure } from './departures.ts';
import type { Entry } from './entry.ts';
import { LoadLimitError } from './errors.ts';
import { Flight, type Takeoff } from './flight.ts';
import type { Ledger } from './ledger.ts';
import type { Loads } from './loads.ts';
import { hashText } from './measure.ts';
import { checkRequest } from './names.ts';
import type { Load, Lookup, ReadRequest } from './request.ts';
import type { FieldCounters } from './statistics.ts';
import type { Store } from './store.ts';

/** What a read needs of the engine. */
export interface Engine {
  readonly ledger: Ledger;
  readonly loads: Loads;
  readonly time: SteadyTime;
}

type Start = Pick<Takeoff, 'departure' | 'older' | 'isRefresh'>;

/** A read that no fresh entry answered: it is served an old one within the bounds of its category, or waits for a load. */
export class LateRead {
  readonly #request: ReadRequest<string>;
  readonly #load: Load<unknown>;
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #field: FieldCounters;
  readonly #stamp: number;
  readonly #startedAt: number;
  readonly #at: number;

  /** Throws for a request under which nothing can be kept. */
  constructor(read: { request: ReadRequest<string>; load: Load<unknown>; store: Store }, engine: Engine) {
    checkRequest(read.request);
    this.#request = read.request;
    this.#load = read.load;
    this.#store = read.store;
    this.#engine = engine;
    this.#field = read.store.field(read.request.coordinate);
    this.#stamp = engine.ledger.stamp;
    this.#startedAt = engine.time.read();
    this.#at = Math.floor(this.#startedAt);
  }

  answer(entry: Entry | undefined): Entry | Promise<Entry> {
    if (entry !== undefined && this.#engine.ledger.isValid(entry)) {
      const isBackingOff = this.#at < entry.retryAt;
      if (this.#at < entry.staleUntil && !isBackingOff) this.#refresh(entry);
      if (this.#at < (isBackingOff ? entry.errorUntil : entry.staleUntil)) return this.#serveOld(entry);
    }
    return this.#miss();
  }

  #serveOld(entry: Entry): Entry {
    const isFresh = this.#at < entry.expiresAt;
    if (isFresh) this.#store.countHit(entry, this.#request.coordinate);
    else this.#store.countStaleHit(entry, this.#field);
    const cannotLoad = this.#engine.loads.isFull && this.#joinable() === undefined;
    if (!isFresh && (entry.failures > 0 || cannotLoad)) this.#countRescue(entry);
    this.#request.observe?.(seen(isFresh ? 'HIT' : 'STALE', entry, this.#at));
    return entry;
  }

  /** In the background, and at most one at a time. */
  #refresh(older: Entry): void {
    if (this.#joinable() !== undefined || this.#engine.loads.isFull) return;
    this.#field.refreshes++;
    const departure: Departure = { cause: 'expired', digest: older.digest };
    try {
      this.#engine.loads.launch(this.#takeoff({ departure, older, isRefresh: true }), this.#tags, this.#load);
    } catch {} // counted; the entry stands in for as long as it may
  }

  #miss(): Entry | Promise<Entry> {
    const running = this.#joinable();
    if (running !== undefined) {
      this.#countMiss(running.takeoff.departure);
      return this.#join(running);
    }
    const departure = this.#store.whyMissed(this.#request.key, this.#at);
    const older = this.#store.get(this.#request.key);
    if (this.#engine.loads.isFull) return this.#refuse(older);
    this.#countMiss(departure);
    return this.#lead({ departure, older, isRefresh: false });
  }

  #countMiss({ cause }: Departure): void {
    this.#store.countMiss(this.#field, { keyHash: hashText(this.#request.key), cause });
  }

  /** Each who is answered counts, as failures are hidden from each. */
  #countRescue({ failures, failingSince }: Entry): void {
    this.#field.rescues++;
    const now = this.#engine.time.now();
    this.#store.standIns.note(now, failures > 0 ? failingSince : now);
  }

  #joinable(): Flight | undefined {
    const running = this.#store.flights.get(this.#request.key);
    return running?.isJoinable(this.#stamp) ? running : undefined;
  }

  #lead(miss: Start): Entry | Promise<Entry> {
    const takeoff = this.#takeoff(miss);
    this.#field.loads++;
    try {
      const launched = this.#engine.loads.launch(takeoff, this.#tags, this.#load);
      if (!(launched instanceof Flight)) return this.#land(launched, takeoff, 'MISS');
      return launched.outcome.then(
        (entry) => this.#land(entry, takeoff, 'MISS'),
        (error: unknown) => this.#crash(error, takeoff, 'MISS'),
      );
    } catch (error) {
      return this.#crash(error, takeoff, 'MISS');
    }
  }

  #join(running: Flight): Promise<Entry> {
    return running.outcome.then(
      (entry) => {
        const isRight = entry === running.takeoff.older || running.isRightFor(this.#stamp);
        return isRight ? this.#land(entry, running.takeoff, 'COALESCED') : this.#again();
      },
      (error: unknown) => this.#crash(error, running.takeoff, 'COALESCED'),
    );
  }

  /** The load that was waited for began before something was invalidated that this reader must see. Not another lookup. */
  #again(): Entry | Promise<Entry> {
    const { store, key } = { store: this.#store, key: this.#request.key };
    const departure: Departure = { cause: 'invalidated' };
    const newer = store.get(key);
    if (newer !== undefined && this.#engine.ledger.isValid(newer) && this.#engine.time.now() < newer.expiresAt) {
      return this.#land(newer, this.#takeoff({ departure, older: undefined, isRefresh: false }), 'COALESCED');
    }
    const running = store.flights.get(key);
    if (running?.isJoinable(this.#stamp) && running.stamp >= this.#stamp) return this.#join(running);
    if (this.#engine.loads.isFull) throw this.#limitError();
    return this.#lead({ departure, older: undefined, isRefresh: false });
  }

  #refuse(older: Entry | undefined): Entry {
    if (older !== undefined && this.#store.isAlive(older, this.#at)) return this.#serveOld(older);
    this.#field.bypasses++;
    this.#request.observe?.({ status: 'BYPASS', ageMs: 0, expiresInMs: 0, tier: undefined });
    throw this.#limitError();
  }

  #limitError(): LoadLimitError {
    return new LoadLimitError(this.#request.key, this.#engine.loads.maxFlights);
  }

  #land(entry: Entry, { departure, older }: Takeoff, status: 'MISS' | 'COALESCED'): Entry {
    const now = this.#engine.time.read();
    this.#field.missLatency.record(now - this.#startedAt);
    const isRescue = entry === older;
    if (isRescue) this.#countRescue(entry);
    const lookup = seen(isRescue ? 'STALE' : status, entry, Math.floor(now));
    this.#request.observe?.(Object.assign(lookup, why(departure)));
    return entry;
  }

  #crash(error: unknown, { departure }: Takeoff, status: 'MISS' | 'COALESCED'): never {
    this.#field.missLatency.record(this.#engine.time.read() - this.#startedAt);
    this.#request.observe?.({ status, ageMs: 0, expiresInMs: 0, tier: undefined, ...why(departure) });
    throw error;
  }

  get #tags(): readonly string[] {
    return this.#request.tags ?? [];
  }

  #takeoff({ departure, older, isRefresh }: Start): Takeoff {
    return {
      store: this.#store,
      key: this.#request.key,
      namespace: this.#request.namespace,
      ttlMs: this.#request.ttlMs,
      field: this.#field,
      startedAt: this.#engine.time.read(),
      stamp: this.#engine.ledger.stamp, // of the load, which may begin later than the read
      departure,
      older,
      isRefresh,
    };
  }
}

/** What an entry that answered looks like to an observer. */
export function seen(status: Lookup['status'], entry: Entry, now: number): Lookup {
  const tier = status === 'HIT' || status === 'STALE' ? 'memory' : undefined;
  return { status, ageMs: Math.max(0, now - entry.bornAt), expiresInMs: entry.expiresAt - now, tier };
}

function why({ cause, invalidatedBy }: Departure): Pick<Lookup, 'cause' | 'invalidatedBy'> {
  return invalidatedBy === undefined ? { cause } : { cause, invalidatedBy };
}
