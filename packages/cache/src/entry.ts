import type { Evictable } from './eviction/policy.ts';
import type { Trial } from './experiment.ts';
import type { Dependent, Ledger, Tag } from './ledger.ts';
import type { Policy } from './policy.ts';
import type { FieldCounters } from './statistics.ts';

/** The parts of an entry, known when its load ends. */
export interface LoadedValue<T> {
  readonly key: string;
  readonly category: string;
  readonly namespace: string | undefined;
  readonly field: FieldCounters;
  readonly value: T;
  readonly tags: readonly Tag[];
  readonly stamp: number;
  readonly lifetime: Lifetime;
  readonly keyHash: number;
  readonly loadMs: number;
}

/** A cached value with its key, tags, stamp and lifetime. Immutable to readers. *Detached* if its store does not hold it. */
export class Entry<T = unknown> implements Dependent, Evictable {
  // The members that a hit reads and writes come first, so that they share cache lines. All but `value` are the engine's.
  readonly key: string;
  /** From this time on a read takes a closer look: `dueAt`, or earlier for a prefetch or an audit. */
  refreshAt: number;
  checkedVersion = -1;
  list = 0;
  hits = 0;
  lastHit = 0;
  pendingHits = 0;
  readonly keyHash: number; // signed, so that V8 stores it inline
  readonly field: FieldCounters;
  readonly coordinate: string;
  /** Deeply frozen once it is kept. */
  readonly value: T;

  readonly category: string;
  readonly namespace: string | undefined;
  readonly tags: readonly Tag[];
  /** The logical clock when the load began, or a later reading at which it was valid. */
  stamp: number;
  readonly createdAt: number;
  /** From this time on a read reloads, in the background while the entry may still be served. */
  dueAt: number;
  expiresAt: number;
  staleUntil: number;
  errorUntil: number;
  readonly validUntil: number;
  readonly loadMs: number;
  /** Where its hits are added up when it leaves, while an experiment runs. */
  trial: Trial | undefined = undefined;
  /** Whether the next read is to start an audit. */
  isAuditDue = false;
  /** Whether the end of its life is counted, which may be before its removal. */
  isDeathCounted = false;
  /** Size of the entry with its value and attachments. */
  bytes = 0;
  digest = 0;
  /** Loads of the key that failed since this entry was created, and the time of the first failure. */
  failures = 0;
  failingSince = 0;
  retryAt = 0;
  attachments: Map<string, Attachment> | null = null;
  previous: Evictable | null = null;
  next: Evictable | null = null;
  frequency = 0;
  epoch = 0;

  constructor(loadedValue: LoadedValue<T>) {
    const { lifetime } = loadedValue;
    this.key = loadedValue.key;
    this.refreshAt = lifetime.dueAt;
    this.field = loadedValue.field;
    this.coordinate = loadedValue.field.coordinate;
    this.value = loadedValue.value;
    this.category = loadedValue.category;
    this.namespace = loadedValue.namespace;
    this.tags = loadedValue.tags;
    this.stamp = loadedValue.stamp;
    this.createdAt = lifetime.createdAt;
    this.dueAt = lifetime.dueAt;
    this.expiresAt = lifetime.expiresAt;
    this.staleUntil = lifetime.staleUntil;
    this.errorUntil = lifetime.errorUntil;
    this.validUntil = lifetime.validUntil;
    this.keyHash = loadedValue.keyHash | 0;
    this.loadMs = loadedValue.loadMs;
  }

  /** Ends its freshness at `now`. Its stale windows begin then. Call it for a valid entry only, with the present stamp. */
  expire(now: number, stamp: number): void {
    const earlierMs = Math.max(0, this.expiresAt - now);
    this.refreshAt = Math.min(this.refreshAt, now);
    this.dueAt = Math.min(this.dueAt, now);
    this.expiresAt -= earlierMs;
    this.staleUntil -= earlierMs;
    this.errorUntil -= earlierMs;
    this.stamp = stamp;
  }

  /** Whether a store holds it. */
  get isKept(): boolean {
    return this.list !== 0;
  }
}

/**
 * Data derived from an entry's value, such as the JSON of one selection. It is removed with its entry. Removal empties it, so
 * that a reference held for longer keeps neither entry nor value in memory.
 */
export interface Attachment extends Dependent {
  readonly bytes: number;
  readonly validUntil: number;
  /** Null once it is removed. */
  entry: Entry | null;
  tags: readonly Tag[];
  value: unknown;
  /** Number of times it was found. */
  uses: number;
}

export function releaseAttachment(attachment: Attachment, ledger: Ledger): void {
  ledger.release(attachment.tags);
  attachment.entry = null;
  attachment.tags = [];
  attachment.value = undefined;
}

/** Times of the cache's clock in whole milliseconds, in ascending order, none later than `validUntil`. */
export interface Lifetime {
  readonly createdAt: number;
  /** From this time a read starts a background refresh. Equals `expiresAt` if there is no stale window. */
  readonly dueAt: number;
  readonly expiresAt: number;
  readonly staleUntil: number;
  readonly errorUntil: number;
  readonly validUntil: number;
}

export interface LifetimeOptions {
  readonly atMs: number;
  readonly ttlMs: number;
  readonly validUntil: number;
  readonly keyHash: number;
}

const REFRESH_SPREAD = 0.1;

/** Computes a lifetime. The key's hash spreads refreshes over the last tenth before expiry, so that they do not coincide. */
export function lifetimeOf(policy: Pick<Policy, 'staleMs' | 'staleIfErrorMs'>, options: LifetimeOptions): Lifetime {
  const { atMs, ttlMs, validUntil } = options;
  const earlyMs = policy.staleMs > 0 ? ttlMs * REFRESH_SPREAD * (options.keyHash / 2 ** 32) : 0;
  const spareMs = Math.max(policy.staleMs, policy.staleIfErrorMs);
  return {
    createdAt: Math.floor(atMs),
    dueAt: Math.floor(Math.min(atMs + ttlMs - earlyMs, validUntil)),
    expiresAt: Math.floor(Math.min(atMs + ttlMs, validUntil)),
    staleUntil: Math.floor(Math.min(atMs + ttlMs + policy.staleMs, validUntil)),
    errorUntil: Math.floor(Math.min(atMs + ttlMs + spareMs, validUntil)),
    validUntil,
  };
}
