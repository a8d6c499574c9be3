import { describe, expect, it } from 'vitest';
import { createRandom, createZipf } from '../../bench/hit-ratio/random.ts';
import {
  differenceOf,
  type ExchangeableEvidence,
  noBounded,
  noExchangeable,
  pValueOf,
  withBounded,
  withExchangeable,
} from '../../src/operator/sequential-test.ts';

const keys = 200;
const zipf = createZipf(keys, 1.1);

/**
 * Experiments on keys of very different traffic, a few of which make most lookups: in each round half of the keys, by chance, are in the
 * second arm, where a lookup of them is a hit more often by `gain`.
 */
function* rounds(
  random: () => number,
  { gain, count }: { gain: number; count: number },
): Generator<ExchangeableEvidence> {
  let evidence = noExchangeable;
  for (let round = 0; round < count; round++) {
    const first = { part: 0, whole: 0 };
    const other = { part: 0, whole: 0 };
    const isOther = Array.from({ length: keys }, () => random() < 0.5);
    for (let lookup = 0; lookup < 150; lookup++) {
      const key = zipf(random);
      const arm = isOther[key] ? other : first;
      arm.whole++;
      if (random() < (key < 10 ? 0.85 : 0.3) + (isOther[key] ? gain : 0)) arm.part++;
    }
    evidence = withExchangeable(evidence, first, other);
    yield evidence;
  }
}

/** How many of 400 experiments ever called a difference real, looking after each round. */
function findings(gain: number, count: number): number {
  const random = createRandom(17);
  let found = 0;
  for (let experiment = 0; experiment < 400; experiment++)
    for (const evidence of rounds(random, { gain, count }))
      if (pValueOf(evidence, 1) <= 0.05) {
        found++;
        break;
      }
  return found;
}

describe('the sequential test of arms that could be exchanged', () => {
  it('finds a difference where there is none in at most 5 % of experiments, looked at after each of 100 rounds', () => {
    const found = findings(0, 100);
    expect(found).toBeLessThanOrEqual(20);
    expect(found).toBeGreaterThan(0); // the experiments are hard enough to fool it now and then
  });

  it('finds a gain of ten points in nine of ten experiments within 100 rounds', () => {
    expect(findings(0.1, 100)).toBeGreaterThanOrEqual(360);
  });

  it('estimates the difference, whatever the size of the rounds', () => {
    let evidence = noExchangeable;
    for (const size of [10, 1_000, 40])
      evidence = withExchangeable(evidence, { part: 0.5 * size, whole: size }, { part: 0.7 * size, whole: size });
    expect(differenceOf(evidence)).toBeCloseTo(0.2);
    expect(evidence.comparisons).toBe(3);
  });

  it('is sure of equal differences after ten rounds, of none after rounds that bring nothing, and stays sure', () => {
    const round = (evidence: ExchangeableEvidence, gain: number) =>
      withExchangeable(evidence, { part: 50, whole: 100 }, { part: 50 + gain, whole: 100 });
    let evidence = noExchangeable;
    for (let n = 0; n < 9; n++) evidence = round(evidence, 5);
    expect(pValueOf(evidence, 1)).toBeGreaterThan(0.05);
    evidence = round(evidence, 5);
    const sure = pValueOf(evidence, 1);
    expect(sure).toBeLessThanOrEqual(0.05);
    expect(pValueOf(evidence, 3)).toBeCloseTo(3 * sure);
    for (let n = 0; n < 10; n++) evidence = round(evidence, -5);
    expect(pValueOf(evidence, 1)).toBe(sure);

    let nothing = noExchangeable;
    for (let n = 0; n < 100; n++) nothing = round(nothing, 0);
    expect([pValueOf(nothing, 1), differenceOf(nothing)]).toEqual([1, 0]);
    expect(withExchangeable(noExchangeable, { part: 0, whole: 0 }, { part: 1, whole: 1 })).toEqual(noExchangeable);
    expect(differenceOf(noExchangeable)).toBeNull();
  });
});

/** How many of 100 experiments ever called a difference real, looking after each of 500 rounds in which so many are checked of each arm. */
function boundedFindings(checks: readonly [number, number], shares: readonly [number, number]): number {
  const random = createRandom(19);
  const draw = (arm: 0 | 1) => {
    let part = 0;
    for (let check = 0; check < checks[arm]; check++) if (random() < shares[arm]) part++;
    return { part, whole: checks[arm] };
  };
  let found = 0;
  for (let experiment = 0; experiment < 100; experiment++) {
    let evidence = noBounded;
    for (let round = 0; round < 500; round++) evidence = withBounded(evidence, draw(0), draw(1));
    if (pValueOf(evidence, 1) <= 0.05) found++;
  }
  return found;
}

describe('the sequential test of arms with different numbers of checks', () => {
  it.each([
    [[2, 20], 0.03],
    [[3, 30], 0.02],
    [[1, 60], 0.03],
    [[20, 2], 0.03],
  ] as const)(
    'finds a difference where there is none in at most 5 % of experiments: %j checks at %d',
    (checks, share) => {
      expect(boundedFindings(checks, [share, share])).toBeLessThanOrEqual(5);
    },
  );

  it.each([
    [
      [2, 20],
      [0.03, 0.1],
    ],
    [
      [20, 2],
      [0.1, 0.03],
    ],
    [
      [10, 20],
      [0.02, 0.06],
    ],
  ] as const)('finds a real one in nine of ten: %j checks at %j', (checks, shares) => {
    expect(boundedFindings(checks, shares)).toBeGreaterThanOrEqual(90);
  });

  it('has nothing to say of an arm without checks, and of equal shares, and shows the difference by the size of the samples', () => {
    const [none, some] = [
      { part: 0, whole: 0 },
      { part: 1, whole: 4 },
    ];
    expect(withBounded(noBounded, none, some)).toBe(noBounded);
    expect(withBounded(noBounded, some, none)).toBe(noBounded);
    const equal = withBounded(noBounded, some, { part: 2, whole: 8 });
    expect([pValueOf(equal, 1), differenceOf(equal), equal.comparisons]).toEqual([1, 0, 1]);
    const twice = withBounded(equal, { part: 0, whole: 1_000 }, { part: 500, whole: 1_000 });
    expect(differenceOf(twice)).toBeCloseTo(0.5, 1);
  });
});
