import { describe, expect, it } from 'vitest';
import { LogHistory } from '../../src/cluster/log-history.ts';

/** A history that began at a snapshot in which transaction 10 was running, and 19 the last one. */
function begin(options = {}) {
  const history = new LogHistory(options);
  history.advance('10:20:10', 0);
  return history;
}

describe('the history of the log', () => {
  it('knows nothing before it was read', () => {
    const history = new LogHistory();
    expect(history.horizon).toBeUndefined();
    expect(history.reaches(1_000, [])).toBe(false);
  });

  it('has as its horizon what had ended, and reaches back to what the first snapshot did not show', () => {
    const history = begin();
    expect(history.horizon).toBe(9);
    expect(history.reaches(18, [])).toBe(false); // of 19 it is not known what it invalidated
    expect(history.reaches(19, [])).toBe(true);
  });

  it('does not reach what was loaded before one of its tags was invalidated', () => {
    const history = begin();
    history.add(['Post'], 25);
    history.add(['Post', 'Media'], 22); // transactions end in any order
    expect([24, 25].map((horizon) => history.reaches(horizon, ['Post']))).toEqual([false, true]);
    expect([21, 22].map((horizon) => history.reaches(horizon, ['Tag', 'Media']))).toEqual([false, true]);
  });

  it('is void after an invalidation of another epoch, readings that are under way included', () => {
    const history = begin();
    const { voids } = history;
    history.clear();
    expect(history.reaches(1_000, [])).toBe(false);
    const isVoid = () => history.horizon === undefined && !history.reaches(1_000, []);
    history.advance('30:30:', voids);
    expect(isVoid()).toBe(true);
    history.extend([], { floor: 0, voids });
    expect(isVoid()).toBe(true);
    history.restart('30:30:', voids);
    expect(isVoid()).toBe(true);
    history.advance('40:40:', history.voids);
    expect(history.reaches(39, [])).toBe(true);
    history.extend([], { floor: 0, voids });
    expect(history.reaches(38, [])).toBe(false);
  });

  it('keeps what it heard of when it begins again, as the snapshot may not show it', () => {
    const history = begin();
    history.add(['Post'], 35);
    history.restart('30:33:', history.voids);
    expect(history.reaches(34, ['Post'])).toBe(false);
    history.clear();
    history.add(['Post'], 45);
    history.advance('40:42:', history.voids);
    expect(history.reaches(44, ['Post'])).toBe(false);
  });

  it('never reaches back further by beginning again', () => {
    const history = begin();
    history.extend([], { floor: 0, voids: history.voids });
    expect(history.reaches(5, [])).toBe(true);
    history.restart('30:33:', history.voids);
    expect([31, 32].map((horizon) => history.reaches(horizon, []))).toEqual([false, true]);
  });

  it('reaches back further with the rows of the time before', () => {
    const history = begin();
    history.add(['Media'], 21);
    const rows = [
      { tags: ['Post'], xid: 6 },
      { tags: ['Post', 'Media'], xid: 15 },
    ];
    history.extend(rows, { floor: 4, voids: history.voids });
    expect([3, 4].map((horizon) => history.reaches(horizon, []))).toEqual([false, true]);
    expect([14, 15].map((horizon) => history.reaches(horizon, ['Post']))).toEqual([false, true]);
    expect([20, 21].map((horizon) => history.reaches(horizon, ['Media']))).toEqual([false, true]);
  });

  it('is bounded: when it is full, it reaches back less far', () => {
    const history = begin({ maxTags: 3 });
    history.extend([], { floor: 0, voids: history.voids });
    for (const [index, tag] of ['a', 'b', 'c', 'd'].entries()) history.add([tag], 30 + index);
    expect(history.size).toBe(3);
    expect(history.reaches(29, ['e'])).toBe(false); // it could be `a`
    expect(history.reaches(30, ['a'])).toBe(true);
    expect(history.reaches(30, ['b'])).toBe(false);
  });

  it('is bounded in the length of its tags', () => {
    const history = begin({ maxChars: 10 });
    history.extend([], { floor: 0, voids: history.voids });
    history.add(['four'], 30);
    history.add(['five!!'], 31);
    expect(history.reaches(30, ['six'])).toBe(true);
    history.add(['six'], 32);
    expect([29, 30].map((horizon) => history.reaches(horizon, ['seven']))).toEqual([false, true]);
  });

  it('does not reach further back than what it dropped, whatever is read of the time before', () => {
    const history = begin({ maxTags: 2 });
    for (const [index, tag] of ['a', 'b', 'c'].entries()) history.add([tag], 30 + index);
    history.extend([], { floor: 0, voids: history.voids });
    expect([29, 30].map((horizon) => history.reaches(horizon, ['e']))).toEqual([false, true]);
  });

  it('does not take what proved to be wrong until the log has gone on', () => {
    const history = begin();
    history.extend([], { floor: 0, voids: history.voids });
    history.outdate(['Post']);
    expect([9, 10].map((horizon) => history.reaches(horizon, ['Post']))).toEqual([false, true]);
    history.add(['Media'], 25); // another process may know the log up to here
    history.outdate(['Post']);
    expect([25, 26].map((horizon) => history.reaches(horizon, ['Post']))).toEqual([false, true]);
  });
});
