import { describe, expect, expectTypeOf, it } from 'vitest';
import { createEngine, createGate } from './engine.ts';

describe('a wrapped function', () => {
  it('runs once for equal arguments, whatever the order of their members', async () => {
    const { cache } = createEngine();
    let runs = 0;
    const search = cache.cached('POSTS', async function search(filter: { tag: string; first: number }) {
      return `${filter.tag} ${filter.first} ${++runs}`;
    });
    expect(await search({ tag: 'a', first: 1 })).toBe('a 1 1');
    expect(await search({ first: 1, tag: 'a' })).toBe('a 1 1');
    expect(await search({ tag: 'a', first: 2 })).toBe('a 2 2');
    expectTypeOf(search).parameter(0).toEqualTypeOf<{ tag: string; first: number }>();
  });

  it('runs again when a tag of its arguments is invalidated', async () => {
    const { cache } = createEngine();
    let runs = 0;
    const post = cache.cached('POSTS', (id: string) => `${id} ${++runs}`, {
      name: 'post',
      tags: (id) => [`Post:${id}`],
    });
    post('1');
    post('2');
    cache.invalidate(['Post:1']);
    expect([post('1'), post('2')]).toEqual(['1 3', '2 2']);
  });

  it('does not meet another of its category', () => {
    const { cache } = createEngine();
    const one = cache.cached('POSTS', () => 'one', { name: 'one' });
    const other = cache.cached('POSTS', () => 'other', { name: 'other' });
    expect([one(), other()]).toEqual(['one', 'other']);
  });

  it('can live in a namespace, which is cleared as a whole, and does not meet itself in another', () => {
    const { cache } = createEngine();
    let runs = 0;
    const fetch = cache.cached('POSTS', (_workspace: string) => ++runs, {
      name: 'count',
      namespace: (workspace) => workspace,
      key: () => 'all',
    });
    expect([fetch('a'), fetch('b'), fetch('a')]).toEqual([1, 2, 1]);
    cache.clear({ namespace: 'a' });
    expect([fetch('a'), fetch('b')]).toEqual([3, 2]);
  });

  it('is counted under its name', () => {
    const { cache, stats } = createEngine();
    const post = cache.cached('POSTS', () => 'post', { name: 'post', ttlMs: 1_000 });
    post();
    post();
    expect(stats().fields).toMatchObject([{ coordinate: 'post', hits: 1, misses: 1 }]);
  });

  it('has a name', () => {
    const { cache } = createEngine();
    expect(() =>
      cache.cached(
        'POSTS',
        (
          () => () =>
            1
        )(),
      ),
    ).toThrow('Expected a named function, or options.name, but got an anonymous function');
  });
});

describe('a value set by hand', () => {
  it('is served until it is invalidated', async () => {
    const { cache, fetch } = createEngine();
    cache.set({ category: 'POSTS', key: 'key', tags: ['Post'] }, 'set');
    expect(await fetch('key', () => 'loaded')).toBe('set');
    cache.invalidate(['Post']);
    expect(await fetch('key', () => 'loaded')).toBe('loaded');
  });

  it('takes the place of another', async () => {
    const { cache, fetch, stats } = createEngine();
    await fetch('key', () => 'loaded');
    cache.set({ category: 'POSTS', key: 'key', ttlMs: 500 }, 'set');
    expect(await fetch('key', () => 'not loaded')).toBe('set');
    expect(stats()).toMatchObject({ entries: 1, replacements: 1, loads: 1, misses: 1 });
  });

  it('is no promise', () => {
    const { cache } = createEngine();
    expect(() => cache.set({ category: 'POSTS', key: 'key' }, Promise.resolve('value'))).toThrow(
      'Expected the value of "key" but got a promise of it',
    );
  });

  it('ends when it says', async () => {
    const { cache, fetch, time } = createEngine();
    cache.set({ category: 'POSTS', key: 'key', validUntil: 300 }, 'set');
    time.pass(300);
    expect(await fetch('key', () => 'loaded')).toBe('loaded');
  });
});

describe('a key deleted by hand', () => {
  it('is loaded anew, alone', async () => {
    const { cache, fetch } = createEngine();
    for (const key of ['a', 'b']) await fetch(key, () => 'old');
    cache.delete('POSTS', 'a', 'by hand');
    expect([await fetch('a', () => 'new'), await fetch('b', () => 'new')]).toEqual(['new', 'old']);
  });
});

describe('an entry dropped by hand', () => {
  const request = { key: 'key', tags: ['Post'] };

  it('is loaded anew, and nothing else is', async () => {
    const { cache, look, fetch } = createEngine();
    const { entry } = await look(request, () => 'broken');
    await fetch({ key: 'other', tags: ['Post'] }, () => 'kept');
    const { stamp } = cache;
    cache.drop(entry, 'a value that is no good');
    expect(await look(request, () => 'new')).toMatchObject({
      value: 'new',
      cause: 'invalidated',
      invalidatedBy: { cause: 'a value that is no good' },
    });
    expect(await fetch('other', () => 'not loaded')).toBe('kept');
    expect(cache.stamp).toBe(stamp);
  });

  it('leaves the newer one of its key alone, and a load of it that runs', async () => {
    const { cache, look, fetch, stats } = createEngine();
    const { entry } = await look(request, () => 'broken');
    cache.delete('POSTS', 'key');
    const gate = createGate<string>();
    const running = fetch(request, gate.load);
    cache.drop(entry, 'too late');
    gate.open('new');
    await running;
    cache.drop(entry, 'too late');
    expect(await fetch(request, () => 'not loaded')).toBe('new');
    expect(stats()).toMatchObject({ entries: 1, invalidations: 1 });
  });
});

describe('a look at an entry', () => {
  it('counts nothing, until it is counted as a hit', async () => {
    const { cache, fetch, stats } = createEngine();
    await fetch({ key: 'key', coordinate: 'Query.post' }, () => 'value');
    const before = stats();
    const entry = cache.peek('POSTS', 'key', cache.now())!;
    expect(entry.value).toBe('value');
    expect(stats()).toEqual(before);
    cache.countHit(entry, 'Query.post');
    expect(stats()).toMatchObject({ hits: 1, hitsBy: { memory: 1 }, lookups: 2 });
    expect(entry.hits).toBe(1);
  });

  it('finds nothing that is invalid, expired, or due for a refresh', async () => {
    const { cache, fetch, time } = createEngine({ staleMs: 5_000 });
    const peek = () => cache.peek('POSTS', 'key', cache.now())?.value;
    expect(peek()).toBeUndefined();
    await fetch({ tags: ['Post'] }, () => 'value');
    expect(peek()).toBe('value');
    cache.invalidate(['Post']);
    expect(peek()).toBeUndefined();
    await fetch('key', () => 'value');
    time.pass(10_000);
    expect(peek()).toBeUndefined();
  });
});
