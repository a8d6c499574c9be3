import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LruDuel } from '../../src/eviction/lru-duel.ts';
import { LruWindow } from '../../src/eviction/lru-window.ts';

const steps = fc.array(fc.record({ key: fc.nat(20), removal: fc.nat(9) }), {
  maxLength: 250,
});

describe('the LRU window', () => {
  it('holds what an LRU cache holds, without the entries', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 14 }), steps, (capacity, steps) => {
        const window = new LruWindow(capacity);
        const lastAccess = new Map<number, number>();
        const held: number[] = []; // the most recent first
        for (const { key, removal } of steps) {
          const at = held.indexOf(key);
          if (at >= 0) held.splice(at, 1);
          if (removal === 0) {
            window.remove(lastAccess.get(key) ?? 0);
            lastAccess.delete(key);
          } else {
            const now = window.now;
            expect(window.access(lastAccess.get(key) ?? 0, capacity)).toBe(at >= 0);
            lastAccess.set(key, now);
            held.unshift(key);
            held.splice(capacity);
          }
          expect(window.size).toBe(held.length);
        }
      }),
    );
  });

  it('holds no key whose last access is older than it remembers', () => {
    const window = new LruWindow(1);
    window.access(0, 2);
    let last = 0;
    for (let time = 0; time < 40; time++) {
      const now = window.now;
      window.access(last, 2);
      last = now;
    }
    expect(window.size).toBe(1);
  });

  it('shrinks at once when there is less room', () => {
    const window = new LruWindow(10);
    for (let key = 0; key < 10; key++) window.access(0, 10);
    window.access(0, 4);
    expect(window.size).toBe(4);
    expect([window.access(7, 4), window.access(8, 4)]).toEqual([false, false]);
    expect(window.access(11, 4)).toBe(true);
  });

  it('takes a key as held that was not accessed for longer than it can tell', () => {
    const window = new LruWindow(1);
    window.access(0, 1);
    for (let tick = 2; tick < 1_000; tick++) window.access(tick - 1, 1);
    expect(window.access(1, 1)).toBe(true);
  });

  it('holds nothing once it is cleared', () => {
    const window = new LruWindow(4);
    window.access(0, 4);
    window.clear();
    expect(window.size).toBe(0);
    expect(window.access(1, 4)).toBe(false);
  });
});

describe('the duel with LRU', () => {
  const capacity = 64; // a stake of 8 hits
  const terms = 5 * capacity;

  /** LRU hits, as the key is accessed over and over; the policy does not. */
  function fallBehind(duel: LruDuel, hits: number): void {
    for (let hit = 0; hit < hits; hit++) duel.access(0, duel.now - 1, capacity);
  }
  function keepUp(duel: LruDuel, accesses: number): void {
    for (let access = 0; access < accesses; access++) duel.access(1, duel.now - 1, capacity);
  }
  function getAhead(duel: LruDuel, hits: number): void {
    for (let hit = 0; hit < hits; hit++) duel.access(1, 0, capacity);
  }
  function begun(): LruDuel {
    const duel = new LruDuel(capacity);
    duel.access(0, 0, capacity);
    return duel;
  }

  it('is lost by more than the stake, for a term', () => {
    const duel = begun();
    fallBehind(duel, 8);
    expect(duel.isLruAhead).toBe(false);
    fallBehind(duel, 1);
    expect(duel.isLruAhead).toBe(true);
    keepUp(duel, terms - 1);
    expect(duel.isLruAhead).toBe(true);
    keepUp(duel, 1);
    expect(duel.isLruAhead).toBe(false);
  });

  it('is lost for twice as long each time, up to eight times', () => {
    const duel = begun();
    for (const factor of [1, 2, 4, 8, 8]) {
      fallBehind(duel, 9);
      keepUp(duel, factor * terms - 1);
      expect(duel.isLruAhead, `term ${factor}`).toBe(true);
      keepUp(duel, 1);
      expect(duel.isLruAhead, `term ${factor}`).toBe(false);
    }
  });

  it('is lost for the shortest term again after a win', () => {
    const duel = begun();
    fallBehind(duel, 9);
    keepUp(duel, terms);
    getAhead(duel, 8);
    fallBehind(duel, 17);
    keepUp(duel, terms - 1);
    expect(duel.isLruAhead).toBe(true);
    keepUp(duel, 1);
    expect(duel.isLruAhead).toBe(false);
  });

  it('lays up no more than the stake in good times', () => {
    const duel = begun();
    getAhead(duel, 10_000);
    fallBehind(duel, 17);
    expect(duel.isLruAhead).toBe(true);
  });

  it('is open again once it is cleared', () => {
    const duel = begun();
    fallBehind(duel, 9);
    duel.clear();
    expect(duel.isLruAhead).toBe(false);
  });
});
