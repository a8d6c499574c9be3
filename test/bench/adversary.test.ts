import { describe, expect, it } from 'vitest';
import { Collection } from '../../bench/adversary/collection.ts';
import { Expectation, Timeline } from '../../bench/adversary/expectation.ts';

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
