import { describe, expect, it } from 'vitest';
import { newArm, withTrials } from '../../src/operator/experiment-arms.ts';

describe('the figures of arms', () => {
  it('add up the groups and rounds, keep the greatest age, and compare each arm with the first', () => {
    const trial = (figures: object) =>
      ({ loads: 1, hits: 3, savedMs: 5, checked: 2, behind: 1, behindMs: 7, maxBehindMs: 7, ...figures }) as never;
    const first = [trial({}), trial({ loads: 2, hits: 2, checked: 1, behind: 0, behindMs: 0, maxBehindMs: 0 })];
    const second = [trial({ maxBehindMs: 4 }), trial({})];
    const arms = [first, second].reduce(withTrials, [newArm(1_000), newArm(2_000)]);
    expect(arms).toMatchObject([
      { ttlMs: 1_000, loads: 2, hits: 6, savedMs: 10, checked: 4, behind: 2, behindMs: 14, maxBehindMs: 7 },
      { ttlMs: 2_000, loads: 3, hits: 5, savedMs: 10, checked: 3, behind: 1, behindMs: 7, maxBehindMs: 7 },
    ]);
    const [, other] = arms;
    expect([other!.hitEvidence.comparisons, other!.behindEvidence.comparisons]).toEqual([2, 2]);
    expect(other!.hitEvidence.sum).toBeCloseTo(2 * (0.5 - 0.75));
    expect(other!.behindEvidence.sum).toBeCloseTo((2 / 3) * (0 - 0.5));
  });
});
