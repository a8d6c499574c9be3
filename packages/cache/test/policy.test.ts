import { describe, expect, it } from 'vitest';
import { EntryCache } from '../src/entry-cache.ts';
import { type Policy, validatePolicies } from '../src/policy.ts';
import { policy } from './engine.ts';

const nonsense = [-1, Number.NaN, Number.POSITIVE_INFINITY, '60', null, undefined] as number[];

describe('a policy', () => {
  it.each<[keyof Policy, readonly (number | string)[], string]>([
    ['ttlMs', [0, ...nonsense], 'a finite number of milliseconds above 0'],
    ['staleMs', nonsense, 'a finite number of milliseconds, 0 or more'],
    ['staleIfErrorMs', nonsense, 'a finite number of milliseconds, 0 or more'],
    ['nullTtlMs', nonsense, 'a finite number of milliseconds, 0 or more'],
    ['maxEntries', [0, 1.5, ...nonsense], 'a whole number above 0'],
    ['maxBytes', [0, 1.5, ...nonsense], 'a whole number above 0'],
    ['eviction', ['fifo', ''], '"arc" or "lru"'],
  ])('of nonsensical %s is refused, by name', (cell, values, expected) => {
    for (const value of values) {
      const shown = typeof value === 'string' ? `"${value}"` : `${value}`;
      expect(() => validatePolicies({ POSTS: policy, MEDIA: { ...policy, [cell]: value } })).toThrow(
        new RangeError(`Policy MEDIA.${cell}: expected ${expected} but got ${shown}`),
      );
    }
  });

  it('is refused by the cache itself', () => {
    expect(() => new EntryCache({ policies: { POSTS: { ...policy, ttlMs: 0 } } })).toThrow('Policy POSTS.ttlMs');
  });

  it.each(['maxTags', 'loadTimeoutMs', 'maxFlights'])('and a nonsensical %s are refused alike', (limit) => {
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new EntryCache({ policies: { POSTS: policy }, [limit]: value })).toThrow(
        new RangeError(`${limit}: expected a whole number above 0 but got ${value}`),
      );
    }
  });

  it('is needed for one category at least', () => {
    expect(() => new EntryCache({ policies: {} })).toThrow('Expected the policy of at least one category but got none');
  });

  it('of sense is taken', () => {
    expect(() => validatePolicies({ POSTS: { ...policy, staleMs: 0, nullTtlMs: 0, ttlMs: 0.5 } })).not.toThrow();
  });
});
