import type { RecentSnapshot } from '@magpie/cache';
import { describe, expect, it } from 'vitest';
import type { CacheCategory } from '../../src/generated/schema.ts';
import { type Alert, AlertWatch } from '../../src/graphql/alerts.ts';

interface Figures {
  hits?: number;
  misses?: number;
  evictions?: number;
  p95Ms?: number | null;
  standInMs?: number;
}

function createWatch() {
  let now = new Date('2026-11-22T12:00:00Z');
  const log: string[] = [];
  const watch = new AlertWatch({
    now: () => now,
    log: (event, { kind, category }) => log.push(`${event} ${kind} ${category}`),
  });
  /** The alerts that stand when the category INBOX had these figures within the last five minutes, and the whole cache holds so much. */
  const look = (figures: Figures, bytes = 0): Alert[] =>
    watch.check({ recent: [shaped(figures)], bytes, maxBytes: 10_000_000 });
  return {
    ...{ look, log, watch },
    at(time: string) {
      now = new Date(`2026-11-22T${time}Z`);
    },
  };
}

function shaped({ hits = 0, misses = 0, evictions = 0, p95Ms = null, standInMs = 0 }: Figures) {
  const hitRatio = hits + misses === 0 ? null : hits / (hits + misses);
  const counts = { hits, misses, hitRatio, evictions, hitLatency: { p95Ms } };
  return { category: 'INBOX', counts, staleIfErrorForMs: standInMs } as RecentSnapshot<CacheCategory>;
}

describe('an alert', () => {
  it('says what it is about, what is the matter, and since when', () => {
    const { look, at } = createWatch();
    at('12:34:56');
    expect(look({ hits: 41, misses: 59 })).toEqual([
      {
        kind: 'LOW_HIT_RATIO',
        category: 'INBOX',
        message: 'INBOX: hit ratio 0.41, expected 0.50 or more.',
        since: '2026-11-22T12:34:56.000Z',
      },
    ]);
  });

  it('stands since it was raised, with the figures of now', () => {
    const { look, at } = createWatch();
    look({ hits: 41, misses: 59 });
    at('13:00:00');
    expect(look({ hits: 52, misses: 48 })).toMatchObject([
      { message: 'INBOX: hit ratio 0.52, better, but the alert ends at 0.55.', since: '2026-11-22T12:00:00.000Z' },
    ]);
  });

  it('is logged once when it is raised and once when it is withdrawn', () => {
    const { look, log } = createWatch();
    for (const hits of [41, 45, 52, 54, 90, 90, 52]) look({ hits, misses: 100 - hits });
    expect(log).toEqual(['raised LOW_HIT_RATIO INBOX', 'withdrawn LOW_HIT_RATIO INBOX']);
  });

  it('does not say by rounding that all is well', () => {
    expect(createWatch().look({ hits: 4_999, misses: 5_001 })).toMatchObject([
      { message: 'INBOX: hit ratio 0.49, expected 0.50 or more.' },
    ]);
  });

  it('is withdrawn when its process stops, and not raised again', () => {
    const { look, log, watch } = createWatch();
    look({ hits: 41, misses: 59 });
    watch.close();
    expect(look({ hits: 41, misses: 59 })).toEqual([]);
    expect(log).toEqual(['raised LOW_HIT_RATIO INBOX', 'withdrawn LOW_HIT_RATIO INBOX']);
  });

  it('may stand beside others', () => {
    const { look } = createWatch();
    const standing = look({ hits: 1, misses: 999, evictions: 999, p95Ms: 99, standInMs: 99_000 }, 99_000_000);
    expect(standing.map(({ kind, category }) => [kind, category])).toEqual([
      ['LOW_HIT_RATIO', 'INBOX'],
      ['HIGH_EVICTION_RATE', 'INBOX'],
      ['SLOW_HITS', 'INBOX'],
      ['STALE_ANSWERS', 'INBOX'],
      ['HIGH_MEMORY', null],
    ]);
  });
});

/** Figures in turn, and whether the alert stands after each. */
const courses: Record<string, [message: string, ...[Figures, boolean][]]> = {
  LOW_HIT_RATIO: [
    'INBOX: hit ratio 0.49, expected 0.50 or more.',
    [{ hits: 50, misses: 50 }, false],
    [{ hits: 49, misses: 51 }, true],
    [{ hits: 54, misses: 46 }, true],
    [{ hits: 55, misses: 45 }, false],
    [{ hits: 50, misses: 50 }, false],
  ],
  HIGH_EVICTION_RATE: [
    'INBOX: 11 evictions a minute, expected 10 or fewer.',
    [{ evictions: 50 }, false],
    [{ evictions: 51 }, true],
    [{ evictions: 26 }, true],
    [{ evictions: 25 }, false],
    [{ evictions: 50 }, false],
  ],
  SLOW_HITS: [
    'INBOX: 95 % of hits within 51 ms, expected 50 ms or less.',
    [{ p95Ms: 50 }, false],
    [{ p95Ms: 51 }, true],
    [{ p95Ms: 41 }, true],
    [{ p95Ms: 40 }, false],
    [{ p95Ms: 50 }, false],
  ],
  STALE_ANSWERS: [
    'INBOX: expired entries have been served in place of failing loads for 61 s, expected 60 or less.',
    [{ standInMs: 60_000 }, false],
    [{ standInMs: 60_001 }, true],
    [{ standInMs: 600_000 }, true],
    [{ standInMs: 0 }, false],
    [{ standInMs: 60_000 }, false],
  ],
};

describe.each(Object.entries(courses))('%s', (kind, [message, ...course]) => {
  it('is raised at one bound and withdrawn at another', () => {
    const { look } = createWatch();
    const messages: string[] = [];
    for (const [figures, stands] of course) {
      const standing = look(figures).filter((alert) => alert.kind === kind);
      expect([figures, standing.length]).toEqual([figures, stands ? 1 : 0]);
      messages.push(...standing.map((alert) => alert.message));
    }
    expect(messages[0]).toBe(message);
  });
});

describe('HIGH_MEMORY', () => {
  it('is about the whole cache, raised above 95 % of its limits and withdrawn at 85', () => {
    const { look } = createWatch();
    const stands = [9_500_000, 9_600_000, 8_600_000, 8_500_000, 9_500_000].map((bytes) => look({}, bytes).length);
    expect(stands).toEqual([0, 1, 1, 0, 0]);
    expect(look({}, 9_610_000)).toMatchObject([
      { category: null, message: 'The cache: 97 % of the limits held, 9.6 MB of 10.0 MB, expected 95 % or less.' },
    ]);
  });

  it('follows the limits', () => {
    const { watch } = createWatch();
    expect(watch.check({ recent: [], bytes: 50_000_000, maxBytes: 62_914_560 })).toEqual([]);
  });
});

describe('too little to judge by', () => {
  it.each([
    ['few lookups', { hits: 0, misses: 99 }],
    ['no lookups', {}],
    ['no hits that were timed', { hits: 100, p95Ms: null }],
  ])('raises nothing: %s', (_, figures) => {
    expect(createWatch().look(figures)).toEqual([]);
  });
});

describe('the alert of the remote tier', () => {
  it('is raised when it has not answered for ten seconds, and withdrawn when it does', () => {
    const log: string[] = [];
    const watch = new AlertWatch({ now: () => new Date(), log: (event, { kind }) => log.push(`${event} ${kind}`) });
    for (const remoteDownForMs of [undefined, 0, 10_000, 10_001, 500, 0])
      watch.check({ recent: [], bytes: 0, maxBytes: 1, remoteDownForMs });
    expect(log).toEqual(['raised REMOTE_CACHE_DOWN', 'withdrawn REMOTE_CACHE_DOWN']);
  });
});
