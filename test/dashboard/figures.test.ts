import { describe, expect, it } from 'vitest';
import { mostMissed } from '../../src/dashboard/page/figures/figures.ts';
import { counted } from '../../src/dashboard/page/figures/format.ts';

describe('the fields with the most misses', () => {
  it('are not those of one lookup, whose hit ratio is the worst, and not those without misses', () => {
    const fields = [
      { coordinate: 'Query.node', misses: 1, hitRatio: 0 },
      { coordinate: 'Query.templates', misses: 94, hitRatio: 0.48 },
      { coordinate: 'Query.networks', misses: 0, hitRatio: 1 },
      { coordinate: 'Query.posts', misses: 200, hitRatio: 0.97 },
    ];
    expect(mostMissed(fields).map(({ coordinate }) => coordinate)).toEqual([
      'Query.posts',
      'Query.templates',
      'Query.node',
    ]);
  });
});

describe('a count in words', () => {
  it('is of one thing or of several', () => {
    const told = [0, 1, 1_200].map((value) => [counted(value, 'hit'), counted(value, 'entry', 'entries')]);
    expect(told).toEqual([
      ['0 hits', '0 entries'],
      ['1 hit', '1 entry'],
      ['1,200 hits', '1,200 entries'],
    ]);
  });
});
