import { Attachments } from './attachments.ts';
import { Audit, type AuditOptions } from './audit.ts';
import { Budget } from './budget.ts';
import { type Clock, MonotonicTime, systemClock, systemTimer, type Timer } from './clock.ts';
import { HookCalls, type Hooks } from './hooks.ts';
import { Invalidations } from './invalidations.ts';
import { Ledger } from './ledger.ts';
import { Loads } from './loads.ts';
import { checkTimeout, type Policy, validateLimits, validatePolicies } from './policy.ts';
import { Prefetch } from './prefetch.ts';
import { RemoteCalls } from './remote-calls.ts';
import { checkRemoteTier, type RemoteAddress, type RemoteTier } from './remote-tier.ts';
import type { SizeOf } from './request.ts';
import { Store } from './store.ts';
import { Stores } from './stores.ts';

export interface CacheOptions<Category extends string> {
  readonly policies: Readonly<Record<Category, Policy>>;
  readonly clock?: Clock;
  readonly timer?: Timer;
  /** Most tag records; default 100,000. */
  readonly maxTags?: number;
  /** Most bytes of tag records; default 16 MiB. Beyond either limit, entries whose records are dropped become invalid. */
  readonly maxTagBytes?: number;
  /** How long a reader waits for a load; default 30 s. */
  readonly loadTimeoutMs?: number;
  /** Most loads that run at once, hanging ones included; default 10,000. */
  readonly maxFlights?: number;
  /** Returns whether a load's error is a refusal of the request, which is not counted as a failure. Default: no error is. */
  readonly isRefusal?: (error: unknown) => boolean;
  /** Functions to call when something happens, soon after it. A hook that throws or rejects disturbs nothing. */
  readonly hooks?: Hooks;
  /** Size of a value. Default: an approximation of what it takes in memory. */
  readonly sizeOf?: SizeOf;
  /** Loads a sample of hits again and compares; see `AuditOptions`. Default: none. */
  readonly audit?: AuditOptions<Category>;
  /** Most entries that are reloaded before they expire, where a policy asks for it (`prefetchBeta`). Default 20. */
  readonly maxPrefetchesPerSecond?: number;
  /** A tier behind memory that processes share; see `RemoteTier`. Default: none. */
  readonly remote?: RemoteTier;
  /** Numbers from 0 to 1, for prefetches and for the sample of the audit. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The parts of a cache, which its lookups and loads share. */
export interface EngineParts<Category extends string = string> {
  readonly ledger: Ledger;
  readonly loads: Loads;
  readonly time: MonotonicTime;
  readonly prefetch: Prefetch;
  readonly audit: Audit;
  readonly timer: Timer;
  readonly hookCalls: HookCalls;
  readonly stores: Stores<Category>;
  readonly invalidations: Invalidations;
  readonly attachments: Attachments;
}

/** Creates the parts of a cache. Throws a `RangeError` or `TypeError` for an option that makes no sense. */
export function createParts<Category extends string>(options: CacheOptions<Category>): EngineParts<Category> {
  validatePolicies(options.policies);
  const { maxTags = 100_000, maxTagBytes = 16 * 2 ** 20, loadTimeoutMs = 30_000, maxFlights = 10_000 } = options;
  const { random = Math.random, timer = systemTimer, clock = systemClock, maxPrefetchesPerSecond = 20 } = options;
  const { isRefusal = () => false, sizeOf, audit: audited, remote } = options;
  checkRemoteTier(remote);
  validateLimits({ maxTags, maxTagBytes, loadTimeoutMs, maxFlights });
  checkTimeout('loadTimeoutMs', loadTimeoutMs);
  const hookCalls = new HookCalls(options.hooks);
  validateLimits({ maxPrefetchesPerSecond, auditEvery: audited?.every ?? 1 });
  const ledger = new Ledger({ maxTags, maxTagBytes });
  const time = new MonotonicTime(clock);
  const prefetch = new Prefetch({ random, budget: new Budget(maxPrefetchesPerSecond) });
  const remoteCalls = remote && new RemoteCalls(remote, hookCalls);
  const onDrop = (dropped: RemoteAddress) => remoteCalls?.drop(dropped);
  const loads = new Loads({
    ...{ prefetch, ledger, time, timer, timeoutMs: loadTimeoutMs },
    ...{ maxFlights, isRefusal, hookCalls, sizeOf },
    remote: remoteCalls,
  });
  const audit = new Audit({
    ...{ ledger, time, timer, random, timeoutMs: loadTimeoutMs },
    budget: new Budget(audited?.perSecond ?? 1),
    every: audited?.every ?? 1,
    confirmMs: audited?.confirmMs ?? 5_000,
  });
  const now = time.now();
  const stores = Object.entries<Policy>(options.policies).map(([name, policy]) => {
    const isAudited = audited?.categories.some((category) => category === name) ?? false;
    return new Store(name, policy, { ledger, hookCalls, audit, isAudited, now, onDrop });
  });
  return {
    ...{ ledger, loads, time, prefetch, audit, timer, hookCalls },
    stores: new Stores(stores),
    invalidations: new Invalidations(ledger),
    attachments: new Attachments(ledger, time),
  };
}
