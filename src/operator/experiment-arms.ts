import type { Trial } from '@magpie/cache/entries';
import { type Evidence, noEvidence, type Proportion, withComparison } from './sequential-test.ts';

/** What is known of one arm: the sums of the rounds that are over, and how it compares with the first arm. */
export interface ExperimentArm extends Readonly<Omit<Trial, 'addUse' | 'addAudit'>> {
  readonly hitEvidence: Evidence;
  readonly behindEvidence: Evidence;
}

export function newArm(ttlMs: number): ExperimentArm {
  const counts = { loads: 0, hits: 0, savedMs: 0, checked: 0, behind: 0, behindMs: 0, maxBehindMs: 0 };
  return { ttlMs, ...counts, hitEvidence: noEvidence, behindEvidence: noEvidence };
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
      hitEvidence: withComparison(arm.hitEvidence, hitsOf(first!), hitsOf(trial)),
      behindEvidence: withComparison(arm.behindEvidence, behindOf(first!), behindOf(trial)),
    };
  });
}

/** Lookups that needed no load. Loads in the background count, because the database has them all the same. */
export function hitsOf({ hits, loads }: Pick<ExperimentArm, 'hits' | 'loads'>): Proportion {
  return { part: hits, whole: hits + loads };
}

/** Lookups that the audit found to be behind. Loads are not. */
function behindOf({ behind, hits, loads }: Pick<ExperimentArm, 'behind' | 'hits' | 'loads'>): Proportion {
  return { part: behind, whole: hits + loads };
}

/** The share of lookups that are behind, by the hits that were checked; null before the first. */
export function behindShareOf({ behind, checked, ...lookups }: ExperimentArm): number | null {
  const [behindOfHits, hitRatio] = [shareOf({ part: behind, whole: checked }), shareOf(hitsOf(lookups))];
  return behindOfHits === null || hitRatio === null ? null : behindOfHits * hitRatio;
}

/** How many hits of two arms the audit checked one of, as it draws hits of all arms alike; null if none. */
export function hitsPerCheck(one: ExperimentArm, other: ExperimentArm): number | null {
  return shareOf({ part: one.hits + other.hits, whole: one.checked + other.checked });
}

export function shareOf({ part, whole }: Proportion): number | null {
  return whole === 0 ? null : part / whole;
}
