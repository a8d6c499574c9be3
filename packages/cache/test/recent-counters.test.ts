import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../src/histogram.ts';
import { createEngine } from './engine.ts';

function start() {
  const engine = createEngine({ ttlMs: 3_600_000, maxEntries: 2 });
  const recent = () => engine.cache.recent().find(({ category }) => category === 'POSTS')!.counts;
  return { ...engine, recent };
}

describe('what was counted recently', () => {
  it('is what was counted since the start, for the first five minutes', async () => {
    const { look, recent, time } = start();
    for (const key of ['a', 'a', 'a', 'b', 'c']) await look(key, () => key);
    time.pass(299_999);
    expect(recent()).toMatchObject({ hits: 2, misses: 3, hitRatio: 0.4, evictions: 1 });
  });

  it('forgets what is more than five minutes ago, and keeps what is less than four and a half', async () => {
    const { look, recent, time } = start();
    await look('a', () => 'a');
    for (let second = 0; second < 270; second += 10) {
      recent();
      time.pass(10_000);
    }
    expect(recent()).toMatchObject({ hits: 0, misses: 1 });
    await look('a', () => 'a');
    for (let second = 0; second < 270; second += 10) {
      time.pass(10_000);
      expect(recent()).toMatchObject({ hits: 1 });
    }
    time.pass(30_001);
    expect(recent()).toMatchObject({ hits: 0, misses: 0, hitRatio: null });
  });

  it('is the same however often it is asked for', async () => {
    const { look, recent, time } = start();
    await look('a', () => 'a');
    for (let n = 0; n < 1_000; n++) {
      expect(recent().misses).toBe(1);
      time.pass(250);
    }
  });

  it('begins anew after more than five minutes without a look', async () => {
    const { look, recent, time } = start();
    await look('a', () => 'a');
    time.pass(300_001);
    expect(recent().misses).toBe(0);
    await look('b', () => 'b');
    expect(recent().misses).toBe(1);
  });
});

describe('a histogram’s difference to an earlier state', () => {
  it('is what was recorded since, to within the width of a bucket', () => {
    const durations = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(durations, durations, (before, since) => {
        const [earlier, now, expected] = [new Histogram(), new Histogram(), new Histogram()];
        for (const ms of before) for (const histogram of [earlier, now]) histogram.record(ms);
        for (const ms of since) for (const histogram of [now, expected]) histogram.record(ms);
        const found = now.since(earlier).latency();
        for (const [name, ms] of Object.entries(expected.latency()) as [keyof typeof found, number | null][]) {
          if (ms === null) expect(found[name]).toBeNull();
          else if (name === 'avgMs') expect(Math.abs(found[name]! - ms)).toBeLessThanOrEqual(0.1 * ms + 1e-3);
          else expect(Math.abs(Math.log2(found[name]! / ms))).toBeLessThanOrEqual(1 / 8 + 1e-9);
        }
      }),
    );
  });
});
