import { describe, expect, it } from 'vitest';
import type { NewAttachment } from '../src/attachments.ts';
import { createEngine } from './engine.ts';

/** An entry of one tag, and a way to hang things on it. Each takes `bytes` and what `ownBytes` says. */
function createAttached(limits = {}) {
  const engine = createEngine(limits);
  const { cache } = engine;
  const request = { category: 'POSTS', key: 'key', tags: ['Post'] } as const;
  const entry = cache.set(request, 'value');
  const attach = (id: string, made: Partial<NewAttachment> = {}) =>
    cache.attach(entry, id, { bytes: 10, stamp: cache.stamp, tags: [], value: `made from ${id}`, ...made });
  const bare = entry.bytes;
  const ownBytes = attach('a', { bytes: 0 })!.bytes;
  cache.attach(entry, 'a', { bytes: 0, stamp: cache.stamp, tags: [], validUntil: 0, value: null });
  cache.attachment(entry, 'a');
  expect(entry.bytes).toBe(bare);
  const has = (id: string) => entry.attachments?.has(id) ?? false;
  return { ...engine, entry, attach, bare, ownBytes, has };
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
    const { cache, entry, attach, stats, bare } = createAttached();
    attach('a', { tags: ['Author:1'] });
    attach('b', { tags: ['Author:2'] });
    cache.invalidate(['Author:1']);
    expect(cache.attachment(entry, 'a')?.value).toBeUndefined();
    expect(cache.attachment(entry, 'b')?.value).toBe('made from b');
    expect(cache.isValid(entry)).toBe(true);
    expect(stats().bytes).toBe(cache.attachment(entry, 'b')!.bytes + bare);
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
    const { cache, entry, attach, stats, bare, ownBytes } = createAttached();
    attach('a', { bytes: 100 });
    attach('a', { bytes: 30 });
    expect([entry.bytes, stats().bytes]).toEqual([bare + ownBytes + 30, bare + ownBytes + 30]);
    cache.delete('POSTS', 'key');
    expect(stats().bytes).toBe(0);
    cache.clear();
    expect(cache.indexes()).toMatchObject({ bytes: 0, tags: 0 });
  });

  it('takes more with each tag that it holds, and with a longer id', () => {
    const { attach, ownBytes } = createAttached();
    const tags = Array.from({ length: 50 }, (_, index) => `Author:${index}`);
    expect(attach('a', { bytes: 0, tags })!.bytes).toBe(ownBytes + 50 * 8);
    expect(attach('a'.repeat(800), { bytes: 0 })!.bytes).toBeGreaterThanOrEqual(ownBytes + 792);
  });

  it('is one of at most sixteen, of which the one used least gives way, the oldest of those', () => {
    const { cache, entry, attach, has } = createAttached();
    for (let id = 0; id < 16; id++) attach(`${id}`);
    for (const id of [0, 1, 2, 3, 5, 6, 7, 8]) cache.attachment(entry, `${id}`);
    attach('new');
    expect([has('4'), has('0'), has('9'), has('new')]).toEqual([false, true, true, true]);
    for (let id = 20; id < 60; id++) attach(`${id}`); // each of which is used by nobody
    expect([0, 1, 2, 3, 5, 6, 7, 8].map((id) => has(`${id}`))).toEqual(Array.from({ length: 8 }, () => true));
  });

  it('counts a use each time that it is asked whether it stands', () => {
    const { cache, attach, has } = createAttached();
    const first = attach('0')!;
    for (let id = 1; id < 16; id++) attach(`${id}`);
    cache.revalidate(first, cache.now());
    attach('new');
    expect([has('0'), has('1')]).toEqual([true, false]);
  });

  it('that was new lately has a chance against those that were used before it came', () => {
    const { cache, entry, attach, has } = createAttached();
    for (let id = 0; id < 16; id++) attach(`${id}`);
    for (let id = 0; id < 16; id++) for (let use = 0; use < 5; use++) cache.attachment(entry, `${id}`);
    attach('new');
    cache.attachment(entry, 'new');
    attach('newer');
    expect([has('new'), has('newer')]).toEqual([true, true]);
  });

  it('gives way to newer ones when the entry would be over an eighth of the byte limit', () => {
    const { entry, attach, has, bare, ownBytes } = createAttached({ maxBytes: 16_000 });
    const room = 2_000 - bare - 2 * ownBytes;
    attach('a', { bytes: room });
    attach('b', { bytes: 1 });
    expect([has('a'), has('b')]).toEqual([false, true]);
    expect(entry.bytes).toBe(bare + ownBytes + 1);
  });

  it('that is too large drives nothing out', () => {
    const { cache, entry, attach, has, bare, ownBytes } = createAttached({ maxBytes: 16_000 });
    attach('a', { bytes: 100 });
    expect(attach('b', { bytes: 2_000, tags: ['Author:1'] })).toBeUndefined();
    expect([has('a'), has('b'), entry.bytes]).toEqual([true, false, bare + ownBytes + 100]);
    expect(cache.isValid(entry)).toBe(true);
    cache.clear();
    expect(cache.indexes().tags).toBe(0);
  });

  it('is not kept under a tag that is too long, nor under too many', () => {
    const { attach } = createAttached({ maxBytes: 1_000_000 });
    expect(attach('a', { tags: ['x'.repeat(513)] })).toBeUndefined();
    const tags = Array.from({ length: 5_001 }, (_, index) => `Author:${index}`);
    expect(attach('b', { tags })).toBeUndefined();
    expect(attach('c', { tags: tags.slice(1) })).toBeDefined();
  });

  it('depends on what the entries depend on that it was made from', () => {
    const { cache, entry, attach } = createAttached();
    for (const invalidate of [
      () => cache.invalidate(['Author:1']),
      () => cache.delete('MEDIA', 'beneath'),
      () => cache.clear({ namespace: 'ws', categories: ['MEDIA'] }),
    ]) {
      const beneath = cache.set({ category: 'MEDIA', key: 'beneath', namespace: 'ws', tags: ['Author:1'] }, 'value');
      const { stamp } = cache;
      expect(attach('a', { entries: [beneath], tags: ['Author:2'] })).toBeDefined();
      invalidate();
      expect(cache.attachment(entry, 'a')).toBeUndefined();
      expect(attach('a', { entries: [beneath], stamp })).toBeUndefined();
    }
    cache.clear();
    expect(cache.indexes().tags).toBe(0);
  });

  it('pushes out other entries, not the byte limit', () => {
    const { cache, attach, stats } = createAttached({ maxBytes: 8_000 });
    for (let other = 0; other < 20; other++) cache.set({ category: 'POSTS', key: `${other}` }, 'x'.repeat(93));
    const { entries } = stats();
    attach('a', { bytes: 90 });
    expect(stats().bytes).toBeLessThanOrEqual(8_000);
    expect(stats().entries).toBe(entries);
  });

  it('is refused for an entry that is not kept', () => {
    const { cache } = createEngine({ maxBytes: 80 });
    const entry = cache.set({ category: 'POSTS', key: 'key' }, 'much too large');
    expect(cache.attach(entry, 'a', { bytes: 1, stamp: cache.stamp, tags: ['Author:1'], value: 'a' })).toBeUndefined();
    expect(cache.indexes().tags).toBe(0);
  });
});
