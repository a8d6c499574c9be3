import type { Audit } from './audit.ts';
import { AuditSample } from './audit-sample.ts';
import { BufferedEviction } from './buffered-eviction.ts';
import { CategoryStatistics } from './category-statistics.ts';
import { type Entry, releaseAttachment } from './entry.ts';
import type { Experiment } from './experiment.ts';
import type { Flight } from './flight.ts';
import { type HookCalls, keyEventOf } from './hooks.ts';
import { keyTag } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';
import type { Policy } from './policy.ts';
import type { MissDetails } from './removal-history.ts';
import { expiredMiss, type RemovalParts, Removals } from './removals.ts';
import type { FieldCounters } from './statistics.ts';
import { TransientMap } from './transient-map.ts';

export interface StoreParts extends Omit<RemovalParts, 'statistics'> {
  readonly audit: Audit;
  /** Whether a sample of its hits is audited. */
  readonly isAudited: boolean;
  readonly now: number;
}

/** The entries of one category, within the limits of its policy, with their counters. */
export class Store {
  readonly category: string;
  /** Changed by `setPolicy` alone. */
  policy: Policy;
  /** Gives entries a lifetime other than the policy's while it runs. */
  experiment: Experiment | undefined;
  readonly flights = new TransientMap<Flight<Store>>();
  readonly statistics: CategoryStatistics;
  readonly auditSample: AuditSample;
  readonly #eviction: BufferedEviction;
  readonly #ledger: Ledger;
  readonly #hookCalls: HookCalls;
  readonly #entries = new TransientMap<Entry>();
  readonly #removals: Removals;
  #bytes = 0;
  #sweptVersion = 0;
  #nextExpiryAt = Number.POSITIVE_INFINITY;

  constructor(category: string, policy: Policy, parts: StoreParts) {
    this.category = category;
    this.policy = policy;
    this.#eviction = new BufferedEviction(policy);
    this.statistics = new CategoryStatistics(policy, parts.now);
    this.#removals = new Removals(policy, { ...parts, statistics: this.statistics });
    this.auditSample = new AuditSample(parts.audit, parts.isAudited);
    this.#ledger = parts.ledger;
    this.#hookCalls = parts.hookCalls;
  }

  /** An eighth of `maxBytes`. A larger entry is not kept, because it would evict most of the others. */
  get maxEntryBytes(): number {
    return Math.floor(this.policy.maxBytes / 8);
  }

  /**
   * Changes the policy. Its limits are met at once; lifetimes are those of later loads. Another size or eviction begins without
   * ghosts, causes of misses and stack distances.
   */
  setPolicy(policy: Policy, now: number): void {
    const { maxEntries, eviction, ttlMs, staleMs } = this.policy;
    this.policy = policy;
    this.#makeRoom(now);
    this.statistics.beginPolicy(now, ttlMs + staleMs);
    if (policy.maxEntries === maxEntries && policy.eviction === eviction) return;
    this.#eviction.setPolicy(policy, this.#entries.values());
    this.#removals.setPolicy(policy);
    this.statistics.setPolicy(policy);
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Number of records of removed keys; an evicted one may have two. */
  get removedKeys(): number {
    return this.#removals.size + this.#eviction.ghosts;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** `coordinate` is the field of the lookup. It differs from the entry's only where fields share a key. */
  countHit(entry: Entry, coordinate: string | undefined): void {
    const isOwn = coordinate === undefined || coordinate === entry.coordinate;
    const field = isOwn ? entry.field : this.statistics.field(coordinate);
    this.#use(entry, field, false);
  }

  countStaleHit(entry: Entry, field: FieldCounters): void {
    this.#use(entry, field, true);
  }

  /** For a kept entry, `#detach` adds up the load time that hits saved. */
  #use(entry: Entry, field: FieldCounters, isStale: boolean): void {
    this.statistics.countHit(entry, field, isStale);
    entry.hits++;
    if (entry.isKept) this.#eviction.recordHit(entry);
    else field.savedMs += entry.loadMs;
    this.auditSample.count(entry);
    if (this.#hookCalls.hooks.hit !== undefined) this.#hookCalls.call('hit', { ...keyEventOf(entry), isStale });
  }

  isFresh(entry: Entry, now: number): boolean {
    return this.#ledger.isValid(entry) && now < entry.expiresAt;
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
    return this.#removals.causeOf(key);
  }

  /** Adds a measured entry, replacing an older one of its key. Returns false if it is too large. */
  keep(entry: Entry, now: number): boolean {
    const older = this.#entries.get(entry.key);
    if (older !== undefined) this.replace(older);
    if (entry.bytes > this.maxEntryBytes) {
      entry.field.rejected++;
      return false;
    }
    this.#entries.set(entry.key, entry);
    this.#bytes += entry.bytes;
    if (entry.trial !== undefined) entry.trial.loads++;
    for (const tag of entry.tags) this.#ledger.retain(tag);
    this.#removals.end(entry.key);
    this.#eviction.admit(entry, older !== undefined);
    this.#nextExpiryAt = Math.min(this.#nextExpiryAt, entry.staleUntil);
    if (this.#hookCalls.hooks.keep !== undefined)
      this.#hookCalls.call('keep', { ...keyEventOf(entry), bytes: entry.bytes });
    this.#makeRoom(now);
    this.auditSample.count(entry);
    return true;
  }

  /** Removes an entry for which there is a newer result. */
  replace(entry: Entry): void {
    if (!entry.isDeathCounted) entry.field.replacements++;
    this.#remove(entry);
  }

  /**
   * Ends the freshness of a key's entry, and has what a running load of the key brings not kept, since it may have read its value
   * before. The entry is as valid after that as before. Returns whether there was a fresh one.
   */
  expire(key: string, now: number): boolean {
    const kept = this.#entries.get(key);
    const fresh = kept !== undefined && this.isFresh(kept, now) ? kept : undefined;
    const live = kept !== undefined && this.isAlive(kept, now) ? kept : undefined;
    this.#ledger.invalidate([keyTag(this.category, key)], undefined); // of this process: listeners are not told
    this.#removals.recordExpiryByHand(key, { category: this.category, namespace: kept?.namespace });
    live?.expire(now, this.#ledger.stamp);
    if (live !== undefined) this.#nextExpiryAt = Math.min(this.#nextExpiryAt, live.staleUntil);
    return fresh !== undefined;
  }

  /** Removes a kept entry as invalidated. The next miss of its key reports `cause`. */
  drop(entry: Entry, cause: string): void {
    if (!entry.isKept) return;
    this.#removals.recordDrop(entry, cause);
    this.#remove(entry);
  }

  /** Changes the size of an entry by that of its attachments. May evict entries, this one included. */
  resize(entry: Entry, { byBytes, now }: { byBytes: number; now: number }): void {
    entry.bytes += byBytes;
    this.#bytes += byBytes;
    this.#makeRoom(now);
  }

  /** Removes dead entries. Scans all, so it runs only when space is needed and entries may have died since the last scan. */
  sweep(now: number): void {
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
    while (!this.#hasRoom()) {
      const victim = this.#eviction.evict();
      if (victim === undefined) return;
      this.#removals.recordEviction(victim, now);
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
    this.#removals.recordDeath(entry);
    this.#remove(entry);
  }

  #remove(entry: Entry): void {
    this.#eviction.remove(entry);
    this.#detach(entry);
  }

  #detach(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#bytes -= entry.bytes;
    entry.field.savedMs += entry.hits * entry.loadMs;
    entry.trial?.addUse(entry);
    for (const attachment of entry.attachments?.values() ?? []) releaseAttachment(attachment, this.#ledger);
    entry.attachments = null;
    this.#ledger.release(entry.tags);
  }
}
