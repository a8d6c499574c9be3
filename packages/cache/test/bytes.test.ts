import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../../../test/setup/garbage.ts';
import { createEngine } from './engine.ts';

/** What a value counts for, beside its entry. */
function bytesOf(value: unknown): number {
  const { cache } = createEngine({ maxBytes: 100_000_000 });
  const bytes = (one: unknown) => cache.set({ category: 'POSTS', key: 'key' }, one).bytes;
  return bytes(value) - bytes(undefined);
}

describe('the bytes of a value', () => {
  it.each<[string, unknown, number]>([
    ['nothing', null, 0],
    ['a small number', 7, 0],
    ['a large one, or a fraction', 2 ** 40, 16],
    ['a text of one byte a character', 'é'.repeat(800), 16 + 800],
    ['a text of two, for one character of its own', `${'x'.repeat(799)}✓`, 16 + 1_600],
    ['a short text of two', '✓✓✓✓', 16 + 8],
    ['a list', [1, 2, 3], 32 + 3 * 8],
    ['an object', { a: 1, b: 2 }, 24 + 2 * 8],
    ['a row', { id: 'x'.repeat(8), views: 0.5, tags: ['✓✓✓✓'] }, 24 + 3 * 8 + 24 + 16 + 40 + 24],
    ['the bytes of a buffer', new Uint8Array(1_000), 200 + 1_000],
    ['the bytes of numbers', new Float64Array(1_000), 200 + 8_000],
    ['all the memory that a view shows a part of', new Uint8Array(1_000).subarray(0, 1), 200 + 1_000],
    ['bytes themselves', new ArrayBuffer(1_000), 200 + 1_000],
    ['a view without a type', new DataView(new ArrayBuffer(1_000)), 200 + 1_000],
    ['a date', new Date(0), 96],
    ['a map with its keys and members', new Map([['x'.repeat(8), 'y'.repeat(16)]]), 96 + 48 + 24 + 32],
    ['a set with its members', new Set(['x'.repeat(8)]), 96 + 48 + 24],
    ['a number of any length', 10n ** 99n, 16 + 50],
  ])('count %s', (_, value, bytes) => {
    expect(bytesOf(value)).toBe(bytes);
  });

  it('count what a map and a list hold at any depth', () => {
    const large = 'x'.repeat(10_000);
    for (const value of [[[large]], { a: { b: large } }, new Map([[1, new Set([large])]]), [new Map([[large, 1]])]])
      expect(bytesOf(value)).toBeGreaterThan(10_000);
  });

  it('count what is hidden, or hangs on something else', () => {
    const large = 'x'.repeat(10_000);
    for (const value of [
      { [Symbol('large')]: large },
      Object.defineProperty({}, 'large', { value: large }),
      /x/.exec(large), // a list that holds its input
      Object.assign(new Map(), { large }),
      Object.assign(new Date(0), { large }),
      new Error(large),
    ])
      expect(bytesOf(value)).toBeGreaterThan(10_000);
  });

  it('are told apart by what changed in a map, a set, a date or a buffer', async () => {
    const { fetch, time, stats } = createEngine();
    for (const value of [new Map([[1, 1]]), new Map([[1, 2]]), new Set([1]), new Set([2]), new Date(1), new Date(2)]) {
      await fetch('key', () => value);
      time.pass(10_000);
    }
    expect(stats()).toMatchObject({ expiredReloads: 5, unchangedReloads: 0 });
  });
});

describe('the bytes of an entry', () => {
  it('count its key, and each of its tags', () => {
    const { cache } = createEngine();
    const bytes = (key: string, tags: string[] = []) => cache.set({ category: 'POSTS', key, tags }, null).bytes;
    const bare = bytes('');
    expect(bytes('x'.repeat(800))).toBe(bare + 800);
    expect(bytes('✓'.repeat(400))).toBe(bare + 800);
    expect(bytes('', ['a', 'b', 'c'])).toBe(bare + 3 * 8);
  });

  it('end with it, and those of its tags too', async () => {
    const { cache, fetch } = createEngine();
    await fetch({ key: 'x'.repeat(800), tags: ['y'.repeat(500)] }, () => null);
    const { bytes, tagBytes } = cache.indexes();
    expect(bytes).toBeGreaterThan(800);
    expect(tagBytes).toBeGreaterThan(800 + 500);
    cache.clear();
    expect(cache.indexes()).toMatchObject({ bytes: 0, tagBytes: 0, tags: 0 });
  });
});

describe('the bytes of the records of tags', () => {
  const tags = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(500)}`);

  it.each([
    ['invalidated', (cache: ReturnType<typeof createEngine>['cache'], tag: string) => cache.invalidate([tag])],
    [
      'held by entries',
      (cache: ReturnType<typeof createEngine>['cache'], tag: string) =>
        cache.set({ category: 'POSTS', key: tag, tags: [tag] }, null),
    ],
  ])('are bounded, for those that are %s', (_, use) => {
    const { cache } = createEngine({ maxEntries: 1_000, maxBytes: 10_000_000 }, { maxTagBytes: 20_000 });
    cache.set({ category: 'MEDIA', key: 'holds something', tags: ['Media'] }, null);
    for (const tag of tags) {
      use(cache, tag);
      expect(cache.indexes().tagBytes).toBeLessThanOrEqual(20_000);
    }
    expect(cache.indexes().tags).toBeGreaterThan(10);
  });

  it('leave no entry behind that would miss an invalidation', async () => {
    const { cache, fetch } = createEngine({ maxEntries: 1_000, maxBytes: 10_000_000 }, { maxTagBytes: 20_000 });
    await fetch({ tags: ['Post'] }, () => 'old');
    for (const tag of tags) await fetch({ key: tag, tags: [tag] }, () => null);
    cache.invalidate(['Post']);
    expect(await fetch({ tags: ['Post'] }, () => 'new')).toBe('new');
  });
});

describe('what is counted', () => {
  const fill = (): ReturnType<typeof createEngine>['cache'] => {
    const { cache } = createEngine({ maxEntries: 10_000, maxBytes: 1_000_000_000 }, { maxTagBytes: 1_000_000_000 });
    for (let at = 0; at < 2_000; at++) {
      const rows = Array.from({ length: 20 }, (_, row) => ({
        id: `post_${at}_${row}_01J0000000000000000000`,
        text: `The text of a post, which is about so long and then a little longer: ${at} ${row}`,
        views: at * row * 1.5,
        isRead: row % 2 === 0,
      }));
      const tags = rows.map(({ id }) => `ws_1/Post:${id}`);
      const entry = cache.set(
        { category: 'POSTS', key: `ws_1 Query.posts{"after":"${at}"}`, namespace: 'ws_1', tags },
        rows,
      );
      const value = JSON.stringify({ at, text: 'x'.repeat(1_000) });
      cache.attach(entry, `selection ${at}`, { bytes: value.length, stamp: cache.stamp, tags, value });
    }
    return cache;
  };

  it('is about what V8 takes', () => {
    fill();
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const cache = fill();
    collectGarbage();
    const taken = process.memoryUsage().heapUsed - before;
    const { bytes, tagBytes } = cache.indexes();
    expect((bytes + tagBytes) / taken).toBeGreaterThan(0.8);
    expect((bytes + tagBytes) / taken).toBeLessThan(1.25);
  });
});
