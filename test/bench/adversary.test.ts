import { describe, expect, it, onTestFinished } from 'vitest';
import { Collection } from '../../bench/adversary/collection.ts';
import { Expectation, Timeline } from '../../bench/adversary/expectation.ts';
import { Redis, type Stored } from '../../bench/adversary/redis.ts';
import { exchanged, flipped } from '../../bench/adversary/redis-faults.ts';
import { Random } from '../product/random.ts';
import { hasRedis } from '../setup/redis-server.ts';

const verdict = (problem: string | undefined) => problem?.split(':')[0];

describe('the adversary, of a value', () => {
  const begin = () => {
    const timeline = new Timeline();
    const value = new Expectation('a value', timeline, { level: 1, text: 'w0' });
    const write = (level: number) => {
      const sentAt = timeline.now;
      value.sent();
      value.acknowledged(sentAt, { level });
      timeline.acknowledged(sentAt);
    };
    return { timeline, value, write };
  };

  it('demands what was acknowledged when the read was sent, and no more', () => {
    const { value, write } = begin();
    const early = value.bound();
    write(2);
    expect(value.check(early, { level: 1, text: 'w0' })).toBeUndefined();
    expect(verdict(value.check(value.bound(), { level: 1, text: 'w0' }))).toBe('STALE');
    expect(value.check(value.bound(), { level: 2, text: 'w1' })).toBeUndefined();
  });

  it('takes a write of unknown outcome either way, and one that was refused not at all', () => {
    const { value } = begin();
    for (const settle of [() => value.doubtful(), () => value.refused('w2')]) {
      value.sent();
      settle();
    }
    expect(value.check(value.bound(), { level: 1, text: 'w0' })).toBeUndefined();
    expect(value.check(value.bound(), { level: 2, text: 'w1' })).toBeUndefined();
    expect(verdict(value.check(value.bound(), { level: 2, text: 'w2' }))).toBe('REFUSED');
  });

  it('takes no more than was written, and one text for each number', () => {
    const { value, write } = begin();
    write(2);
    expect(verdict(value.check(value.bound(), { level: 3, text: 'w2' }))).toBe('TOO MUCH');
    expect(verdict(value.check(value.bound(), { level: 2, text: 'w1' }))).toBeUndefined();
    expect(verdict(value.check(value.bound(), { level: 2, text: 'w0' }))).toBe('TORN');
  });

  it('takes what a failover lost until the new primary has acknowledged a write, and then never', () => {
    const { timeline, value, write } = begin();
    for (const level of [2, 3]) write(level);
    const before = value.bound();
    const lost = { level: 3, text: 'w2' };
    expect(value.check(before, lost)).toBeUndefined();
    timeline.failOver();
    expect(value.restart({ level: 1, text: 'w0' })).toBe(2);
    expect(value.check(before, { level: 1, text: 'w0' })).toBeUndefined();
    expect(value.check(value.bound(), lost)).toBeUndefined();
    for (const level of [2, 3]) write(level);
    expect(verdict(value.check(value.bound(), lost))).toBe('LOST');
    expect(verdict(value.check(value.bound(), { level: 2, text: 'w3' }))).toBe('STALE');
  });
});

describe('the adversary, of a list', () => {
  it('demands what was added, and takes nothing that was removed, when the read was sent', () => {
    const timeline = new Timeline();
    const list = new Collection('a list', timeline, ['a']);
    const early = list.bound();
    list.added(timeline.now, 'b');
    expect(list.check(early, ['a'])).toBeUndefined();
    expect(verdict(list.check(list.bound(), ['a']))).toBe('STALE');
    const removed = list.takeOne(() => 'a');
    expect(list.check(list.bound(), ['b'])).toBeUndefined();
    expect(list.check(list.bound(), ['a', 'b'])).toBeUndefined();
    list.removed(timeline.now, removed);
    expect(verdict(list.check(list.bound(), ['a', 'b']))).toBe('STALE');
  });
});

describe.skipIf(!hasRedis)('the adversary, of Redis', () => {
  async function setUp() {
    const redis = await Redis.start();
    onTestFinished(() => redis.stop());
    const stored = async () => {
      let found: Stored = new Map();
      await redis.forgeFor(0, async (forger) => {
        found = await forger.all();
      });
      return found;
    };
    const put = (entries: Record<string, Buffer>) =>
      redis.forgeFor(0, (forger) => forger.put(new Map(Object.entries(entries)), 'none'));
    return { redis, stored, put };
  }

  it('puts back, byte by byte, what was stored before a restart', async () => {
    const { redis, stored, put } = await setUp();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await put({ 'magpie:a': bytes });
    await redis.remember();
    await redis.stop();
    await redis.startAgain();
    expect(await stored()).toEqual(new Map());
    await redis.forgeFor(0, (forger) => forger.put(redis.memories[0]!, 'none'));
    expect(await stored()).toEqual(new Map([['magpie:a', bytes]]));
  });
});

describe('the adversary, of stored values', () => {
  const stored = new Map(['a', 'b', 'c'].map((name) => [name, Buffer.from(name)]));

  it('stores each under another key', () => {
    const found = exchanged(stored, new Random(1));
    expect([...found.keys()]).toEqual([...stored.keys()]);
    expect([...found.values()].map(String).sort()).toEqual(['a', 'b', 'c']);
    for (const [key, value] of found) expect(String(value)).not.toBe(key);
  });

  it('changes one bit', () => {
    const value = Buffer.from([0, 0, 0]);
    const bits = [...flipped(value, new Random(1))].map((byte) => byte.toString(2)).join('');
    expect(bits.replaceAll('0', '')).toBe('1');
    expect([...value]).toEqual([0, 0, 0]);
  });
});
