import { describe, expect, it } from 'vitest';
import { canonicalKey } from '../../src/cache/canonical-key.ts';
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

describe('a canonical key', () => {
  it('is one for each value, whatever the order of its members', () => {
    expect(canonicalKey({ a: { x: 1, y: [2, { p: 3, q: 4 }] } })).toBe(
      canonicalKey({ a: { y: [2, { q: 4, p: 3 }], x: 1 } }),
    );
    expect(canonicalKey({ x: 1, y: undefined })).toBe(canonicalKey({ x: 1 }));
  });

  it('tells different values apart', () => {
    const values = [
      { x: 1 },
      { x: '1' },
      { x: null },
      {},
      [],
      [[]],
      [null],
      null,
      undefined,
      '',
      0,
      1n,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      'NaN',
      { a: '1b:2', b: '3' },
      { a: '1', b: '2b:3' },
      ['a,b'],
      ['a', 'b'],
      { '"a":1,"b"': 2 },
      { a: 1, b: 2 },
      new Date(0),
      new Date(1),
    ];
    expect(new Set(values.map((value) => canonicalKey(value))).size).toBe(values.length);
  });

  it('is made of plain data', () => {
    expect(() => canonicalKey({ load: () => 1 })).toThrow(
      'Expected plain data as a part of a cache key but got a function',
    );
  });
});
