import { describe, expect, it } from 'vitest';
import { hostsOf, redisAddressOf } from '../src/redis-address.ts';

const plain = { isEncrypted: false, username: undefined, password: undefined, database: 0, primary: undefined };

describe('the address of a Redis', () => {
  it.each([
    ['redis://redis', { kind: 'server', hosts: [{ host: 'redis', port: 6379 }] }],
    ['redis://10.0.0.1:7000/3', { kind: 'server', hosts: [{ host: '10.0.0.1', port: 7000 }], database: 3 }],
    ['rediss://[::1]:7000', { kind: 'server', isEncrypted: true, hosts: [{ host: '::1', port: 7000 }] }],
    ['redis://:p%40ss@redis', { kind: 'server', hosts: [{ host: 'redis', port: 6379 }], password: 'p@ss' }],
    [
      'redis://me:secret@redis',
      { kind: 'server', hosts: [{ host: 'redis', port: 6379 }], username: 'me', password: 'secret' },
    ],
    [
      'redis+cluster://a:1,b',
      {
        kind: 'cluster',
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 6379 },
        ],
      },
    ],
    [
      'rediss+sentinel://me:secret@a,b:1/main/2',
      {
        ...{ kind: 'sentinel', isEncrypted: true, username: 'me', password: 'secret', primary: 'main', database: 2 },
        hosts: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 1 },
        ],
      },
    ],
  ])('is read: %s', (text, address) => {
    expect(redisAddressOf(text)).toEqual({ ...plain, ...address });
  });

  it.each([
    ...[
      'redis',
      'http://redis',
      'redis://',
      'redis://a,b',
      'redis://a:99999',
      'redis://a/x',
      'redis://a/1/2',
      'redis://%zz@a',
    ],
    ...[
      'redis+sentinel://a',
      'redis+cluster://a/1',
      'redis+other://a',
      'redis://a?x=1',
      'redis+cluster://a,,b',
      'redis://a:0',
    ],
  ])('is refused: %s', (text) => {
    expect(redisAddressOf(text)).toBeUndefined();
  });

  it('is shown without secrets', () => {
    expect(hostsOf(redisAddressOf('redis+cluster://me:secret@a:1,b:2')!)).toBe('a:1,b:2');
  });
});
