import { describe, expect, it } from 'vitest';
import {
  differenceOf,
  type Evidence,
  noEvidence,
  pValueOf,
  withComparison,
} from '../../src/operator/sequential-test.ts';

describe('the sequential test of two arms', () => {
  it('estimates the difference, whatever the size of the rounds', () => {
    let evidence = noEvidence;
    for (const size of [10, 1_000, 40])
      evidence = withComparison(evidence, { part: 0.5 * size, whole: size }, { part: 0.7 * size, whole: size });
    expect(differenceOf(evidence)).toBeCloseTo(0.2);
    expect(evidence.comparisons).toBe(3);
  });

  it('weighs comparisons by the smaller of their samples rather', () => {
    const large = withComparison(noEvidence, { part: 100, whole: 1_000 }, { part: 200, whole: 1_000 });
    const lopsided = withComparison(large, { part: 100_000, whole: 100_000 }, { part: 1, whole: 4 });
    expect(differenceOf(lopsided)).toBeCloseTo(0.1, 1);
  });

  it('is sure of equal differences after ten rounds, of none after rounds that bring nothing, and stays sure', () => {
    const round = (evidence: Evidence, gain: number) =>
      withComparison(evidence, { part: 50, whole: 100 }, { part: 50 + gain, whole: 100 });
    let evidence = noEvidence;
    for (let n = 0; n < 9; n++) evidence = round(evidence, 5);
    expect(pValueOf(evidence, 1)).toBeGreaterThan(0.05);
    evidence = round(evidence, 5);
    const sure = pValueOf(evidence, 1);
    expect(sure).toBeLessThanOrEqual(0.05);
    expect(pValueOf(evidence, 3)).toBeCloseTo(3 * sure);
    for (let n = 0; n < 10; n++) evidence = round(evidence, -5);
    expect(pValueOf(evidence, 1)).toBe(sure);

    let nothing = noEvidence;
    for (let n = 0; n < 100; n++) nothing = round(nothing, 0);
    expect([pValueOf(nothing, 1), differenceOf(nothing)]).toEqual([1, 0]);
    expect(withComparison(noEvidence, { part: 0, whole: 0 }, { part: 1, whole: 1 })).toEqual(noEvidence);
    expect(differenceOf(noEvidence)).toBeNull();
  });
});
