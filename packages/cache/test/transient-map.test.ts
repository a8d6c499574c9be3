import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectGarbage, grownOld } from '../../../test/setup/garbage.ts';
import { TransientMap } from '../src/transient-map.ts';

describe('a map of what comes and goes', () => {
  it('is as a Map is, whatever the keys', () => {
    const keys = fc.constantFrom('a', 'b', '', '1', '__proto__', 'constructor', ...range(40));
    const step = fc.record({ key: keys, isDeleting: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 500 }), (steps) => {
        const [map, model] = [new TransientMap<object>(), new Map<string, object>()];
        for (const [time, { key, isDeleting }] of steps.entries()) {
          const value = { time };
          if (isDeleting) {
            map.delete(key);
            model.delete(key);
          } else {
            map.set(key, value);
            model.set(key, value);
          }
          // Compared without `expect`, which would take longer than all the rest, 50,000 times.
          if (map.get(key) !== model.get(key) || map.size !== model.size) expect.fail(`differs at step ${time}`);
        }
        expect(new Set(map.values())).toEqual(new Set(model.values()));
        for (const key of [...range(40), 'a', '__proto__']) expect(map.get(key)).toBe(model.get(key));
      }),
      { numRuns: 50 },
    );
  });

  it('lets go of what has gone, and of its key', async () => {
    const map = new TransientMap<object>();
    const value = () => Array(100).fill(0);
    for (let key = 0; key < 32; key++) map.set(`${key}`, value());
    const bytes = await grownOld(() => {
      for (let time = 0; time < 50_000; time++) {
        map.delete(`${time}`);
        map.set(`${time + 32}`, value());
      }
    });
    expect(bytes / 50_000).toBeLessThan(60);
  });

  it('keeps no key when all have gone', async () => {
    const map = new TransientMap<object>();
    const key = (at: number) => `${at}`.padEnd(200, '-');
    const bytes = await grownOld(() => {
      for (let at = 0; at < 20_000; at++) map.set(key(at), {});
      for (let at = 0; at < 20_000; at++) map.delete(key(at));
      collectGarbage();
    });
    expect(bytes).toBeLessThan(2_000_000);
    expect(map.size).toBe(0);
  });

  it('lets go of each that one key had', async () => {
    const map = new TransientMap<object>();
    const bytes = await grownOld(() => {
      for (let time = 0; time < 50_000; time++) {
        map.set('key', Array(100).fill(0));
        map.delete('key');
      }
    });
    expect(bytes / 50_000).toBeLessThan(60);
  });
});

function range(size: number): string[] {
  return Array.from({ length: size }, (_, index) => `${index}`);
}
