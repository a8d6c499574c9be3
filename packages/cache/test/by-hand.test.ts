import { describe, expect, expectTypeOf, it } from 'vitest';
import { createGate } from '../../../test/setup/gates.ts';
import { KeyError } from '../src/errors.ts';
import { createEngine } from './engine.ts';

describe('a wrapped function', () => {
  it('runs once for equal arguments, whatever the order of their members', async () => {
    const { values: cache } = createEngine();
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
    const { values: cache } = createEngine();
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
    const { values: cache } = createEngine();
    const one = cache.cached('POSTS', () => 'one', { name: 'one' });
    const other = cache.cached('POSTS', () => 'other', { name: 'other' });
    expect([one(), other()]).toEqual(['one', 'other']);
  });

  it('does not meet itself for arguments, keys and namespaces that differ in half a character', () => {
    const { values: cache } = createEngine();
    let runs = 0;
    const own = cache.cached('POSTS', (_text: string) => ++runs, { name: 'own', key: (text) => text });
    const inside = cache.cached('POSTS', (_text: string) => ++runs, { name: 'inside', namespace: (text) => text });
    const plain = cache.cached('POSTS', (_text: string) => ++runs, { name: 'plain' });
    const texts = ['\ud800', '\udbff', '\ufffd', '\\ud800'];
    for (const fn of [own, inside, plain])
      expect(new Set([...texts, ...texts].map((text) => fn(text))).size).toBe(texts.length);
    expect(runs).toBe(3 * texts.length);
  });

  it('can live in a namespace, which is cleared as a whole, and does not meet itself in another', () => {
    const { values: cache } = createEngine();
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

  it('does not meet another whose name and key look the same in a row', () => {
    const { values: cache } = createEngine();
    const answers = [
      cache.cached('POSTS', () => 1, { name: 'a', key: () => 'b c' })(),
      cache.cached('POSTS', () => 2, { name: 'a b', key: () => 'c' })(),
      cache.cached('POSTS', () => 3, { name: 'a b c', key: () => '' })(),
      cache.cached('POSTS', () => 4, { name: 'n', key: () => 'k', namespace: () => 'ws' })(),
      cache.cached('POSTS', () => 5, { name: 'n "ws"', key: () => 'k' })(),
      cache.cached('POSTS', () => 6, { name: 'm', key: () => '"ws" k' })(),
    ];
    expect(answers).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('does not answer for another function of its name', () => {
    const { values: cache } = createEngine();
    const load = () => 'one';
    const one = cache.cached('POSTS', load);
    expect(cache.cached('POSTS', load)()).toBe(one());
    expect(cache.cached('MEDIA', () => 'other', { name: 'load' })()).toBe('other');
    expect(() => cache.cached('POSTS', () => 'other', { name: 'load' })).toThrow(
      'Expected a name of its own for each function of a category but got ["POSTS","load"] again',
    );
  });

  it.each([new URL('https://a.example'), new Map(), new Set(), /a/, new Date(0), Object(1), new (class Id {})()])(
    'never gives one argument the answer to another: %o',
    (argument) => {
      const { values: cache } = createEngine();
      const show = cache.cached('POSTS', (given: unknown) => given, { name: 'show' });
      if (argument instanceof Date) expect(show(argument)).not.toBe(show(new Date(1)));
      else expect(() => show(argument)).toThrow('Expected plain data as a part of a cache key but got an instance of');
    },
  );

  it('takes arguments of any length', () => {
    const { values: cache } = createEngine();
    let runs = 0;
    const count = cache.cached('POSTS', (_text: string) => ++runs, { name: 'count' });
    expect([count('x'.repeat(9_999)), count('x'.repeat(9_998)), count('x'.repeat(9_999))]).toEqual([1, 2, 1]);
  });

  it('is counted under its name', () => {
    const { values: cache, stats } = createEngine();
    const post = cache.cached('POSTS', () => 'post', { name: 'post', ttlMs: 1_000 });
    post();
    post();
    expect(stats().fields).toMatchObject([{ coordinate: 'post', hits: 1, misses: 1 }]);
  });

  it('has a name', () => {
    const { values: cache } = createEngine();
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

describe('a name that nothing can be kept under', () => {
  it.each<[string, object, string]>([
    [
      'a key of 1,025 characters',
      { key: 'x'.repeat(1_025) },
      'Expected a key of at most 1024 characters but got 1025: "xxxx',
    ],
    ['a key that is none', { key: 7 }, 'Expected a key that is a string but got number'],
    [
      'a tag of 513 characters',
      { tags: ['Post', 'x'.repeat(513)] },
      'Expected a tag of at most 512 characters but got 513: "xxxx',
    ],
    ['a text in the place of tags', { tags: 'Post' }, 'Expected a list of tags but got string'],
    ['a namespace that is none', { namespace: null }, 'Expected a namespace that is a string but got object'],
    ['a tag that is none', { tags: [null] }, 'Expected a tag that is a string but got object'],
    ['a tag of the engine', { tags: ['*category POSTS'] }, 'Expected a tag that does not begin with "*"'],
    [
      'a namespace of 513 characters',
      { namespace: 'x'.repeat(513) },
      'Expected a namespace of at most 512 characters but got 513',
    ],
  ])('is refused, and nothing is counted or loaded: %s', (_, asked, message) => {
    const { cache, stats } = createEngine();
    const request = { category: 'POSTS', key: 'key', ...asked } as never;
    let loads = 0;
    for (const refused of [() => cache.read(request, () => ++loads), () => cache.set(request, 'value')]) {
      expect(refused).toThrow(KeyError);
      expect(refused).toThrow(message);
    }
    expect([loads, stats().lookups, cache.indexes().tags]).toEqual([0, 0, 0]);
  });

  it('is refused when a load finds it', async () => {
    const { fetch, cache, stats } = createEngine();
    for (const tag of ['x'.repeat(513), '*category POSTS'])
      await expect(fetch('key', async (loadContext) => loadContext.depend(['Post', tag]))).rejects.toThrow(KeyError);
    expect([stats().entries, cache.indexes().tags]).toEqual([0, 0]);
  });

  it('is kept at the limit', async () => {
    const { fetch } = createEngine();
    const request = { key: 'x'.repeat(1_024), tags: ['x'.repeat(512)], namespace: 'x'.repeat(512) };
    await fetch(request, () => 'kept');
    expect(await fetch(request, () => 'not loaded')).toBe('kept');
  });
});

describe('an invalidation by hand', () => {
  it('cannot name what every entry of the engine depends on', async () => {
    const { cache, fetch } = createEngine();
    await fetch({ key: 'key', namespace: 'ws' }, () => 'kept');
    const { tags } = cache.peek('POSTS', 'key', cache.now())!;
    for (const { name } of tags) expect(() => cache.invalidate(['Post', name])).toThrow(KeyError);
    expect(tags).toHaveLength(4);
    expect(await fetch({ key: 'key', namespace: 'ws' }, () => 'not loaded')).toBe('kept');
    expect(cache.stamp).toBe(0);
  });

  it.each([
    ['Post', 'Expected a list of tags but got string'],
    [undefined, 'Expected a list of tags but got undefined'],
    [['Post', 7], 'Expected a tag that is a string but got number'],
  ])('says what it expected: %s', (tags, message) => {
    const { cache } = createEngine();
    expect(() => cache.invalidate(tags as never)).toThrow(KeyError);
    expect(() => cache.invalidate(tags as never)).toThrow(message);
    expect(cache.stamp).toBe(0);
  });

  it('does what it can with tags of any length', async () => {
    const { cache, fetch } = createEngine();
    await fetch({ tags: ['Post'] }, () => 'old');
    const heard: unknown[] = [];
    cache.onInvalidate((tags) => heard.push(tags));
    cache.invalidate(['x'.repeat(900_000), 'Post']);
    cache.invalidate(['x'.repeat(900_000)]);
    expect(await fetch({ tags: ['Post'] }, () => 'new')).toBe('new');
    expect(heard).toEqual([['Post']]);
  });

  it('that another process heard of can name any', async () => {
    const [here, there] = [createEngine(), createEngine()];
    here.cache.onInvalidate((tags, cause) => there.cache.apply(tags, cause));
    for (const invalidate of [
      () => here.cache.clear({ namespace: 'ws' }),
      () => here.cache.clear({ namespace: 'ws', categories: ['POSTS'] }),
      () => here.cache.clear(),
      () => here.cache.delete('POSTS', 'key'),
      () => here.cache.invalidate(['Post']),
    ]) {
      const request = { key: 'key', namespace: 'ws', tags: ['Post'] };
      await there.fetch(request, () => 'old');
      invalidate();
      expect(await there.fetch(request, () => 'new')).toBe('new');
      there.cache.clear();
    }
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
