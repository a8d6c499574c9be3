import { createHash } from 'node:crypto';
import type { RemoteAddress, RemoteOffer, RemoteTier, RemoteValue } from '@magpie/cache';
import { isEngineTag } from '@magpie/cache';
import { engineTags } from '@magpie/cache/entries';
import type { BreakerState } from './breaker.ts';
import { decode, encode, format, type Identity } from './entry-codec.ts';
import { type CallKind, GuardedStore, type GuardTime, StoreUnavailableError, systemTime } from './guarded-store.ts';
import { LoadLocks } from './load-locks.ts';
import { Outbox } from './outbox.ts';
import type { RemoteStore } from './remote-store.ts';
import { type Refusal, type RemoteSnapshot, RemoteStatistics } from './statistics.ts';

/** Where the log of invalidations stood when a load began. */
interface LogMark {
  readonly epoch: string;
  readonly horizon: number;
}

/** What the tier asks of the log; see `src/cluster/log-view.ts`. */
export interface LogView {
  now(): LogMark | undefined;
  isValid(loadedAt: LogMark, tags: readonly string[]): boolean;
  outdate(tags: readonly string[]): void;
}

export interface SharedTierOptions {
  readonly store: RemoteStore;
  readonly log: LogView;
  /** Categories whose values are shared. */
  readonly categories: readonly string[];
  /** Those of them whose values are loaded by one process at a time, as their loads are dear. */
  readonly loadedOnce?: readonly string[];
  readonly schemaVersion: string;
  readonly policyVersion: string;
  /** How long a call of the store may take. Default 50 ms. */
  readonly deadlineMs?: number;
  readonly time?: GuardTime;
  /** Milliseconds since 1970. */
  readonly wallNow?: () => number;
  /** Told when calls of a kind are not made any more, tried, or made again. */
  readonly onChange?: (kind: CallKind, state: BreakerState, cause: unknown) => void;
}

interface Taken {
  readonly loadedAt: LogMark;
  readonly offer: RemoteOffer;
  readonly release: ((isShared: boolean) => void) | undefined;
}

/** A value that is dated later than this by another host's clock is not used: its age cannot be told. */
const maxSkewMs = 1_000;

/** Values that processes of one database share through a store. It may lose or mix up anything: the log tells what is valid. */
export class SharedTier implements RemoteTier {
  readonly #options: SharedTierOptions;
  readonly #store: GuardedStore;
  readonly #statistics = new RemoteStatistics();
  readonly #outbox: Outbox;
  readonly #locks: LoadLocks;
  readonly #wallNow: () => number;
  readonly #time: GuardTime;
  #downSinceMs: number | undefined;

  constructor(options: SharedTierOptions) {
    const { store, deadlineMs = 50, time = systemTime, wallNow = Date.now, onChange = () => {} } = options;
    this.#options = options;
    this.#wallNow = wallNow;
    this.#time = time;
    this.#store = new GuardedStore(store, {
      ...{ time, deadlineMs },
      onChange: (kind, state, cause) => {
        if (kind === 'read') this.#downSinceMs = state === 'AVAILABLE' ? undefined : (this.#downSinceMs ?? time.now());
        onChange(kind, state, cause);
      },
      onCall: ({ kind, ms, error }) => {
        if (kind === 'read') this.#statistics.recordLatency(ms);
        if (error instanceof StoreUnavailableError) this.#statistics.timeouts++;
        else if (error !== undefined) this.#statistics.errors++;
      },
    });
    this.#locks = new LoadLocks({ store: this.#store, time });
    this.#outbox = new Outbox((bytes, { key, lifetimeMs }) => this.#write(key, bytes, lifetimeMs));
  }

  snapshot(): RemoteSnapshot {
    return this.#statistics.snapshot({
      state: this.#store.stateOf('read'),
      writeState: this.#store.stateOf('write'),
      downForMs: this.#downSinceMs === undefined ? 0 : this.#time.now() - this.#downSinceMs,
    });
  }

  find(address: RemoteAddress): Promise<RemoteValue | undefined> | undefined {
    const { log, categories } = this.#options;
    if (!categories.includes(address.category) || log.now() === undefined) return undefined;
    const identity = this.#identityOf(address);
    const asked = this.#store.get(nameOf(identity));
    return asked && this.#look(identity, asked).catch(() => undefined); // a failure is counted
  }

  /** Rejects when the store fails, also while another process is waited for: it would be waited for in vain. */
  async #look(identity: Identity, asked: Promise<Buffer | undefined>): Promise<RemoteValue | undefined> {
    const found = this.#read(identity, await asked, true);
    if (found !== undefined || !this.#isLoadedOnce(identity)) return found;
    return await this.#locks.wait(lockOf(identity), async () => {
      const again = this.#store.get(nameOf(identity));
      if (again === undefined) throw new StoreUnavailableError('expected a store that is asked, but it has failed');
      return this.#read(identity, await again, false);
    });
  }

  begin(address: RemoteAddress): ((offer: RemoteOffer | undefined) => void) | undefined {
    const { log, categories } = this.#options;
    if (!categories.includes(address.category)) return undefined;
    const loadedAt = log.now();
    const identity = this.#identityOf(address);
    const release = this.#isLoadedOnce(address) ? this.#locks.release(lockOf(identity)) : undefined;
    if (loadedAt === undefined && release === undefined) return undefined;
    return (offer) => {
      if (offer === undefined || loadedAt === undefined) release?.(false);
      else this.#take(identity, { loadedAt, offer, release });
    };
  }

  /** A value of this key proved to be wrong although nothing had invalidated it: those that were loaded up to now are not used. */
  drop({ category, key, namespace }: RemoteAddress): void {
    this.#options.log.outdate([engineTags(category, key, namespace)[0]!]);
  }

  /** Resolves when what was offered up to now is written, or given up. */
  flushed(): Promise<void> {
    return this.#outbox.flushed();
  }

  close(): void {
    this.#store.close();
  }

  #isLoadedOnce({ category }: { readonly category: string }): boolean {
    return this.#options.loadedOnce?.includes(category) ?? false;
  }

  #identityOf({ category, key, namespace }: RemoteAddress): Identity {
    const { schemaVersion, policyVersion } = this.#options;
    return { schemaVersion, policyVersion, category, namespace, key };
  }

  #take(identity: Identity, { loadedAt, offer, release }: Taken): void {
    const now = this.#wallNow();
    const [createdAtMs, freshUntilMs, validUntilMs] = [
      now - offer.ageMs,
      now + offer.freshForMs,
      now + offer.validForMs,
    ];
    const make = () => {
      const lifetimeMs = Math.ceil(freshUntilMs - this.#wallNow());
      if (lifetimeMs <= 0 || !this.#options.log.isValid(loadedAt, offer.tags)) return this.#omit('outdated');
      const tags = offer.tags.filter((tag) => !isEngineTag(tag));
      const { value, loadMs } = offer;
      const bytes = encode(identity, { ...loadedAt, tags, createdAtMs, validUntilMs, loadMs, value });
      return bytes === undefined ? this.#omit('unfaithful') : { bytes, key: nameOf(identity), lifetimeMs };
    };
    if (this.#outbox.add({ make, sent: release })) return;
    this.#omit('busy');
    release?.(false);
  }

  /** Misses and refusals of a value that is waited for are not counted. */
  #read(identity: Identity, bytes: Buffer | undefined, isCounted: boolean): RemoteValue | undefined {
    const refuse = (why: Refusal) => {
      if (isCounted) this.#statistics.refused[why]++;
    };
    if (bytes === undefined) {
      if (isCounted) this.#statistics.misses++;
      return undefined;
    }
    this.#statistics.bytesRead += bytes.length;
    const found = decode(identity, bytes);
    if (typeof found === 'string') {
      refuse(found);
      return undefined;
    }
    const { log } = this.#options;
    const { category, key, namespace } = identity;
    const tags = [...engineTags(category, key, namespace), ...found.tags];
    const now = this.#wallNow();
    const ageMs = now - found.createdAtMs;
    const validForMs = found.validUntilMs - now;
    if (log.now() === undefined) refuse('unleased');
    else if (!log.isValid(found, tags)) refuse('outdated');
    else if (!(ageMs >= -maxSkewMs) || !(validForMs > 0)) refuse('expired');
    else {
      this.#statistics.hits++;
      return { value: found.value, tags, ageMs: Math.max(0, ageMs), validForMs, loadMs: found.loadMs };
    }
    return undefined;
  }

  async #write(key: string, bytes: Buffer, lifetimeMs: number): Promise<void> {
    const written = this.#store.set(key, bytes, lifetimeMs);
    if (written === undefined) {
      this.#omit('unavailable');
      return;
    }
    try {
      await written;
      this.#statistics.writes++;
      this.#statistics.bytesWritten += bytes.length;
    } catch {} // counted, and the value stays in memory
  }

  #omit(why: 'unfaithful' | 'outdated' | 'busy' | 'unavailable'): undefined {
    this.#statistics.omitted[why]++;
  }
}

function lockOf(identity: Identity): string {
  return `${nameOf(identity)}:lock`;
}

/** The name under which the entry of an identity is stored. */
function nameOf({ schemaVersion, policyVersion, category, namespace, key }: Identity): string {
  const whole = JSON.stringify([format, schemaVersion, policyVersion, category, namespace ?? null, key]);
  return `magpie:${createHash('sha256').update(whole).digest('base64url')}`;
}
