import { describe, expect, it } from 'vitest';
import { createGate, settle } from '../../../test/setup/gates.ts';
import { createCounter, createEngine } from './engine.ts';

describe('a value', () => {
  it.each([[null], [false], [0], [''], [[]], [{}], [undefined]])('%j is kept as such', async (value) => {
    const { fetch, look } = createEngine();
    await fetch('key', () => value);
    expect(await look('key', () => 'not loaded')).toMatchObject({ status: 'HIT', value });
  });

  it('cannot be changed by who reads it, nor by who loaded it', async () => {
    const { fetch } = createEngine();
    const loaded = { id: 1, author: { name: 'Ada' }, labels: ['one'] };
    const read = await fetch('key', () => loaded);
    const changes = [
      () => (read.id = 2),
      () => (read.author.name = 'Bob'),
      () => read.labels.push('two'),
      () => (loaded.author.name = 'Bob'),
    ];
    for (const change of changes) expect(change).toThrow(TypeError);
    expect(await fetch('key', () => ({}))).toEqual({ id: 1, author: { name: 'Ada' }, labels: ['one'] });
  });

  const shapes: [string, () => object][] = [
    ['a record', () => ({ author: { name: 'Ada' } })],
    ['a list', () => [{ name: 'Ada' }]],
    ['a map', () => new Map([['author', { name: 'Ada' }]])],
    ['a set', () => new Set([{ name: 'Ada' }])],
    ['with hidden and symbolic parts', withHiddenParts],
    ['too large', () => ({ author: { name: 'Ada' }, text: 'x'.repeat(100_000), last: [{ name: 'Bob' }] })],
    ['too deep', () => Array.from({ length: 100 }).reduce<object>((within) => ({ within }), { name: 'Ada' })],
    [
      'that refers to itself',
      () => {
        const circle: { self?: object } = {};
        circle.self = [circle];
        return circle;
      },
    ],
    [
      'with a part that cannot be read',
      () => ({
        author: { name: 'Ada' },
        get broken(): never {
          throw new Error('broken');
        },
      }),
    ],
  ];
  const ways: [string, (engine: ReturnType<typeof createEngine>, value: object) => Promise<object>][] = [
    ['is kept', ({ fetch }, value) => fetch('key', () => value)],
    ['was set', async ({ cache }, value) => cache.set({ category: 'POSTS', key: 'key' }, value).value],
    [
      'was overtaken by an invalidation',
      async ({ cache, fetch }, value) => {
        const gate = createGate<object>();
        const answer = fetch({ tags: ['Post'] }, gate.load);
        cache.invalidate(['Post']);
        gate.open(value);
        return answer;
      },
    ],
    [
      'lost its key',
      async ({ cache, fetch }, value) => {
        const gate = createGate<object>();
        const answer = fetch('key', gate.load);
        cache.set({ category: 'POSTS', key: 'key' }, 'set meanwhile');
        gate.open(value);
        return answer;
      },
    ],
    [
      'is over already',
      ({ fetch }, value) =>
        fetch('key', (loadContext) => {
          loadContext.validUntil(0);
          return value;
        }),
    ],
    [
      'comes too late for anybody',
      async ({ fetch, time }, value) => {
        const gate = createGate<object>();
        const answer = fetch('key', gate.load).catch(() => value);
        time.pass(30_000);
        gate.open(value);
        await settle();
        return answer;
      },
    ],
  ];
  describe.each(ways)('that %s', (_, give) => {
    it.each(shapes)('is frozen to its last part: %s', async (_, shape) => {
      const value = await give(createEngine(), shape());
      for (const part of partsOf(value)) expect(Object.isFrozen(part)).toBe(true);
    });
  });

  it('that refers to itself is answered, not kept', async () => {
    const { fetch, stats } = createEngine();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(await fetch('key', () => circle)).toBe(circle);
    expect(stats()).toMatchObject({ entries: 0, rejected: 1 });
  });

  it('that cannot be read whole is answered, not kept', async () => {
    const { fetch, stats } = createEngine();
    const value = {
      get broken(): never {
        throw new Error('broken');
      },
    };
    expect(await fetch('key', () => value)).toBe(value);
    expect(stats()).toMatchObject({ entries: 0, rejected: 1 });
  });
});

describe('keys', () => {
  it.each(['0', '', 'urn:li:share:1', 'ключ 🗝', '__proto__', 'constructor', 'a b'])(
    'such as "%s" are like any other',
    async (key) => {
      const { fetch } = createEngine();
      const counter = createCounter();
      await fetch({ key }, counter.load);
      expect(await fetch({ key }, counter.load)).toBe(1);
      expect(await fetch({ key: `${key}.` }, counter.load)).toBe(2);
    },
  );

  it('of two categories do not meet', async () => {
    const { fetch } = createEngine();
    await fetch({ category: 'POSTS' }, () => 'post');
    expect(await fetch({ category: 'MEDIA' }, () => 'media')).toBe('media');
  });

  it('ask for a category that there is', () => {
    const { cache } = createEngine();
    expect(() => cache.fetch({ category: 'POST' as 'POSTS', key: 'key' }, () => 1)).toThrow(
      'Expected one of the categories POSTS, MEDIA but got "POST"',
    );
  });
});

function withHiddenParts(): object {
  const value = { [Symbol('part')]: { name: 'Ada' } };
  return Object.defineProperty(value, 'hidden', { value: [{ name: 'Bob' }] });
}

function partsOf(value: unknown, parts: Set<object> = new Set()): Set<object> {
  if (typeof value !== 'object' || value === null || parts.has(value)) return parts;
  parts.add(value);
  const members =
    value instanceof Map || value instanceof Set
      ? value.values()
      : Reflect.ownKeys(value)
          .filter((name) => name !== 'broken')
          .map((name) => (value as Record<PropertyKey, unknown>)[name]);
  for (const member of members) partsOf(member, parts);
  return parts;
}
