import { type Entry, releaseAttachment } from './entry.ts';
import { createArc } from './eviction/arc.ts';
import { createLru } from './eviction/lru.ts';
import type { EvictionPolicy } from './eviction/policy.ts';
import type { Flight } from './flight.ts';
import { keyTag } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';
import type { Policy } from './policy.ts';
import { ReadBuffer } from './read-buffer.ts';
import { RecentCounters } from './recent-counters.ts';
import { type MissDetails, RemovalHistory } from './removal-history.ts';
import type { MissCause } from './request.ts';
import { SlidingMinute } from './sliding-minute.ts';
import { type Sizing, StackDistances } from './stack-distances.ts';
import { StaleIfErrorPeriod } from './stale-if-error-period.ts';
import { FieldCounters } from './statistics.ts';
import { TransientMap } from './transient-map.ts';

const LARGEST_SHARE = 8;
const MAX_FIELDS = 1_000;
const SIZINGS = [0.25, 0.5, 1, 2, 4];
const LARGEST_SIZING = 4;
const MAX_DEMAND_KEYS = 16_384;

const COLD: MissDetails = { cause: 'cold' };
const EVICTED: MissDetails = { cause: 'evicted' };

/** The entries of one category, within the limits of its policy, with their counters. */
export class Store {
  readonly category: string;
  readonly policy: Policy;
  /** An eighth of `maxBytes`. A larger entry is not kept, because it would evict most of the others. */
  readonly maxEntryBytes: number;
  reads = 0;
  readonly flights = new TransientMap<Flight>();
  /** Records every lookup, for `sizing`. */
  readonly stackDistances: StackDistances;
  readonly recentEvictions = new SlidingMinute();
  readonly staleIfErrorPeriod = new StaleIfErrorPeriod();
  readonly #recent: RecentCounters;
  readonly #eviction: EvictionPolicy<Entry>;
  readonly #ledger: Ledger;
  readonly #entries = new TransientMap<Entry>();
  readonly #removals: RemovalHistory;
  readonly #readBuffer: ReadBuffer;
  readonly #fields = new Map<string, FieldCounters>();
  #isDraining = false;
  #bytes = 0;
  #sweptVersion = 0;
  #nextExpiryAt = Number.POSITIVE_INFINITY;

  constructor(category: string, policy: Policy, { ledger, now }: { ledger: Ledger; now: number }) {
    this.category = category;
    this.policy = policy;
    this.maxEntryBytes = Math.floor(policy.maxBytes / LARGEST_SHARE);
    this.#eviction = (policy.eviction === 'arc' ? createArc : createLru)<Entry>(policy.maxEntries);
    this.#readBuffer = new ReadBuffer(this.#eviction);
    this.#removals = new RemovalHistory(policy.maxEntries);
    this.stackDistances = new StackDistances(Math.min(LARGEST_SIZING * policy.maxEntries, MAX_DEMAND_KEYS));
    this.#ledger = ledger;
    this.#recent = new RecentCounters(now);
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get removedKeys(): number {
    return this.#removals.size + this.#eviction.ghosts;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  fields(): Iterable<FieldCounters> {
    return this.#fields.values();
  }

  /** Counts of the last five minutes, all fields together. */
  recent(now: number): FieldCounters {
    const total = new FieldCounters('');
    for (const field of this.fields()) total.add(field);
    return this.#recent.sample(now, total);
  }

  /** Returns the counters of a coordinate. Coordinates beyond the limit share those of `''`. */
  field(coordinate = ''): FieldCounters {
    const field = this.#fields.get(coordinate);
    if (field !== undefined) return field;
    if (this.#fields.size >= MAX_FIELDS && coordinate !== '') return this.field();
    const added = new FieldCounters(coordinate);
    this.#fields.set(coordinate, added);
    return added;
  }

  /** `coordinate` is the field of the lookup. It differs from the entry's only where fields share a key. */
  countHit(entry: Entry, coordinate: string | undefined): void {
    const field = coordinate === undefined || coordinate === entry.coordinate ? entry.field : this.field(coordinate);
    field.memoryHits++;
    this.#countUse(entry, field);
  }

  countStaleHit(entry: Entry, field: FieldCounters): void {
    field.staleHits++;
    this.#countUse(entry, field);
  }

  countMiss(field: FieldCounters, { keyHash, cause }: { keyHash: number; cause: MissCause }): void {
    field.countMiss(cause);
    this.stackDistances.record(keyHash, cause === 'expired' || cause === 'invalidated');
    this.drainSoon();
  }

  /** For a kept entry, `#detach` adds up the load time that hits saved. */
  #countUse(entry: Entry, field: FieldCounters): void {
    entry.hits++;
    this.stackDistances.record(entry.keyHash);
    if (entry.isKept) this.#readBuffer.record(entry);
    else field.savedMs += entry.loadMs;
  }

  /** Drains `stackDistances` outside of lookups, before its ring is full. Call it often; it costs nothing until then. */
  drainSoon(): void {
    if (!this.stackDistances.isNearlyFull || this.#isDraining) return;
    this.#isDraining = true;
    setImmediate(() => {
      this.#isDraining = false;
      this.stackDistances.drain();
    });
  }

  /** Hit ratios of ¼ to 4 times `maxEntries`. */
  sizing(): Sizing[] {
    this.stackDistances.drain();
    return this.stackDistances.hitRatios(SIZINGS.map((factor) => Math.ceil(factor * this.policy.maxEntries)));
  }

  /** Whether the entry is live: valid, and young enough to be served at least when a load fails. */
  isAlive(entry: Entry, now: number): boolean {
    return this.#ledger.isValid(entry) && now < entry.errorUntil;
  }

  /** Returns why a lookup missed. Removes the key's entry if that is dead. */
  explainMiss(key: string, now: number): MissDetails {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      if (this.isAlive(entry, now)) return expiredMiss(entry);
      this.#removeDead(entry);
    }
    return this.#removals.get(key) ?? (this.#eviction.wasEvicted(key) ? EVICTED : COLD);
  }

  /** Adds a measured entry, replacing an older one of its key. Returns false if it is too large. */
  keep(entry: Entry, now: number): boolean {
    this.#readBuffer.drain();
    const older = this.#entries.get(entry.key);
    if (older !== undefined) this.replace(older);
    if (entry.bytes > this.maxEntryBytes) {
      entry.field.rejected++;
      return false;
    }
    this.#entries.set(entry.key, entry);
    this.#bytes += entry.bytes;
    for (const tag of entry.tags) this.#ledger.retain(tag);
    this.#removals.delete(entry.key);
    this.#eviction.admit(entry);
    if (older !== undefined) this.#eviction.touch(entry, 1); // to the policy, a replacement is a use of the key
    this.#nextExpiryAt = Math.min(this.#nextExpiryAt, entry.staleUntil);
    this.#makeRoom(now);
    return true;
  }

  /** Removes an entry for which there is a newer result. */
  replace(entry: Entry): void {
    entry.field.replacements++;
    this.#remove(entry);
  }

  /** Removes a kept entry as invalidated. The next miss of its key reports `cause`. */
  drop(entry: Entry, cause: string): void {
    if (!entry.isKept) return;
    entry.field.invalidations++;
    const tag = keyTag(this.category, entry.key);
    this.#removals.record(entry.key, { cause: 'invalidated', invalidatedBy: { tag, cause } });
    this.#remove(entry);
  }

  /** Changes the size of an entry by that of its attachments. May evict entries, this one included. */
  resize(entry: Entry, { byBytes, now }: { byBytes: number; now: number }): void {
    entry.bytes += byBytes;
    this.#bytes += byBytes;
    this.#makeRoom(now);
  }

  /** Removes dead entries. Scans all entries, so it runs only when space is needed and entries may have died since the last scan. */
  sweep(now: number): void {
    this.#readBuffer.drain();
    this.#sweptVersion = this.#ledger.version;
    this.#nextExpiryAt = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      if (!this.isAlive(entry, now)) this.#removeDead(entry);
      else this.#nextExpiryAt = Math.min(this.#nextExpiryAt, entry.staleUntil); // in the past if kept for stale-if-error only
    }
  }

  /** Removes dead entries first, then those kept only for stale-if-error, then the victims of the eviction policy. */
  #makeRoom(now: number): void {
    if (this.#hasRoom()) return;
    if (this.#sweptVersion !== this.#ledger.version || now >= this.#nextExpiryAt) {
      this.sweep(now);
      this.#dropExpired(now);
    }
    this.#readBuffer.drain();
    while (!this.#hasRoom()) {
      const victim = this.#eviction.evict();
      if (victim === undefined) return;
      victim.field.evictions++;
      this.recentEvictions.record(now);
      this.#detach(victim);
    }
  }

  /** Removes an eighth of `maxEntries` more than needed, so that the next entries do not scan again. */
  #dropExpired(now: number): void {
    let spare = this.#hasRoom() ? 0 : this.policy.maxEntries >> 3;
    for (const entry of this.#entries.values()) {
      if (this.#hasRoom() && spare-- <= 0) return;
      if (now >= entry.staleUntil) this.#removeDead(entry);
    }
  }

  #hasRoom(): boolean {
    return this.#entries.size <= this.policy.maxEntries && this.#bytes <= this.policy.maxBytes;
  }

  #removeDead(entry: Entry): void {
    const missDetails = this.#ledger.isValid(entry) ? expiredMiss(entry) : this.#invalidated(entry);
    if (missDetails.cause === 'expired') entry.field.expirations++;
    else entry.field.invalidations++;
    this.#removals.record(entry.key, missDetails);
    this.#remove(entry);
  }

  #invalidated(entry: Entry): MissDetails {
    const tag = this.#ledger.firstInvalidatedAfter(entry.tags, entry.stamp);
    return tag
      ? { cause: 'invalidated', invalidatedBy: { tag: tag.name, cause: tag.cause } }
      : { cause: 'invalidated' };
  }

  #remove(entry: Entry): void {
    this.#eviction.remove(entry);
    this.#detach(entry);
  }

  #detach(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#bytes -= entry.bytes;
    entry.field.savedMs += entry.hits * entry.loadMs;
    for (const attachment of entry.attachments?.values() ?? []) releaseAttachment(attachment, this.#ledger);
    entry.attachments = null;
    this.#ledger.release(entry.tags);
  }
}

function expiredMiss(entry: Entry): MissDetails {
  return { cause: 'expired', digest: entry.digest };
}
