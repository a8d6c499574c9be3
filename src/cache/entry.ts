import type { Evictable } from './eviction/policy.ts';
import type { Dependent, Ledger, Tag } from './ledger.ts';
import type { Policy } from './policy.ts';
import type { FieldCounters } from './statistics.ts';

/** What is known of a value when its load ends. */
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

/** A value and what it depends on. Immutable to readers; it may be *detached*, that is, never or no longer kept. */
export class Entry<T = unknown> implements Dependent, Evictable {
  // What a hit reads and writes comes first, so that it shares cache lines. All but `value` belongs to the engine's parts.
  readonly key: string;
  readonly refreshAt: number;
  checkedVersion = -1;
  list = 0;
  hits = 0;
  lastHit = 0;
  pendingHits = 0;
  readonly keyHash: number; // signed, so that V8 keeps it in the object
  readonly field: FieldCounters;
  readonly coordinate: string;
  /** Deeply frozen once it is kept. */
  readonly value: T;

  readonly category: string;
  readonly namespace: string | undefined;
  readonly tags: readonly Tag[];
  /** The logical time at which its load began. */
  readonly stamp: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly staleUntil: number;
  readonly errorUntil: number;
  readonly validUntil: number;
  readonly loadMs: number;
  /** Of the value and its attachments. */
  bytes = 0;
  digest = 0;
  /** Loads that failed since, and when the first of them did. */
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
    this.refreshAt = lifetime.refreshAt;
    this.field = loadedValue.field;
    this.coordinate = loadedValue.field.coordinate;
    this.value = loadedValue.value;
    this.category = loadedValue.category;
    this.namespace = loadedValue.namespace;
    this.tags = loadedValue.tags;
    this.stamp = loadedValue.stamp;
    this.createdAt = lifetime.createdAt;
    this.expiresAt = lifetime.expiresAt;
    this.staleUntil = lifetime.staleUntil;
    this.errorUntil = lifetime.errorUntil;
    this.validUntil = lifetime.validUntil;
    this.keyHash = loadedValue.keyHash | 0;
    this.loadMs = loadedValue.loadMs;
  }

  /** Whether it is in its store. */
  get isKept(): boolean {
    return this.list !== 0;
  }
}

/**
 * Something that was made from an entry's value, such as its serialised answer to one selection. It ends with its entry. When it
 * leaves it becomes an empty shell, so that whoever remembers it for longer keeps nothing else in memory.
 */
export interface Attachment extends Dependent {
  readonly bytes: number;
  readonly validUntil: number;
  /** Null when it has left. */
  entry: Entry | null;
  tags: readonly Tag[];
  value: unknown;
  /** How often it was found. */
  uses: number;
}

export function releaseAttachment(attachment: Attachment, ledger: Ledger): void {
  ledger.release(attachment.tags);
  attachment.entry = null;
  attachment.tags = [];
  attachment.value = undefined;
}

/** Moments on the cache's clock, in whole milliseconds and in this order, except that none is later than `validUntil`. */
export interface Lifetime {
  readonly createdAt: number;
  /** From here on a read starts a background refresh; `expiresAt` where there is no stale window. */
  readonly refreshAt: number;
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

/** The key's hash spreads refreshes over the last tenth of the lifetime: earlier, never later than expiry. */
export function lifetimeOf(policy: Policy, options: LifetimeOptions): Lifetime {
  const { atMs, ttlMs, validUntil } = options;
  const earlyMs = policy.staleMs > 0 ? ttlMs * REFRESH_SPREAD * (options.keyHash / 2 ** 32) : 0;
  const spareMs = Math.max(policy.staleMs, policy.staleIfErrorMs);
  return {
    createdAt: Math.floor(atMs),
    refreshAt: Math.floor(Math.min(atMs + ttlMs - earlyMs, validUntil)),
    expiresAt: Math.floor(Math.min(atMs + ttlMs, validUntil)),
    staleUntil: Math.floor(Math.min(atMs + ttlMs + policy.staleMs, validUntil)),
    errorUntil: Math.floor(Math.min(atMs + ttlMs + spareMs, validUntil)),
    validUntil,
  };
}
