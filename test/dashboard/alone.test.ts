import { describe, expect, it } from 'vitest';
import { aloneIn } from '../../src/dashboard/page/charts/alone.ts';

describe('a value of a chart to which no line leads', () => {
  it.each([
    ['the only one', [null, undefined, 4, undefined, null], [2]],
    ['between gaps, also at an end', [4, null, 4, null, undefined, 4], [0, 2, 5]],
    ['without anything beside it', [4], [0]],
  ])('is %s', (_, values, expected) => {
    expect(aloneIn(values)).toEqual(expected);
  });

  it('is none that has a neighbour, over those that are passed over', () => {
    expect(aloneIn([null, 4, undefined, undefined, 0, null, undefined])).toEqual([]);
    expect(aloneIn([])).toEqual([]);
  });
});
