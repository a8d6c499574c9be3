import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import type { EntryCache } from '../src/entry-cache.ts';
import type { LoadContext } from '../src/request.ts';
import { type Category, createCounter, createEngine } from './engine.ts';

const request = { key: 'list', namespace: 'ws', tags: ['Post'] };

const ways: Record<string, (cache: EntryCache<Category>) => void> = {
  'a declared tag': (cache) => cache.invalidate(['Post']),
  'a tag found in the result': (cache) => cache.invalidate(['Post:1']),
  'its key': (cache) => cache.delete('POSTS', 'list'),
  'its category': (cache) => cache.clear({ categories: ['POSTS'] }),
  'its namespace': (cache) => cache.clear({ namespace: 'ws' }),
  'its category in its namespace': (cache) => cache.clear({ categories: ['POSTS'], namespace: 'ws' }),
  everything: (cache) => cache.clear(),
};

describe.each(Object.entries(ways))('an invalidation by %s', (_, invalidate) => {
  const found = (value: string) => (loadContext: LoadContext) => {
    loadContext.depend('Post:1');
    return value;
  };

  it('forgets what was loaded before it', async () => {
    const { cache, fetch } = createEngine();
    await fetch(request, found('old'));
    invalidate(cache);
    expect(await fetch(request, found('new'))).toBe('new');
  });

  it('keeps what was loaded after it', async () => {
    const { cache, fetch } = createEngine();
    invalidate(cache);
    await fetch(request, found('kept'));
    expect(await fetch(request, found('not loaded'))).toBe('kept');
  });

  it('is not undone by a load that began before it', async () => {
    const { cache, fetch } = createEngine();
    const gate = createGate<string>();
    const early = fetch(request, async (loadContext) => found(await gate.promise)(loadContext));
    invalidate(cache);
    gate.open('old');
    expect(await early).toBe('old');
    expect(await fetch(request, found('new'))).toBe('new');
  });

  it('is seen by those who join a load that began before it', async () => {
    const { cache, fetch } = createEngine();
    const gate = createGate<string>();
    const early = fetch(request, async (loadContext) => found(await gate.promise)(loadContext));
    invalidate(cache);
    const late = fetch(request, found('new'));
    gate.open('old');
    expect(await Promise.all([early, late])).toEqual(['old', 'new']);
    expect(await fetch(request, found('not loaded'))).toBe('new');
  });

  it('does not bother those who had joined before it', async () => {
    const { cache, fetch } = createEngine();
    const gate = createGate<string>();
    const load = async (loadContext: LoadContext) => found(await gate.promise)(loadContext);
    const early = [fetch(request, load), fetch(request, load)];
    invalidate(cache);
    gate.open('old');
    expect(await Promise.all(early)).toEqual(['old', 'old']);
  });

  it('stops a background refresh that began before it', async () => {
    const { cache, fetch, time } = createEngine({ staleMs: 10_000 });
    await fetch(request, found('first'));
    time.pass(10_000);
    const gate = createGate<string>();
    await fetch(request, async (loadContext) => found(await gate.promise)(loadContext));
    invalidate(cache);
    gate.open('refreshed too early');
    await settle();
    expect(await fetch(request, found('new'))).toBe('new');
  });

  it('is not hidden by an expired entry', async () => {
    const { cache, fetch, time } = createEngine({ staleMs: 10_000, staleIfErrorMs: 10_000 });
    await fetch(request, found('old'));
    time.pass(10_000);
    invalidate(cache);
    await expect(fetch(request, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });
});

describe('an entry', () => {
  it('is untouched by the invalidation of what it does not depend on', async () => {
    const { cache, fetch } = createEngine();
    await fetch(request, () => 'kept');
    cache.invalidate(['Post:2', 'Media']);
    cache.delete('POSTS', 'other');
    cache.clear({ categories: ['MEDIA'] });
    cache.clear({ namespace: 'other' });
    cache.clear({ categories: ['MEDIA'], namespace: 'ws' });
    expect(await fetch(request, () => 'not loaded')).toBe('kept');
  });

  it.each([[[]], [null], [0], [['one']]])(
    'of %j made before a create is forgotten by the tag of its type',
    async (value) => {
      const { cache, fetch } = createEngine();
      await fetch(request, () => value);
      cache.invalidate(['Post'], 'createPost');
      expect(await fetch(request, () => 'created')).toBe('created');
    },
  );

  it('that was set with the stamp of its reading does not survive a later invalidation', async () => {
    const { cache, fetch } = createEngine();
    const { stamp } = cache;
    cache.invalidate(['Post']);
    const entry = cache.set({ category: 'POSTS', ...request, stamp }, 'old');
    expect(cache.isValid(entry)).toBe(false);
    expect(await fetch(request, () => 'new')).toBe('new');
  });

  it('of a load that invalidates what it depends on is not kept', async () => {
    const { cache, fetch } = createEngine();
    const load = () => {
      cache.invalidate(['Post']);
      return 'changed while loading';
    };
    await fetch(request, load);
    expect(await fetch(request, () => 'new')).toBe('new');
  });
});

describe('a load that was overtaken', () => {
  it('is known to be invalid to whom it was answered, and takes no room', async () => {
    const { cache, look, stats } = createEngine();
    const gate = createGate<string>();
    const early = look(request, gate.load);
    cache.invalidate(['Post']);
    gate.open('old');
    const { entry } = await early;
    expect([entry.stamp, cache.isValid(entry)]).toEqual([0, false]);
    expect(cache.indexes()).toMatchObject({ entries: 0, bytes: 0 });
    expect(stats().overtaken).toBe(1);
  });

  it('does not keep those waiting who come after it', async () => {
    const { cache, fetch } = createEngine();
    void fetch(request, () => new Promise(() => {}));
    cache.invalidate(['Post']);
    const late = await Promise.race([fetch(request, () => 'new'), settle().then(() => 'still waits')]);
    expect(late).toBe('new');
  });

  it('does not take the place of what was loaded after the invalidation', async () => {
    const { cache, fetch } = createEngine();
    const slow = createGate<string>();
    const early = fetch(request, slow.load);
    cache.invalidate(['Post']);
    await fetch(request, () => 'new');
    slow.open('old');
    await early;
    expect(await fetch(request, () => 'not loaded')).toBe('new');
  });

  it('does not take the place of what was set meanwhile', async () => {
    const { cache, fetch } = createEngine();
    const slow = createGate<string>();
    const early = fetch(request, slow.load);
    cache.set({ category: 'POSTS', ...request }, 'set');
    slow.open('loaded');
    expect(await early).toBe('loaded');
    expect(await fetch(request, () => 'not loaded')).toBe('set');
  });

  it('is loaded once more, not once for each that joined it too late', async () => {
    const { cache, fetch } = createEngine();
    const slow = createGate<string>();
    const early = fetch(request, async (loadContext) => {
      const value = await slow.promise;
      loadContext.depend('Post:1');
      return value;
    });
    cache.invalidate(['Post:1']);
    const counter = createCounter();
    const late = [fetch(request, counter.load), fetch(request, counter.load), fetch(request, counter.load)];
    slow.open('old');
    expect(await Promise.all([early, ...late])).toEqual(['old', 1, 1, 1]);
    expect(counter.runs).toBe(1);
  });
});

describe('a listener', () => {
  it('hears tags and cause when they are already forgotten, until it leaves', async () => {
    const { cache, fetch } = createEngine();
    const heard: unknown[] = [];
    const leave = cache.onInvalidate((tags, cause) => heard.push([tags, cause, cache.stamp]));
    await fetch(request, () => 'old');
    cache.invalidate(['Post'], 'updatePost');
    cache.invalidate([]);
    leave();
    cache.invalidate(['Post'], 'updatePost');
    expect(heard).toEqual([[['Post'], 'updatePost', 1]]);
  });

  it('that throws keeps no other from hearing, nor anything from being forgotten', async () => {
    const { cache, fetch } = createEngine();
    const heard: unknown[] = [];
    cache.onInvalidate(() => {
      throw new Error('deaf');
    });
    cache.onInvalidate((tags) => heard.push(tags));
    await fetch(request, () => 'old');
    expect(() => cache.invalidate(['Post'])).toThrow('deaf');
    expect(heard).toEqual([['Post']]);
    expect(await fetch(request, () => 'new')).toBe('new');
  });
});
