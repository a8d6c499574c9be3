import { describe, expect, it } from 'vitest';
import type { NewAttachment } from '../../src/cache/cache.ts';
import { createEngine } from './engine.ts';

/** An entry of one tag, and a way to hang things on it. */
function createAttached(limits = {}) {
  const engine = createEngine(limits);
  const { cache } = engine;
  const request = { category: 'POSTS', key: 'key', tags: ['Post'] } as const;
  const entry = cache.set(request, 'value');
  const attach = (id: string, made: Partial<NewAttachment> = {}) =>
    cache.attach(entry, id, { bytes: 10, stamp: cache.stamp, tags: [], value: `made from ${id}`, ...made });
  return { ...engine, entry, attach };
}

describe('an attachment', () => {
  it('is found by its id, with its entry', () => {
    const { cache, entry, attach } = createAttached();
    expect(attach('a')).toBe(cache.attachment(entry, 'a'));
    expect(cache.attachment(entry, 'a')?.value).toBe('made from a');
    expect(cache.attachment(entry, 'b')?.value).toBeUndefined();
  });

  it('ends with its entry', () => {
    const { cache, entry, attach } = createAttached();
    attach('a');
    cache.invalidate(['Post']);
    expect(cache.attachment(entry, 'a')?.value).toBeUndefined();
    expect(attach('b')).toBeUndefined();
  });

  it('ends with one of its own tags, alone', () => {
    const { cache, entry, attach, stats } = createAttached();
    attach('a', { tags: ['Author:1'] });
    attach('b', { tags: ['Author:2'] });
    cache.invalidate(['Author:1']);
    expect(cache.attachment(entry, 'a')?.value).toBeUndefined();
    expect(cache.attachment(entry, 'b')?.value).toBe('made from b');
    expect(cache.isValid(entry)).toBe(true);
    expect(stats().bytes).toBe(7 + 10);
  });

  it('is refused when one of its tags was invalidated since its making began', () => {
    const { cache, entry, attach } = createAttached();
    const { stamp } = cache;
    cache.invalidate(['Author:1']);
    expect(attach('a', { stamp, tags: ['Author:1'] })).toBeUndefined();
    expect(attach('b', { stamp, tags: ['Author:2'] })).toBeDefined();
    expect(cache.attachment(entry, 'a')?.value).toBeUndefined();
  });

  it('is not right for longer than it says', () => {
    const { cache, entry, attach, time } = createAttached();
    attach('a', { validUntil: 500 });
    time.pass(499);
    expect(cache.attachment(entry, 'a')?.value).toBe('made from a');
    time.pass(1);
    expect(cache.attachment(entry, 'a', cache.now())?.value).toBeUndefined();
  });

  it('counts in the bytes of its entry and of the store, until it goes', () => {
    const { cache, entry, attach, stats } = createAttached();
    attach('a', { bytes: 100 });
    attach('a', { bytes: 30 });
    expect([entry.bytes, stats().bytes]).toEqual([37, 37]);
    cache.delete('POSTS', 'key');
    expect(stats().bytes).toBe(0);
    cache.clear();
    expect(cache.indexes()).toMatchObject({ bytes: 0, tags: 0 });
  });

  it('is one of at most sixteen, the oldest of which gives way', () => {
    const { cache, entry, attach, stats } = createAttached();
    for (let id = 0; id < 20; id++) attach(`${id}`);
    const kept = Array.from({ length: 20 }, (_, id) => cache.attachment(entry, `${id}`) !== undefined);
    expect(kept).toEqual(Array.from({ length: 20 }, (_, id) => id >= 4));
    expect(stats().bytes).toBe(7 + 16 * 10);
  });

  it('gives way to newer ones when the entry would be over an eighth of the byte limit', () => {
    const { cache, entry, attach } = createAttached({ maxBytes: 8_000 });
    attach('a', { bytes: 500 });
    attach('b', { bytes: 600 });
    expect(cache.attachment(entry, 'a')?.value).toBeUndefined();
    expect(cache.attachment(entry, 'b')?.value).toBe('made from b');
    expect(attach('c', { bytes: 1_000, tags: ['Author:1'] })).toBeUndefined();
    expect(entry.bytes).toBe(7);
    expect(cache.isValid(entry)).toBe(true);
  });

  it('pushes out other entries, not the byte limit', () => {
    const { cache, attach, stats } = createAttached({ maxBytes: 800 });
    for (let other = 0; other < 8; other++) cache.set({ category: 'POSTS', key: `${other}` }, 'x'.repeat(93));
    attach('a', { bytes: 90 });
    expect(stats().bytes).toBeLessThanOrEqual(800);
  });

  it('is refused for an entry that is not kept', () => {
    const { cache } = createEngine({ maxBytes: 80 });
    const entry = cache.set({ category: 'POSTS', key: 'key' }, 'much too large');
    expect(cache.attach(entry, 'a', { bytes: 1, stamp: cache.stamp, tags: ['Author:1'], value: 'a' })).toBeUndefined();
    expect(cache.indexes().tags).toBe(0);
  });
});
