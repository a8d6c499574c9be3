import type { EngineParts } from './engine-parts.ts';
import type { Entry } from './entry.ts';
import { lookupOf } from './lookup-report.ts';
import { ReadThrough } from './read-through.ts';
import type { Load, ReadRequest } from './request.ts';
import type { Store } from './store.ts';

/** One hit in so many is timed, as a clock reading costs as much as a hit. A prime: of requests in turns each is timed some time. */
const SAMPLE_EVERY = 127;

/** Lookups that an entry may serve at once. A read leaves everything else to `ReadThrough`. */
export class Lookups {
  readonly #parts: EngineParts;
  #untilTimed = 1;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  read(request: ReadRequest<string>, load: Load<unknown>): Entry | Promise<Entry> {
    const store = this.#parts.stores.of(request.category);
    return this.#isTimed() ? this.#sample(store, request, load) : this.#lookUp(store, request, load);
  }

  /** Counts a hit or, since no load follows, a bypass. */
  find(category: string, key: string): Entry | undefined {
    const startedAt = this.beginHit();
    const entry = this.fresh(category, key);
    if (entry === undefined) this.#parts.stores.of(category).statistics.field().bypasses++;
    else this.countHit(entry, entry.coordinate, startedAt);
    return entry;
  }

  /** Returns the key's entry if it is valid and fresh. Counts nothing. */
  fresh(category: string, key: string): Entry | undefined {
    const store = this.#parts.stores.of(category);
    const entry = store.get(key);
    return entry !== undefined && store.isFresh(entry, this.#parts.time.now()) ? entry : undefined;
  }

  freshKeys(category: string): string[] {
    const store = this.#parts.stores.of(category);
    const now = this.#parts.time.now();
    return [...store.entries()].filter((entry) => store.isFresh(entry, now)).map(({ key }) => key);
  }

  hottest(category: string, limit: number, include: (entry: Entry) => boolean): Entry[] {
    const store = this.#parts.stores.of(category);
    const now = this.#parts.time.now();
    const live = [...store.entries()].filter((entry) => store.isAlive(entry, now) && include(entry));
    return live.sort((one, other) => other.hits - one.hits).slice(0, limit);
  }

  /** Loads, also if there is a fresh entry. */
  reload(request: ReadRequest<string>, load: Load<unknown>): Entry | Promise<Entry> {
    return new ReadThrough({ request, load, store: this.#parts.stores.of(request.category) }, this.#parts).reload();
  }

  /** Returns the entry if it is valid, fresh and not due for a refresh. Counts nothing. */
  peek(category: string, key: string, now: number): Entry | undefined {
    const { stores, time, ledger } = this.#parts;
    const entry = stores.of(category).get(key);
    if (entry === undefined || time.notBefore(now) >= entry.refreshAt) return undefined;
    return ledger.isValid(entry) ? entry : undefined;
  }

  /** Returns the time if the hit that may begin is to be timed, otherwise undefined. */
  beginHit(): number | undefined {
    return this.#isTimed() ? this.#parts.time.peekPrecise() : undefined;
  }

  /** Counts a hit as `read` does, with its time if it has one. */
  countHit(entry: Entry, coordinate: string, startedAt: number | undefined): void {
    const store = this.#parts.stores.of(entry.category);
    store.countHit(entry, coordinate);
    store.statistics.drainSoon();
    if (startedAt !== undefined) entry.field.hitLatency.record(this.#parts.time.peekPrecise() - startedAt);
  }

  #isTimed(): boolean {
    if (--this.#untilTimed > 0) return false;
    this.#untilTimed = SAMPLE_EVERY;
    return true;
  }

  #lookUp(store: Store, request: ReadRequest<string>, load: Load<unknown>): Entry | Promise<Entry> {
    const { time, ledger } = this.#parts;
    const now = request.now === undefined ? time.now() : time.notBefore(request.now);
    const entry = store.get(request.key);
    if (entry === undefined || now >= entry.refreshAt || !ledger.isValid(entry)) {
      return new ReadThrough({ request, load, store }, this.#parts).read(entry);
    }
    store.countHit(entry, request.coordinate);
    if (request.observe !== undefined) request.observe(lookupOf('HIT', entry, now));
    return entry;
  }

  /** Measures the time of a hit, and by how much the entry was past its expiry because the request's clock reading was old. */
  #sample(store: Store, request: ReadRequest<string>, load: Load<unknown>): Entry | Promise<Entry> {
    const { time } = this.#parts;
    const kept = store.get(request.key);
    const hits = kept?.hits;
    const now = request.now === undefined ? time.now() : time.notBefore(request.now);
    const startedAt = time.peekPrecise();
    const entry = this.#lookUp(store, request, load);
    if (kept !== undefined && entry === kept && kept.hits !== hits) {
      const endedAt = time.precise();
      kept.field.hitLatency.record(endedAt - startedAt);
      if (now < kept.expiresAt) kept.field.overshootMs = Math.max(kept.field.overshootMs, endedAt - kept.expiresAt);
    }
    store.statistics.drainSoon();
    return entry;
  }
}
