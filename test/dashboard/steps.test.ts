import { describe, expect, it } from 'vitest';
import { bucketsOf } from '../../src/dashboard/page/figures/buckets.ts';
import { figuresBy, type Step, timesBy } from '../../src/dashboard/page/figures/figures.ts';
import { completed, extended, latest } from '../../src/dashboard/page/figures/steps.ts';

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

  it('are found at once also of a step that lasted for years', () => {
    expect(hits(completed([step(4_000, 1, 1e9)], [step(1, 5), step(3_999, 6), step(4_001, 7)]))).toEqual([
      [1, 5],
      [4_000, 1],
      [4_001, 7],
    ]);
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

describe('the seconds of a page whose server sets its clock back', () => {
  it('are those until then, and those that follow', () => {
    const heard = [step(1, 1), step(2, 2), step(100, 3), step(101, 4)];
    expect(hits(extended(heard, step(3, 5)))).toEqual([
      [1, 1],
      [2, 2],
      [3, 5],
    ]);
    expect(hits(extended(heard, step(101, 5))).length).toBe(5);
  });
});
