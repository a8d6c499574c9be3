import type { Trial } from '@magpie/cache/entries';
import {
  type BoundedEvidence,
  type ExchangeableEvidence,
  noBounded,
  noExchangeable,
  type Proportion,
  withBounded,
  withExchangeable,
} from './sequential-test.ts';

/** What is known of one arm: the sums of the rounds that are over, and how it compares with the first arm. */
export interface ExperimentArm extends Readonly<Omit<Trial, 'addUse' | 'addAudit'>> {
  readonly hitEvidence: ExchangeableEvidence;
  readonly behindEvidence: BoundedEvidence;
}

export function newArm(ttlMs: number): ExperimentArm {
  const counts = { loads: 0, hits: 0, savedMs: 0, checked: 0, behind: 0, behindMs: 0, maxBehindMs: 0 };
  return { ttlMs, ...counts, hitEvidence: noExchangeable, behindEvidence: noBounded };
}

/** Adds what one group of keys did in a round to all arms. */
export function withTrials(arms: readonly ExperimentArm[], trials: readonly Trial[]): ExperimentArm[] {
  const [first] = trials;
  return arms.map((arm, place) => {
    const trial = trials[place]!;
    return {
      ttlMs: arm.ttlMs,
      loads: arm.loads + trial.loads,
      hits: arm.hits + trial.hits,
      savedMs: arm.savedMs + trial.savedMs,
      checked: arm.checked + trial.checked,
      behind: arm.behind + trial.behind,
      behindMs: arm.behindMs + trial.behindMs,
      maxBehindMs: Math.max(arm.maxBehindMs, trial.maxBehindMs),
      hitEvidence: withExchangeable(arm.hitEvidence, hitsOf(first!), hitsOf(trial)),
      behindEvidence: withBounded(arm.behindEvidence, behindOf(first!), behindOf(trial)),
    };
  });
}

/** Lookups that needed no load. Loads in the background count, because the database has them all the same. */
export function hitsOf({ hits, loads }: Pick<ExperimentArm, 'hits' | 'loads'>): Proportion {
  return { part: hits, whole: hits + loads };
}

export function behindOf({ behind, checked }: Pick<ExperimentArm, 'behind' | 'checked'>): Proportion {
  return { part: behind, whole: checked };
}

export function shareOf({ part, whole }: Proportion): number | null {
  return whole === 0 ? null : part / whole;
}
