import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalKey, shortKey } from '../src/canonical-key.ts';
import { KeyError } from '../src/errors.ts';

class Point {
  readonly x = 1;
}
const circle: Record<string, unknown> = {};
circle.self = { circle };
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

describe('a canonical key', () => {
  it('is one for each value, whatever the order of its members', () => {
    expect(canonicalKey({ a: { x: 1, y: [2, { p: 3, q: 4 }] } })).toBe(
      canonicalKey({ a: { y: [2, { q: 4, p: 3 }], x: 1 } }),
    );
    expect(canonicalKey({ x: 1, y: undefined })).toBe(canonicalKey({ x: 1 }));
    expect(canonicalKey(Object.assign(Object.create(null), { x: 1 }))).toBe(canonicalKey({ x: 1 }));
  });

  it('tells different values apart', () => {
    const values = [
      ...[
        { x: 1 },
        { x: '1' },
        { x: null },
        {},
        [],
        [[]],
        [null],
        [undefined],
        null,
        undefined,
        '',
        'null',
        'undefined',
      ],
      ...[0, -0, 1, '1', 1n, '1n', 0.1, 1e21, Number.NaN, 'NaN', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      ...[true, 'true', false],
      ...[{ a: '1b:2', b: '3' }, { a: '1', b: '2b:3' }, ['a,b'], ['a', 'b'], { '"a":1,"b"': 2 }, { a: 1, b: 2 }],
      ...[new Date(0), new Date(1), new Date(Number.NaN), '1970-01-01T00:00:00.000Z', 'Date(0)', '\ud800', '\udc00'],
      JSON.parse('{ "__proto__": 1 }'),
      JSON.parse('{ "__proto__": 2 }'),
    ];
    expect(new Set(values.map((value) => canonicalKey(value))).size).toBe(values.length);
  });

  it('tells texts apart that UTF-8 would write alike, however long they are', () => {
    for (const rest of ['', 'x'.repeat(300)]) {
      const texts = ['\ud800', '\udbff', '\udc00', '\ufffd', '\\ud800', '\0', '\\u0000'].map((text) => text + rest);
      expect(new Set(texts.map(shortKey)).size).toBe(texts.length);
      expect(new Set(texts.map((text) => shortKey({ [text]: 1 }))).size).toBe(texts.length);
      expect(new Set(texts.map((text) => shortKey([text]))).size).toBe(texts.length);
    }
  });

  it('is equal for equal JSON and for no other', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const texts = [one, other].map((value) => canonicalKey(value));
        fc.pre(!/-0/.test(texts.join())); // of which JSON makes 0
        expect(texts[0] === texts[1]).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)));
        expect(canonicalKey(structuredClone(one))).toBe(texts[0]);
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });

  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    [
      'a getter or setter, "at"',
      {
        get at() {
          return Math.random();
        },
      },
    ],
    ['a getter or setter, "0"', Object.defineProperty([], 0, { get: Math.random, enumerable: true })],
    ['a proxy', new Proxy({ x: 1 }, {})],
    ['a proxy', [new Proxy([1], {})]],
    ['a Map of another prototype', Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype)],
    ['a Set of another prototype', Object.setPrototypeOf(new Set([1]), null)],
    ['an instance of Date', Object.create(Date.prototype)],
    ['an instance of URL', new URL('https://a.example/')],
    ['an instance of Map', new Map([[1, 2]])],
    ['an instance of Set', new Set([1])],
    ['an instance of WeakMap', new WeakMap()],
    ['an instance of RegExp', /a/],
    ['an instance of TypeError', new TypeError('e')],
    ['an instance of Uint8Array', new Uint8Array([1])],
    ['an instance of Buffer', Buffer.from('a')],
    ['an instance of ArrayBuffer', new ArrayBuffer(1)],
    ['an instance of Promise', Promise.resolve(1)],
    ['an instance of Point', new Point()],
    ['an instance of Number', Object(1)],
    ['an instance of String', Object('a')],
    ['an instance of URLSearchParams', new URLSearchParams('a=1')],
    ['an instance of Headers', new Headers({ a: '1' })],
    ['an instance of Temperature', new (class Temperature extends Date {})(0)],
    ['an instance of an unnamed class', new (class {})()],
    ['an instance of Object', runInNewContext('({ x: 1 })')],
    ['an instance of Date', Object.assign(new Date(0), { zone: 'UTC' })],
    ['an object with hidden or symbolic members', { [Symbol('s')]: 1 }],
    ['an object with hidden or symbolic members', Object.defineProperty({}, 'hidden', { value: 1 })],
    ['a list with holes', new Array(3)],
    ['a list with named members', 'abc'.match(/b/)],
    ['a list with holes', Object.assign(new Array(2), { 1: 1, index: 1 })],
    ['more than 64 levels, or a value that refers to itself', circle],
    ['more than 64 levels, or a value that refers to itself', deep(65)],
    ['a text of more than 1048576 characters', 'x'.repeat(1_048_576)],
  ])('is not made of %s, wherever in a value that stands', (got, value) => {
    for (const given of [value, [value], { a: { b: value } }]) {
      expect(() => canonicalKey(given)).toThrow(KeyError);
      expect(() => canonicalKey(given)).toThrow(`Expected plain data as a part of a cache key but got ${got}`);
    }
  });

  it('is not made of a small value that stands for more text than that', () => {
    let wide: unknown = [1, 1]; // of 2^22 items in the end, as each list is twice in the next
    for (let level = 0; level < 21; level++) wide = [wide, wide];
    expect(() => canonicalKey(wide)).toThrow('a text of more than 1048576 characters');
  });

  it('reaches as deep as values of any use are', () => {
    expect(canonicalKey(deep(64))).toBe(`${'['.repeat(64)}1${']'.repeat(64)}`);
  });
});

describe('a short key', () => {
  it('is the canonical one up to 256 characters, and of one length beyond', () => {
    expect(shortKey('x'.repeat(254))).toBe(`"${'x'.repeat(254)}"`);
    expect(shortKey('x'.repeat(255))).toHaveLength(43);
    expect(shortKey('x'.repeat(255))).not.toBe(shortKey('x'.repeat(256)));
    expect(shortKey({ a: 'x'.repeat(300), b: 1 })).toBe(shortKey({ b: 1, a: 'x'.repeat(300) }));
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).sort();
  return names.map((name) => [name, sorted((value as Record<string, unknown>)[name])]).concat([['object', true]]);
}
