import type { RecentSnapshot } from '@magpie/cache';
import { windowMs } from '@magpie/cache/entries';
import type { CacheAlertKind, CacheCategory } from '../generated/schema.ts';

export interface Alert {
  readonly kind: CacheAlertKind;
  readonly category: CacheCategory | null;
  readonly message: string;
  /** ISO 8601. */
  readonly since: string;
}

/** A condition with hysteresis: the alert is raised at one threshold and withdrawn at another, so that it does not flap. */
interface Rule<Figures> {
  readonly kind: CacheAlertKind;
  /** Returns null when the sample is too small. */
  measure(figures: Figures): number | null;
  isRaised(value: number): boolean;
  isWithdrawn(value: number): boolean;
  message(value: number): string;
}

const minLookups = 100;
const megabyte = 1_000_000;

/** Rules for the counts of the last five minutes. */
const perCategory: readonly Rule<RecentSnapshot>[] = [
  {
    kind: 'LOW_HIT_RATIO',
    measure: ({ counts: { hits, misses, hitRatio } }) => (hits + misses < minLookups ? null : hitRatio),
    isRaised: (ratio) => ratio < 0.5,
    isWithdrawn: (ratio) => ratio >= 0.55,
    message: (ratio) => `hit ratio ${ratio.toFixed(2)}, expected 0.50 or more`,
  },
  {
    kind: 'HIGH_EVICTION_RATE',
    measure: ({ counts: { evictions } }) => evictions / (windowMs / 60_000),
    isRaised: (rate) => rate > 10,
    isWithdrawn: (rate) => rate <= 5,
    message: (rate) => `${Math.ceil(rate)} evictions a minute, expected 10 or fewer`,
  },
  {
    kind: 'SLOW_HITS',
    measure: ({ counts }) => counts.hitLatency.p95Ms,
    isRaised: (ms) => ms > 50,
    isWithdrawn: (ms) => ms <= 40,
    message: (ms) => `95 % of hits within ${Math.round(ms)} ms, expected 50 ms or less`,
  },
  {
    kind: 'STALE_ANSWERS',
    measure: ({ staleIfErrorForMs }) => staleIfErrorForMs,
    isRaised: (ms) => ms > 60_000,
    isWithdrawn: (ms) => ms === 0,
    message: (ms) =>
      `expired entries have been served in place of failing loads for ${Math.ceil(ms / 1000)} s, expected 60 or less`,
  },
];

interface WholeFigures {
  readonly bytes: number;
  /** For how long the remote tier has failed; undefined without one. */
  readonly remoteDownForMs?: number | undefined;
}

const wholeCache: readonly Rule<WholeFigures>[] = [
  {
    kind: 'HIGH_MEMORY',
    measure: ({ bytes }) => bytes,
    isRaised: (bytes) => bytes > 10 * megabyte,
    isWithdrawn: (bytes) => bytes <= 9 * megabyte,
    message: (bytes) => `${(bytes / megabyte).toFixed(1)} MB held, expected 10 MB or less`,
  },
  {
    kind: 'REMOTE_CACHE_DOWN',
    measure: ({ remoteDownForMs = 0 }) => remoteDownForMs,
    isRaised: (ms) => ms > 10_000,
    isWithdrawn: (ms) => ms === 0,
    message: (ms) => `the remote tier has not answered for ${Math.ceil(ms / 1000)} s, expected an answer within 50 ms`,
  },
];

/** Holds the alerts that are raised. Logs each alert once when it is raised, and once when it is withdrawn. */
export class AlertWatch {
  readonly #raised = new Map<string, Alert>();
  readonly #now: () => Date;
  readonly #log: (event: 'raised' | 'withdrawn', alert: Alert) => void;

  constructor({ now, log }: { now: () => Date; log: (event: 'raised' | 'withdrawn', alert: Alert) => void }) {
    this.#now = now;
    this.#log = log;
  }

  /** Applies all rules and returns the raised alerts, the oldest first. `bytes` is the size of the whole cache. */
  check({ recent, ...whole }: WholeFigures & { recent: readonly RecentSnapshot<CacheCategory>[] }): Alert[] {
    for (const figures of recent) for (const rule of perCategory) this.#apply(rule, figures, figures.category);
    for (const rule of wholeCache) this.#apply(rule, whole, null);
    return [...this.#raised.values()];
  }

  #apply<Figures>(rule: Rule<Figures>, figures: Figures, category: CacheCategory | null): void {
    const id = `${rule.kind} ${category}`;
    const value = rule.measure(figures);
    const raised = this.#raised.get(id);
    if (value !== null && (raised ? !rule.isWithdrawn(value) : rule.isRaised(value))) {
      const message = `${category ?? 'The cache'}: ${rule.message(value)}.`;
      const since = raised?.since ?? this.#now().toISOString();
      const alert = { kind: rule.kind, category, message, since };
      this.#raised.set(id, alert);
      if (!raised) this.#log('raised', alert);
    } else if (raised) {
      this.#raised.delete(id);
      this.#log('withdrawn', raised);
    }
  }
}
