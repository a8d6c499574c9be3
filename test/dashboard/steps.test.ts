import { describe, expect, it } from 'vitest';
import { bucketsOf } from '../../src/dashboard/page/figures/buckets.ts';
import { figuresBy, type Step, timesBy } from '../../src/dashboard/page/figures/figures.ts';
import { completed, latest } from '../../src/dashboard/page/figures/steps.ts';

const step = (second: number, hits: number, seconds = 1): Step => ({
  ...{ atMs: second * 1_000, seconds },
  figures: { ...figuresBy((name) => (name === 'hits' ? hits : 0)), ...timesBy(() => null) },
});
const hits = (steps: readonly Step[]) => steps.map(({ atMs, figures }) => [atMs / 1_000, figures.hits]);

describe('the seconds of a page that was open while the server restarted', () => {
  it('are those that it heard, and the history has those that it did not', () => {
    const heard = [step(3, 10), step(6, 30, 3), step(8, 7)];
    const history = [step(2, 1), step(3, 2), step(4, 3), step(5, 4), step(6, 5), step(7, 6)];
    const expected = new Map([
      [2, 1],
      [3, 10],
      [6, 30],
      [7, 6],
      [8, 7],
    ]);
    expect(new Map(hits(completed(heard, history)) as [number, number][])).toEqual(expected);
  });

  it('make a rate of as many seconds as they lasted', () => {
    const buckets = bucketsOf([step(3, 10), step(6, 30, 3)], { spanMs: 10_000, bucketMs: 10_000, nowMs: 10_000 });
    expect(buckets.map(({ seconds, figures }) => [seconds, figures!.hits])).toEqual([[4, 40]]);
  });
});

describe('the last minute', () => {
  it('has no seconds from before a gap', () => {
    expect(hits(latest([step(1, 1), step(100, 2), step(101, 3)], 60))).toEqual([
      [100, 2],
      [101, 3],
    ]);
  });
});
