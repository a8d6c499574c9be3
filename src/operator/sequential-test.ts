/**
 * A sequential test of whether two arms have the same share of their lookups, valid however often somebody looks.
 *
 * What is random is the deal: in each round the hash of a key and the round gives the key to an arm, independently of other keys
 * and rounds. So a randomisation argument needs no model of the keys. If the lifetimes make no difference to what the lookups of
 * any key find, the deal decides nothing but which arm is named for it: exchanging the two arms of a group of keys would have been
 * as likely. The difference of their shares is then as likely positive as negative, whatever its size, and independently of other
 * groups: keys may differ in traffic and shares, stay over all rounds, and depend on each other.
 *
 * Shares are of lookups, because their number does not depend on the lifetime. Shares of hits would not do: a longer lifetime has
 * more hits, so that the denominators differ even if nothing else does, and the mean of a ratio depends on its denominator. The
 * test says nothing of lifetimes that move what single lookups of a key find and leave its mean.
 *
 * The test has a capital that chance alone does not raise: a supermartingale that begins at 1. By Ville's inequality it ever reaches
 * 1/α with a probability of at most α, so 1 / (the largest capital so far) is an always-valid p-value (Johari, Koomen, Pekelis &
 * Walsh, "Always Valid Inference", Operations Research 70(3), 2022).
 */
export interface Evidence {
  /** Groups of keys in rounds in which both arms had lookups. */
  readonly comparisons: number;
  /** Sum of their weights. */
  readonly weight: number;
  /** S: the sum of their weighted differences. */
  readonly sum: number;
  /** V: the sum of the squares of these. */
  readonly squares: number;
  /** ρ; 0 before the first difference. */
  readonly scale: number;
  /** Logarithm of the largest capital so far. */
  readonly strongest: number;
}

/** So many of the lookups. */
export interface Proportion {
  readonly part: number;
  readonly whole: number;
}

export const noEvidence: Evidence = { comparisons: 0, weight: 0, sum: 0, squares: 0, scale: 0, strongest: 0 };

/**
 * Adds a comparison of the two arms of a group of keys. exp(λS − λ²V/2) is a supermartingale for every λ, because signs are even
 * and (eˣ + e⁻ˣ)/2 ≤ exp(x²/2) (de la Peña, "A general class of exponential inequalities for martingales and ratios", Annals of
 * Probability 27(1), 1999). So is its mean over λ ~ N(0, 1/ρ) (the normal mixture of Robbins, "Statistical methods related to the
 * law of the iterated logarithm", Annals of Mathematical Statistics 41(5), 1970):
 *
 *     capital = √(ρ / (ρ + V)) × exp(S² / (2 (ρ + V)))
 *
 * ρ is the square of the first difference that is not 0: only signs are random here, so sizes may be used. Differences are weighted
 * by the harmonic size of the two samples, as in a risk difference over strata (Mantel & Haenszel, "Statistical aspects of the
 * analysis of data", JNCI 22(4), 1959), so that a quiet night says little.
 */
export function withComparison(evidence: Evidence, first: Proportion, other: Proportion): Evidence {
  if (first.whole === 0 || other.whole === 0) return evidence;
  const size = (first.whole * other.whole) / (first.whole + other.whole);
  const difference = size * (other.part / other.whole - first.part / first.whole);
  const sum = evidence.sum + difference;
  const squares = evidence.squares + difference ** 2;
  const scale = evidence.scale || difference ** 2;
  const capital = scale === 0 ? 0 : (Math.log(scale / (scale + squares)) + sum ** 2 / (scale + squares)) / 2;
  return {
    comparisons: evidence.comparisons + 1,
    weight: evidence.weight + size,
    ...{ sum, squares, scale },
    strongest: Math.max(evidence.strongest, capital),
  };
}

/** The weighted mean of the differences, other − first; null before the first comparison. */
export function differenceOf({ weight, sum }: Evidence): number | null {
  return weight === 0 ? null : sum / weight;
}

/** The always-valid p-value, corrected for the number of arms that are compared with the first (Bonferroni). */
export function pValueOf({ strongest }: Pick<Evidence, 'strongest'>, arms: number): number {
  return Math.min(1, arms * Math.exp(-strongest));
}
