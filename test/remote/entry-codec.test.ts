import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode, encode, type Identity, maxBodyBytes, type StoredValue } from '../../src/remote/entry-codec.ts';

const identity: Identity = {
  ...{
    schemaVersion: 's1',
    policyVersion: 'p1',
    category: 'POSTS',
    namespace: 'ws_1',
    key: 'ws_1:Query.posts{"first":2}',
  },
};
const stored: StoredValue = {
  ...{ epoch: 'e1', horizon: 4_000_000_123, tags: ['ws_1/Post', 'ws_1/Post:1'], createdAtMs: 1.7e12, loadMs: 12.5 },
  ...{ validUntilMs: Number.POSITIVE_INFINITY, value: { id: '1', list: [1, null, true, 'ä'] } },
};
const long = { ...stored, value: Array.from({ length: 100 }, (_, id) => ({ id, text: `post ${id} of a hundred` })) };

const read = (value: unknown) => {
  const bytes = encode(identity, { ...stored, value });
  return bytes && (decode(identity, bytes) as StoredValue);
};

describe('an entry', () => {
  it('is read as it was written', () => {
    expect(decode(identity, encode(identity, stored)!)).toEqual(stored);
    expect(decode(identity, encode(identity, long)!)).toEqual(long);
    const unscoped = { ...identity, namespace: undefined };
    expect(decode(unscoped, encode(unscoped, { ...stored, validUntilMs: 5 })!)).toEqual({ ...stored, validUntilMs: 5 });
  });

  it('is deflated where that makes it shorter', () => {
    const plain = JSON.stringify(long.value).length;
    expect(encode(identity, long)!.length).toBeLessThan(plain / 3);
    const short = { ...stored, value: 'x'.repeat(900) };
    expect(encode(identity, short)!.length).toBeGreaterThan(900);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a date', { at: new Date(5) }],
    ['an undefined member', { a: undefined, b: [undefined] }],
    ['numbers that JSON has no words for', [Number.NaN, Number.POSITIVE_INFINITY, -0, 12n]],
    ['half a surrogate pair', { text: '\ud800' }],
    ['members with names of meaning', JSON.parse('{"__proto__":{"a":1},"constructor":2,"toJSON":3}')],
  ])('brings %s back', (_, value) => {
    const found = read(value);
    expect(found).toBeDefined();
    expect(found!.value).toStrictEqual(value);
  });

  class Money {
    readonly amount = 5;
  }
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  it.each<[string, unknown]>([
    ['a function', { run() {} }],
    ['an instance of a class', [new Money()]],
    ['a promise', Promise.resolve(1)],
    ['an error', new Error('no')],
    [
      'a getter',
      {
        get now() {
          return 1;
        },
      },
    ],
    ['a symbol', { [Symbol('a')]: 1 }],
    ['a hidden member', Object.defineProperty({}, 'a', { value: 1 })],
    ['an object without a prototype', Object.create(null)],
    ['a list with holes', new Array(3)],
    ['a list with a name', Object.assign([1], { extra: 2 })],
    ['a map', new Map()],
    ['bytes', Buffer.from('a')],
    ['a cycle', cycle],
    ['more than a mebibyte', 'x'.repeat(maxBodyBytes)],
  ])('is not made of %s', (_, value) => {
    expect(read(value)).toBeUndefined();
  });

  it('is not made of tags or keys that no UTF-8 has', () => {
    expect(encode({ ...identity, key: '\ud800' }, stored)).toBeUndefined();
    expect(encode(identity, { ...stored, tags: ['\udfff'] })).toBeUndefined();
  });
});

describe('bytes that are no entry of this key', () => {
  it.each([
    ['short', stored],
    ['deflated', long],
  ])('are refused when any byte of a %s entry is another', (_, value) => {
    const bytes = encode(identity, value)!;
    for (let index = 0; index < bytes.length; index++)
      for (const mask of [0x01, 0x80, 0xff]) {
        const other = Buffer.from(bytes);
        other[index]! ^= mask;
        expect(['corrupt', 'version'], `byte ${index}`).toContain(decode(identity, other));
      }
  });

  it('are refused when they are cut, longer, or nothing', () => {
    const bytes = encode(identity, stored)!;
    for (let length = 0; length < bytes.length; length++)
      expect(decode(identity, bytes.subarray(0, length))).toBe('corrupt');
    expect(decode(identity, Buffer.concat([bytes, Buffer.of(0)]))).toBe('corrupt');
    expect(decode(identity, Buffer.from('hello, world of other programs'))).toBe('corrupt');
  });

  it.each<[string, Partial<Identity>]>([
    ['schema', { schemaVersion: 's2' }],
    ['policy', { policyVersion: 'p2' }],
    ['category', { category: 'MEDIA' }],
    ['workspace', { namespace: 'ws_2' }],
    ['kind of workspace', { namespace: undefined }],
    ['key', { key: 'ws_1:Query.posts{"first":3}' }],
  ])('are refused when they are of another %s', (_, other) => {
    expect(decode({ ...identity, ...other }, encode(identity, stored)!)).toBe('foreign');
  });

  it('are refused in another format, whatever they say', () => {
    const bytes = encode(identity, stored)!;
    bytes[4] = 2;
    expect(decode(identity, bytes)).toBe('version');
  });

  it('are inflated no further than an entry may be long', () => {
    const bytes = encode(identity, { ...long, tags: [] })!;
    const body = deflateRawSync(Buffer.concat([Buffer.alloc(4), Buffer.from(JSON.stringify(long.value))]), {
      level: 1,
    });
    const forge = (packed: Buffer) => {
      const forged = Buffer.concat([bytes.subarray(0, bytes.length - body.length), packed]);
      forged.writeUInt32LE(forged.length, 6);
      forged.writeUInt32LE(crc32(forged.subarray(14), crc32(forged.subarray(0, 10))), 10);
      return decode(identity, forged);
    };
    expect(forge(body)).toMatchObject({ value: long.value });
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
    const { external } = process.memoryUsage();
    expect(forge(bomb)).toBe('corrupt');
    expect(process.memoryUsage().external - external).toBeLessThan(32 * 1024 * 1024);
  });
});
