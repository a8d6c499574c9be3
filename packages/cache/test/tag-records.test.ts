import { describe, expect, it } from 'vitest';
import { createGate } from '../../../test/setup/gates.ts';
import { createEngine } from './engine.ts';

const flood = Array.from({ length: 100 }, (_, index) => `flood ${index}`);

describe('the records of tags', () => {
  it('are bounded', async () => {
    const { cache, fetch } = createEngine({}, { maxTags: 50 });
    await fetch({ tags: ['Post'] }, () => 'held');
    for (const tag of flood) cache.invalidate([tag]);
    cache.invalidate(flood);
    expect(cache.indexes().tags).toBeLessThanOrEqual(50);
  });

  it('are bounded when entries hold more', async () => {
    const { cache, fetch } = createEngine({}, { maxTags: 50 });
    for (const tag of flood) await fetch({ key: tag, tags: [tag] }, () => 'value');
    expect(cache.indexes().tags).toBeLessThanOrEqual(50);
  });

  it('end with the entries that hold them', async () => {
    const { cache, fetch, time } = createEngine({ maxEntries: 10 });
    for (const tag of flood) await fetch({ key: tag, tags: [tag] }, () => 'value');
    expect(cache.indexes().tags).toBe(10 * 2 + 1); // the tag and the key of each, and the category
    time.pass(10_000);
  });
});

describe('a tag whose record was dropped', () => {
  it('leaves no entry behind that would miss its next invalidation', async () => {
    const { cache, fetch } = createEngine({ maxEntries: 1_000 }, { maxTags: 50 });
    await fetch({ tags: ['Post'] }, () => 'old');
    for (const tag of flood) await fetch({ key: tag, tags: [tag] }, () => 'value');
    cache.invalidate(['Post']);
    expect(await fetch({ tags: ['Post'] }, () => 'new')).toBe('new');
  });

  it('leaves no entry behind even when it was just found valid', async () => {
    const { cache } = createEngine({}, { maxTags: 5 });
    const entry = cache.set({ category: 'POSTS', key: 'key', tags: ['Post'] }, 'old');
    expect(cache.isValid(entry)).toBe(true);
    cache.set({ category: 'MEDIA', key: 'key', tags: flood }, 'value');
    expect(cache.isValid(entry)).toBe(false);
  });

  it('was invalidated as far as a load knows that began before', async () => {
    const { cache, fetch } = createEngine({}, { maxTags: 50 });
    await fetch({ key: 'holds the records', tags: ['Other'] }, () => 'value');
    const gate = createGate<string>();
    const answer = fetch('key', async (loadContext) => {
      const value = await gate.promise;
      loadContext.depend('Post:1');
      return value;
    });
    cache.invalidate(['Post:1']);
    for (const tag of flood) cache.invalidate([tag]);
    gate.open('old');
    expect(await answer).toBe('old');
    expect(await fetch('key', () => 'new')).toBe('new');
  });

  it('is like a new one to what is loaded later', async () => {
    const { cache, fetch } = createEngine({}, { maxTags: 50 });
    cache.invalidate(['Post']);
    for (const tag of flood) cache.invalidate([tag]);
    await fetch({ tags: ['Post'] }, () => 'kept');
    expect(await fetch({ tags: ['Post'] }, () => 'not loaded')).toBe('kept');
    cache.invalidate(['Post']);
    expect(await fetch({ tags: ['Post'] }, () => 'new')).toBe('new');
  });
});

describe('an entry that left its store', () => {
  it('is invalid after the next invalidation of its tag, though nobody holds that any more', async () => {
    const { cache, fetch } = createEngine({ maxEntries: 1 });
    const entry = cache.set({ category: 'POSTS', key: 'key', tags: ['Post'] }, 'value');
    await fetch('other', () => 'takes its place');
    cache.invalidate(['Post']);
    expect(cache.isValid(entry)).toBe(false);
  });
});
