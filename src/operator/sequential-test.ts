/**
 * Sequential tests of whether two arms have the same proportion, valid however often somebody looks.
 *
 * A test here has a capital that chance alone does not raise: a martingale, or less, that begins at 1. By Ville's inequality it
 * ever reaches 1/α with a probability of at most α, so 1 / (the largest capital so far) is an always-valid p-value (Johari, Koomen,
 * Pekelis & Walsh, "Always Valid Inference", Operations Research 70(3), 2022).
 *
 * A test that takes lookups for independent draws would be wrong: one key with much traffic would decide it. What is independent is
 * a group of keys in a round, since each is dealt to the arms by itself.
 */
export interface Evidence {
  /** Groups of keys in rounds in which both arms had something to count. */
  readonly comparisons: number;
  /** Sum of their weights. */
  readonly weight: number;
  /** Sum of their weighted differences. */
  readonly sum: number;
  /** Logarithm of the largest capital so far. */
  readonly strongest: number;
}

/** Evidence of `withExchangeable`. */
export interface ExchangeableEvidence extends Evidence {
  /** V: the sum of the squares of the weighted differences. */
  readonly squares: number;
  /** ρ; 0 before the first difference. */
  readonly scale: number;
}

/** Evidence of `withBounded`. */
export interface BoundedEvidence extends Evidence {
  /** Logarithms of the capitals of the bets. */
  readonly capitals: readonly number[];
}

export interface Proportion {
  readonly part: number;
  readonly whole: number;
}

/** Shares of its capital that each bet puts on the second arm, or on the first if negative. */
const bets = [-0.9, -0.3, -0.1, 0.1, 0.3, 0.9];

const nothing: Evidence = { comparisons: 0, weight: 0, sum: 0, strongest: 0 };
export const noExchangeable: ExchangeableEvidence = { ...nothing, squares: 0, scale: 0 };
export const noBounded: BoundedEvidence = { ...nothing, capitals: bets.map(() => 0) };

/**
 * Adds a comparison of arms that have alike many lookups, whatever their lifetimes. If the arms do not differ, exchanging them
 * would have been as likely, so a difference is as likely positive as negative, whatever its size and whatever the traffic of
 * single keys. Then exp(λS − λ²V/2), with S the sum of the differences and V that of their squares, is a supermartingale for every
 * λ, because (eˣ + e⁻ˣ)/2 ≤ exp(x²/2) (de la Peña, "A general class of exponential inequalities for martingales and ratios", Annals
 * of Probability 27(1), 1999). So is its mean over λ ~ N(0, 1/ρ) (the normal mixture of Robbins, "Statistical methods related to
 * the law of the iterated logarithm", Annals of Mathematical Statistics 41(5), 1970):
 *
 *     capital = √(ρ / (ρ + V)) × exp(S² / (2 (ρ + V)))
 *
 * ρ is the square of the first difference that is not 0: only signs are random here, so sizes may be used.
 */
export function withExchangeable(
  evidence: ExchangeableEvidence,
  first: Proportion,
  other: Proportion,
): ExchangeableEvidence {
  if (first.whole === 0 || other.whole === 0) return evidence;
  const next = withDifference(evidence, first, other);
  const square = (next.sum - evidence.sum) ** 2;
  const squares = evidence.squares + square;
  const scale = evidence.scale || square;
  const capital = scale === 0 ? 0 : (Math.log(scale / (scale + squares)) + next.sum ** 2 / (scale + squares)) / 2;
  return { ...next, squares, scale, strongest: Math.max(evidence.strongest, capital) };
}

/**
 * Adds a comparison of arms with different numbers of samples, as those of the audit are: an arm with more hits has more of them.
 * If few are behind, the small sample has a large difference rarely and the other has a small one often, so signs are not even; yet
 * the mean of the difference of the two proportions is 0 if they do not differ, and it is from −1 to 1. Then a gambler who stakes
 * the same share λ of the capital on each keeps a martingale, Π (1 + λ × difference), and so does the mean of several gamblers
 * (Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", Journal of the Royal Statistical Society B
 * 86(1), 2024).
 */
export function withBounded(evidence: BoundedEvidence, first: Proportion, other: Proportion): BoundedEvidence {
  if (first.whole === 0 || other.whole === 0) return evidence;
  const difference = other.part / other.whole - first.part / first.whole;
  const capitals = evidence.capitals.map((capital, place) => capital + Math.log1p(bets[place]! * difference));
  const best = Math.max(...capitals); // taken out of the sum, which could overflow
  const mean = best + Math.log(capitals.reduce((sum, capital) => sum + Math.exp(capital - best), 0) / bets.length);
  return { ...withDifference(evidence, first, other), capitals, strongest: Math.max(evidence.strongest, mean) };
}

/**
 * Differences are weighted by the harmonic size of the two samples, as in a risk difference over strata (Mantel & Haenszel,
 * "Statistical aspects of the analysis of data", JNCI 22(4), 1959), so that a quiet night says little.
 */
function withDifference(
  { comparisons, weight, sum, strongest }: Evidence,
  first: Proportion,
  other: Proportion,
): Evidence {
  const size = (first.whole * other.whole) / (first.whole + other.whole);
  const difference = size * (other.part / other.whole - first.part / first.whole);
  return { comparisons: comparisons + 1, weight: weight + size, sum: sum + difference, strongest };
}

/** The weighted mean of the differences, other − first; null before the first comparison. */
export function differenceOf({ weight, sum }: Evidence): number | null {
  return weight === 0 ? null : sum / weight;
}

/** The always-valid p-value, corrected for the number of arms that are compared with the first (Bonferroni). */
export function pValueOf({ strongest }: Evidence, arms: number): number {
  return Math.min(1, arms * Math.exp(-strongest));
}
