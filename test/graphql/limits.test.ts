import { describe, expect, it } from 'vitest';
import { createNest } from './nest.ts';

describe('a cache that runs as many loads as it may', () => {
  it('leaves the next field to its resolver, keeps nothing of it, and counts a bypass', async () => {
    const nest = createNest({ maxFlights: 1 });
    const hanging = nest.hold('Query.postCount');
    const first = nest.ask('{ postCount }');
    await hanging.isReached;
    for (let round = 0; round < 2; round++) {
      const { errors, data, outcome: cacheUsage } = await nest.ask('{ campaigns { id } }', { isJoining: true });
      expect({ errors, isList: Array.isArray(data.campaigns), bypasses: cacheUsage.bypasses }).toEqual({
        errors: undefined,
        isList: true,
        bypasses: 1,
      });
    }
    expect(nest.runs('Query.campaigns')).toBe(2);
    hanging.open();
    expect((await first).errors).toBeUndefined();
  });
});
