import { Experiment } from '@magpie/cache/entries';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../bench/hit-ratio/random.ts';
import {
  behindShareOf,
  type ExperimentArm,
  hitsPerCheck,
  newArm,
  withTrials,
} from '../../src/operator/experiment-arms.ts';
import { differenceOf, pValueOf } from '../../src/operator/sequential-test.ts';

const trial = (figures: object) =>
  ({ loads: 1, hits: 3, savedMs: 5, checked: 2, behind: 1, behindMs: 7, maxBehindMs: 7, ...figures }) as never;

describe('the figures of arms', () => {
  it('add up the groups and rounds, keep the greatest age, and compare each arm with the first', () => {
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
    expect(other!.behindEvidence.sum).toBeCloseTo(2 * (0 - 0.25));
  });

  it('say which share of lookups is behind, by the hits that were checked', () => {
    const [first, other] = withTrials(
      [newArm(1_000), newArm(2_000)],
      [
        trial({ loads: 400, hits: 600, checked: 6, behind: 1 }),
        trial({ loads: 200, hits: 800, checked: 8, behind: 2 }),
      ],
    );
    expect(behindShareOf(first!)).toBeCloseTo(0.1);
    expect(behindShareOf(other!)).toBeCloseTo(0.2);
    expect(differenceOf(other!.behindEvidence)! * hitsPerCheck(first!, other!)!).toBeCloseTo(0.1);
    expect([behindShareOf(newArm(1)), hitsPerCheck(newArm(1), newArm(2))]).toEqual([null, null]);
  });
});

const hashes = createRandom(16);

/**
 * Keys of very different traffic that stay over all rounds. Their hit ratios are from 0 to 0.9, and every fifth has a value that
 * depends on the time, which is behind at every hit.
 */
const keys = Array.from({ length: 100 }, (_, n) => ({
  hash: Math.floor(hashes() * 2 ** 32),
  lookups: 300 / (n + 1),
  hitRatio: ((7 * n) % 10) / 10,
  behindOfHits: n % 5 === 0 ? 1 : 0,
}));
type Key = (typeof keys)[number];
type Effect = (key: Key) => Pick<Key, 'hitRatio' | 'behindOfHits'>;
interface Trials {
  readonly rounds: number;
  /** What the second lifetime does to keys. */
  readonly effect: Effect;
  readonly of?: readonly Key[];
}

const lifetimes = [10_000, 30_000];
const longestMs = 30_000;
const roundMs = 5 * longestMs;
const checkedOneIn = 10;

/** The arms of an experiment. */
function tried(random: () => number, { rounds, effect, of = keys }: Trials): readonly ExperimentArm[] {
  const count = (mean: number) => Math.floor(mean + random());
  const seed = Math.floor(random() * 2 ** 32);
  const experiment = new Experiment({ ttlMs: lifetimes, seed }, { staleMs: 0, startedAt: 0 });
  let arms: readonly ExperimentArm[] = lifetimes.map(newArm);
  for (let round = 0; round < rounds; round++) {
    for (const key of of) {
      const { ttlMs, trial } = experiment.deal(key.hash, round * roundMs + longestMs);
      const { hitRatio, behindOfHits } = ttlMs === lifetimes[0] ? key : effect(key);
      const lookups = count(2 * random() * key.lookups);
      const hits = Math.min(lookups, count(lookups * hitRatio));
      const checked = count((hits / checkedOneIn) * 2 * random());
      trial!.loads += lookups - hits;
      trial!.hits += hits;
      trial!.checked += checked;
      trial!.behind += count(checked * behindOfHits);
    }
    const ended = experiment.endRounds([], (round + 1) * roundMs + longestMs + 60_000);
    arms = ended.reduce(withTrials, arms);
  }
  return arms;
}

/** In how many of so many experiments somebody who looks after each comparison sees a real difference at some time. */
function findings(seed: number, { experiments, ...what }: Trials & { experiments: number }) {
  const random = createRandom(seed);
  const found = { hits: 0, behind: 0 };
  for (let experiment = 0; experiment < experiments; experiment++) {
    const [, { hitEvidence, behindEvidence }] = tried(random, what) as [ExperimentArm, ExperimentArm];
    if (pValueOf(hitEvidence, 1) <= 0.05) found.hits++;
    if (pValueOf(behindEvidence, 1) <= 0.05) found.behind++;
  }
  return found;
}

describe('an experiment on keys that differ in traffic, in hits and in what is behind, and stay', () => {
  const of = keys.slice(0, 20); // one or two in a group

  it('calls a difference of lifetimes real that make none in at most 5 %', () => {
    const found = findings(17, { experiments: 200, rounds: 150, effect: (key) => key, of });
    expect(found.hits).toBeLessThanOrEqual(10);
    expect(found.behind).toBeLessThanOrEqual(10);
  });

  it('calls it real that hits are more, and not that more is behind, where twice the hits have half as many behind', () => {
    const effect: Effect = ({ hitRatio, behindOfHits }) => ({ hitRatio: hitRatio / 2, behindOfHits: behindOfHits * 2 });
    const halfBehind = of.map((key) => ({ ...key, behindOfHits: key.behindOfHits / 2 }));
    const found = findings(18, { experiments: 50, rounds: 100, effect, of: halfBehind });
    expect(found.hits).toBe(50);
    expect(found.behind).toBeLessThanOrEqual(2);
  });

  it('finds ten points more hits', () => {
    const effect: Effect = (key) => ({ ...key, hitRatio: key.hitRatio + 0.1 });
    expect(findings(19, { experiments: 20, rounds: 60, effect }).hits).toBeGreaterThanOrEqual(18);
  });

  it('finds that 10 % of hits are behind and not 3 %, with few checks', () => {
    const some = keys.map((key) => ({ ...key, behindOfHits: 0.03 }));
    const effect: Effect = (key) => ({ ...key, behindOfHits: 0.1 });
    expect(findings(20, { experiments: 20, rounds: 60, effect, of: some }).behind).toBeGreaterThanOrEqual(18);
  });
});
