import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Hooks } from '../src/hooks.ts';
import { createEngine } from './engine.ts';

/** All hooks, and what they are called with. */
function createHooks() {
  const told: [string, Record<string, unknown>][] = [];
  const hook = (name: string) => (event: unknown) => {
    told.push([name, event as Record<string, unknown>]);
  };
  const names = ['hit', 'miss', 'load', 'keep', 'evict', 'expire', 'error'];
  const hooks = Object.fromEntries(names.map((name) => [name, hook(name)])) as Hooks;
  return { hooks, told };
}

const shape = { staleMs: 5_000, ttlMs: 1_000, maxEntries: 2 };

describe('hooks', () => {
  it('are called for what happens, in its order', async () => {
    const { hooks, told } = createHooks();
    const { look, time } = createEngine(shape, { hooks });
    await look({ key: 'a', coordinate: 'Query.a' }, async () => 1);
    await look('a', async () => 2);
    await turn();
    const a = { category: 'POSTS', key: 'a', coordinate: 'Query.a' };
    expect(told).toEqual([
      ['miss', { ...a, cause: 'cold' }],
      ['keep', { ...a, bytes: expect.any(Number) }],
      ['load', { ...a, loadMs: 0, isRefresh: false }],
      ['hit', { ...a, isStale: false }],
    ]);
    told.length = 0;
    time.pass(2_000);
    await look('a', async () => 3);
    await turn();
    expect(told.map(([name, event]) => [name, event.isStale ?? event.isRefresh])).toEqual([
      ['hit', true],
      ['keep', undefined],
      ['load', true],
    ]);
  });

  it('are called for what leaves, and why', async () => {
    const { hooks, told } = createHooks();
    const { values, look, time } = createEngine({ ...shape, staleMs: 0 }, { hooks });
    for (const key of ['a', 'b', 'c']) values.set({ category: 'POSTS', key }, key);
    await turn();
    expect(told.map(([name]) => name)).toEqual(['keep', 'keep', 'keep', 'evict']);
    time.pass(1_000);
    const kept = ['a', 'b', 'c'].find((key) => key !== told.at(-1)![1].key)!;
    told.length = 0;
    await look(kept, () => 'new');
    await turn();
    expect(told.map(([name, { cause }]) => [name, cause])).toEqual([
      ['expire', undefined],
      ['miss', 'expired'],
      ['keep', undefined],
      ['load', undefined],
    ]);
  });

  it('are called for loads that fail, hidden ones too', async () => {
    const { hooks, told } = createHooks();
    const { look, time } = createEngine({ ...shape, staleIfErrorMs: 60_000 }, { hooks });
    const error = new Error('down');
    await expect(look('a', async () => Promise.reject(error))).rejects.toThrow('down');
    await look('b', async () => 1);
    time.pass(6_000);
    await look('b', async () => Promise.reject(error));
    await turn();
    expect(told.filter(([name]) => name === 'error').map(([, event]) => event)).toEqual([
      { category: 'POSTS', coordinate: '', error, isHidden: false },
      { category: 'POSTS', coordinate: '', error, isHidden: true },
    ]);
  });

  it('that throw or reject disturb nothing, and are reported once each', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    const { look } = createEngine(
      {},
      {
        hooks: {
          miss() {
            throw new Error('a bug');
          },
          load: (async () => {
            throw new Error('a later bug');
          }) as () => void,
        },
      },
    );
    expect((await look('a', async () => 1)).value).toBe(1);
    expect((await look('b', async () => 2)).value).toBe(2);
    await once(process, 'warning');
    await turn();
    process.off('warning', listen);
    expect(warnings.map(({ name, message }) => [name, /"(\w+)".*? warning: (.*)/.exec(message)!.slice(1)])).toEqual([
      ['CacheHookWarning', ['miss', 'Error: a bug']],
      ['CacheHookWarning', ['load', 'Error: a later bug']],
    ]);
  });

  it('may use the cache, and cannot keep the process busy by that', async () => {
    let calls = 0;
    const { values } = createEngine(
      {},
      {
        hooks: {
          keep({ key }) {
            calls++;
            values.set({ category: 'POSTS', key }, calls);
          },
        },
      },
    );
    values.set({ category: 'POSTS', key: 'a' }, 0);
    expect(calls).toBe(0);
    await turn();
    await turn();
    expect(calls).toBeLessThanOrEqual(3);
    expect(values.get('POSTS', 'a')).toBe(calls);
  });

  it('are told of at most 10,000 events in one turn', async () => {
    let hits = 0;
    const { values } = createEngine({}, { hooks: { hit: () => void hits++ } });
    values.set({ category: 'POSTS', key: 'a' }, 0);
    for (let time = 0; time < 10_001; time++) values.get('POSTS', 'a');
    await turn();
    expect(hits).toBe(10_000);
    values.get('POSTS', 'a');
    await turn();
    expect(hits).toBe(10_001);
  });

  it('have one of the names, and are functions', () => {
    expect(() => createEngine({}, { hooks: { hits: () => {} } as never })).toThrow(
      'hooks: expected the names hit, miss, load, keep, evict, expire, error but got "hits"',
    );
    expect(() => createEngine({}, { hooks: { hit: 'log' as never } })).toThrow(
      'hooks.hit: expected a function but got string',
    );
  });
});

describe('a size function', () => {
  it('replaces the measured size of a value', () => {
    const { values, stats } = createEngine({}, { sizeOf: (value) => (value as { bytes: number }).bytes });
    values.set({ category: 'POSTS', key: 'a' }, { bytes: 0 });
    const own = stats().bytes;
    values.set({ category: 'POSTS', key: 'a' }, { bytes: 5_000 });
    expect(stats().bytes).toBe(own + 5_000);
    expect(values.set({ category: 'POSTS', key: 'b' }, { bytes: 50_000 })).toBe(false);
  });

  it('is told category and key', () => {
    const told: unknown[] = [];
    const { values } = createEngine({}, { sizeOf: (value, address) => told.push([value, address]) });
    values.set({ category: 'MEDIA', key: 'a' }, 'text');
    expect(told).toEqual([['text', { category: 'MEDIA', key: 'a' }]]);
  });

  it.each([
    ['is not a number', () => Number.NaN],
    ['is negative', () => -1],
    [
      'throws',
      () => {
        throw new Error('a bug');
      },
    ],
  ])('that %s keeps nothing, and the lookup is served', async (_, sizeOf) => {
    const { look, values } = createEngine({}, { sizeOf });
    expect((await look('a', async () => [1])).value).toEqual([1]);
    expect(values.has('POSTS', 'a')).toBe(false);
  });

  it('does not make a value of any depth acceptable, and leaves every part frozen', async () => {
    const { values, look } = createEngine({}, { sizeOf: () => 1 });
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(values.set({ category: 'POSTS', key: 'a' }, cycle)).toBe(false);
    const large = Array.from({ length: 50_000 }, (_, index) => ({ index }));
    await look('b', () => large);
    expect(values.has('POSTS', 'b')).toBe(true);
    expect(large.every((part) => Object.isFrozen(part))).toBe(true);
  });
});
