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
  /** The value in words. */
  found(value: number, figures: Figures): string;
  /** What was expected, and what ends the alert, in words. */
  readonly expected: string;
  readonly ending: string;
}

const minLookups = 100;
const megabyte = 1_000_000;
/** A ratio with two digits. Rounded down, so that 0.499 does not look like 0.50. */
const twoDigits = (ratio: number) => (Math.floor(ratio * 100 + 1e-9) / 100).toFixed(2);

/** Rules for the counts of the last five minutes. */
const perCategory: readonly Rule<RecentSnapshot>[] = [
  {
    kind: 'LOW_HIT_RATIO',
    measure: ({ counts: { hits, misses, hitRatio } }) => (hits + misses < minLookups ? null : hitRatio),
    isRaised: (ratio) => ratio < 0.5,
    isWithdrawn: (ratio) => ratio >= 0.55,
    found: (ratio) => `hit ratio ${twoDigits(ratio)}`,
    expected: '0.50 or more',
    ending: '0.55',
  },
  {
    kind: 'HIGH_EVICTION_RATE',
    measure: ({ counts: { evictions } }) => evictions / (windowMs / 60_000),
    isRaised: (rate) => rate > 10,
    isWithdrawn: (rate) => rate <= 5,
    found: (rate) => `${Math.ceil(rate)} evictions a minute`,
    expected: '10 or fewer',
    ending: '5',
  },
  {
    kind: 'SLOW_HITS',
    measure: ({ counts }) => counts.hitLatency.p95Ms,
    isRaised: (ms) => ms > 50,
    isWithdrawn: (ms) => ms <= 40,
    found: (ms) => `95 % of hits within ${Math.ceil(ms)} ms`,
    expected: '50 ms or less',
    ending: '40 ms',
  },
  {
    kind: 'STALE_ANSWERS',
    measure: ({ staleIfErrorForMs }) => staleIfErrorForMs,
    isRaised: (ms) => ms > 60_000,
    isWithdrawn: (ms) => ms === 0,
    found: (ms) => `expired entries have been served in place of failing loads for ${Math.ceil(ms / 1000)} s`,
    expected: '60 or less',
    ending: '0 s',
  },
];

interface WholeFigures {
  readonly bytes: number;
  /** The limits of all categories together. */
  readonly maxBytes: number;
  /** For how long the remote tier has failed; undefined without one. */
  readonly remoteDownForMs?: number | undefined;
}

const wholeCache: readonly Rule<WholeFigures>[] = [
  {
    kind: 'HIGH_MEMORY',
    measure: ({ bytes, maxBytes }) => bytes / maxBytes,
    isRaised: (share) => share > 0.95,
    isWithdrawn: (share) => share <= 0.85,
    found: (share, { bytes, maxBytes }) =>
      `${Math.ceil(100 * share)} % of the limits held, ${inMegabytes(bytes)} of ${inMegabytes(maxBytes)}`,
    expected: '95 % or less',
    ending: '85 %',
  },
  {
    kind: 'REMOTE_CACHE_DOWN',
    measure: ({ remoteDownForMs = 0 }) => remoteDownForMs,
    isRaised: (ms) => ms > 10_000,
    isWithdrawn: (ms) => ms === 0,
    found: (ms) => `the remote tier has not answered for ${Math.ceil(ms / 1000)} s`,
    expected: 'an answer within 50 ms',
    ending: 'its answer',
  },
];

function inMegabytes(bytes: number): string {
  return `${(bytes / megabyte).toFixed(1)} MB`;
}

/** Holds the alerts that are raised. Logs each alert once when it is raised, and once when it is withdrawn. */
export class AlertWatch {
  readonly #raised = new Map<string, Alert>();
  #isClosed = false;
  readonly #now: () => Date;
  readonly #log: (event: 'raised' | 'withdrawn', alert: Alert) => void;

  constructor({ now, log }: { now: () => Date; log: (event: 'raised' | 'withdrawn', alert: Alert) => void }) {
    this.#now = now;
    this.#log = log;
  }

  /** Withdraws all alerts, which are about this process, and raises none any more. Call it when the process stops. */
  close(): void {
    this.#isClosed = true;
    for (const alert of this.#raised.values()) this.#log('withdrawn', alert);
    this.#raised.clear();
  }

  /** Applies all rules and returns the raised alerts, the oldest first. `bytes` is the size of the whole cache. */
  check({ recent, ...whole }: WholeFigures & { recent: readonly RecentSnapshot<CacheCategory>[] }): Alert[] {
    if (this.#isClosed) return [];
    for (const figures of recent) for (const rule of perCategory) this.#apply(rule, figures, figures.category);
    for (const rule of wholeCache) this.#apply(rule, whole, null);
    return [...this.#raised.values()];
  }

  #apply<Figures>(rule: Rule<Figures>, figures: Figures, category: CacheCategory | null): void {
    const id = `${rule.kind} ${category}`;
    const value = rule.measure(figures);
    const raised = this.#raised.get(id);
    if (value !== null && (raised ? !rule.isWithdrawn(value) : rule.isRaised(value))) {
      const { expected, ending } = rule;
      const verdict = rule.isRaised(value) ? `expected ${expected}` : `better, but the alert ends at ${ending}`;
      const message = `${category ?? 'The cache'}: ${rule.found(value, figures)}, ${verdict}.`;
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
