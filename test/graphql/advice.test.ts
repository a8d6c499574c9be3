import type { Counts } from '@magpie/cache';
import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../src/graphql/advice.ts';

const quiet = {
  category: 'INBOX',
  policy: { ttlMs: 60_000, maxEntries: 500, maxBytes: 2_097_152 },
  ...{ entries: 500, bytes: 500_000 },
};
const calm = {
  ...{ lookups: 1_000, evictions: 50, expiredReloads: 0, unchangedReloads: 0, rejected: 0 },
  missesBy: { cold: 0, expired: 0, evicted: 0, invalidated: 0 },
};
const sizing = (...hitRatios: number[]) =>
  [125, 250, 500, 1_000, 2_000].map((maxEntries, i) => ({ maxEntries, hitRatio: hitRatios[i]! }));
const flat = sizing(0.7, 0.7, 0.7, 0.7, 0.7);
const advise = (changed: object, sizes = flat, isTried = false) =>
  adviceFor({ ...quiet, ...changed } as never, { sizing: sizes, counts: { ...calm, ...changed } as Counts, isTried });

describe('advice about size', () => {
  it('names the smallest size that gains most of what any would', () => {
    expect(advise({}, sizing(0.5, 0.6, 0.71, 0.83, 0.85))).toEqual([
      'INBOX: 1000 entries would raise the hit ratio from 0.71 to 0.83: setCachePolicy(input: { category: INBOX, maxEntries: 1000 }).',
    ]);
  });

  it('names a larger one when a smaller gains too little of it', () => {
    expect(advise({}, sizing(0.5, 0.6, 0.6, 0.66, 0.9))).toEqual([
      'INBOX: 2000 entries would raise the hit ratio from 0.60 to 0.90: setCachePolicy(input: { category: INBOX, maxEntries: 2000 }).',
    ]);
  });

  it.each([
    ['little would be gained', {}, sizing(0.5, 0.6, 0.7, 0.74, 0.749)],
    ['nothing was evicted', { evictions: 0 }, sizing(0.5, 0.6, 0.7, 0.8, 0.9)],
    ['there were few lookups', { lookups: 199 }, sizing(0.5, 0.6, 0.7, 0.8, 0.9)],
    ['only a smaller size would do better', {}, sizing(0.9, 0.9, 0.7, 0.7, 0.7)],
    ['nothing is known of the present size', {}, []],
  ])('is not given when %s', (_, changed, sizes) => {
    expect(advise(changed, sizes)).toEqual([]);
  });
});

describe('advice about lifetime', () => {
  it('is given when reloads after expiry find nothing new', () => {
    expect(advise({ category: 'TEMPLATES', expiredReloads: 100, unchangedReloads: 97 })).toEqual([
      'TEMPLATES: 97 % of reloads after expiry found nothing new; a longer TTL costs nothing: setCachePolicy(input: { category: TEMPLATES, ttlSeconds: 120 }).',
    ]);
  });

  it('is not given while an experiment gives the entries of the category other lifetimes', () => {
    expect(advise({ expiredReloads: 100, unchangedReloads: 97 }, flat, true)).toEqual([]);
    const larger = advise({ expiredReloads: 100, unchangedReloads: 97 }, sizing(0.5, 0.6, 0.71, 0.83, 0.85), true);
    expect(larger).toEqual([expect.stringContaining('maxEntries: 1000')]);
  });

  it('does not round up to what is not so', () => {
    expect(advise({ expiredReloads: 1_000, unchangedReloads: 999 })[0]).toContain('99 %');
  });

  it.each([
    ['there were few', { expiredReloads: 19, unchangedReloads: 19 }],
    ['there were none', { expiredReloads: 0, unchangedReloads: 0 }],
    ['some found something', { expiredReloads: 100, unchangedReloads: 89 }],
  ])('is not given when %s', (_, changed) => {
    expect(advise(changed)).toEqual([]);
  });
});

describe('advice about bytes', () => {
  const full = { entries: 100, bytes: 2_090_000, missesBy: { evicted: 60 } };

  it('is given instead of advice about entries when bytes are what evicts', () => {
    expect(advise(full, sizing(0.5, 0.6, 0.71, 0.83, 0.85))).toEqual([
      'INBOX: 6 % of lookups missed an entry that had to leave for want of bytes, of which 100 of 500 entries take 2097152: setCachePolicy(input: { category: INBOX, maxBytes: 4194304 }).',
    ]);
  });

  it.each([
    ['few lookups missed what was evicted', { missesBy: { evicted: 49 } }],
    ['there were few lookups', { lookups: 199 }],
  ])('is not given when %s', (_, changed) => {
    expect(advise({ ...full, ...changed })).toEqual([]);
  });

  it('is given when values were too large to be kept', () => {
    expect(advise({ rejected: 3 })).toEqual([
      'INBOX: 3 values were larger than an eighth of 2097152 bytes and were not kept; allow more bytes, or request smaller pages: setCachePolicy(input: { category: INBOX, maxBytes: 4194304 }).',
    ]);
  });
});

describe('advice that the mutation would not take', () => {
  it('names none', () => {
    const policy = { ttlMs: 50_000_000, maxEntries: 500, maxBytes: 2_097_152 };
    expect(advise({ policy, expiredReloads: 100, unchangedReloads: 97 })[0]).toMatch(/costs nothing\.$/);
  });
});

describe('a category in which all is well', () => {
  it('gets none', () => {
    expect(advise({})).toEqual([]);
  });
});
