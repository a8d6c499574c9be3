import { describe, expect, it } from 'vitest';
import { TransientMap } from '../../src/cache/transient-map.ts';
import { grownOld } from '../setup/garbage.ts';

describe('a map of what comes and goes', () => {
  it('has what was set last, by whatever key', () => {
    const map = new TransientMap<number>();
    for (const key of ['a', '', '1', '__proto__', 'constructor']) {
      expect(map.get(key)).toBeUndefined();
      map.set(key, 1);
      map.set(key, 2);
      expect(map.get(key)).toBe(2);
      map.delete(key);
      expect(map.get(key)).toBeUndefined();
    }
  });

  it('lets go of what has gone', () => {
    const map = new TransientMap<object>();
    const value = () => Array(100).fill(0);
    for (let key = 0; key < 32; key++) map.set(`${key}`, value());
    const bytes = grownOld(() => {
      for (let time = 0; time < 50_000; time++) {
        map.delete(`${time}`);
        map.set(`${time + 32}`, value());
      }
    });
    expect(bytes / 50_000).toBeLessThan(200);
  });
});
