import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createClientAddress, createProxyCheck } from '../../src/http/client-address.ts';

const request = (remoteAddress: string | undefined, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it('is that of its connection, whatever the request says', () => {
    expect(createClientAddress(0)(request('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1');
    expect(createClientAddress([])(request('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1');
  });

  it('is what as many proxies say as are trusted, and nothing that the client adds', () => {
    const forwarded = '1.1.1.1, 198.51.100.7, 10.0.0.2';
    expect(createClientAddress(1)(request('10.0.0.1', forwarded))).toBe('10.0.0.2');
    expect(createClientAddress(2)(request('10.0.0.1', forwarded))).toBe('198.51.100.7');
    expect(createClientAddress(2)(request('10.0.0.1'))).toBe('10.0.0.1');
  });

  it('is what trusted addresses say, as far as they are', () => {
    const clientOf = createClientAddress(['loopback', '10.0.0.0/8']);
    expect(clientOf(request('127.0.0.1', '1.1.1.1, 198.51.100.7, 10.0.0.2'))).toBe('198.51.100.7');
    expect(clientOf(request('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1');
  });

  it('is the same however it is written', () => {
    const clientOf = createClientAddress(0);
    expect(clientOf(request('::ffff:192.0.2.1'))).toBe('192.0.2.1');
    expect(clientOf(request('2001:DB8:0:1::5'))).toBe('2001:db8:0:1::/64');
  });

  it('is the network of an IPv6 address, as a client may have all of it', () => {
    const clientOf = createClientAddress(0);
    expect(clientOf(request('2001:db8:0:1:aaaa:bbbb:cccc:dddd'))).toBe(clientOf(request('2001:db8:0:1::1')));
    expect(clientOf(request('2001:db8:0:2::1'))).not.toBe(clientOf(request('2001:db8:0:1::1')));
  });

  it('is stated with the port of its connection by some proxies', () => {
    for (const trusted of [1, ['loopback']]) {
      const clientOf = createClientAddress(trusted);
      expect(clientOf(request('127.0.0.1', '198.51.100.7:4711'))).toBe('198.51.100.7');
      for (const stated of ['[2001:db8:0:1::5]:4711', '[2001:db8:0:1::5]', '2001:db8:0:1::5'])
        expect(clientOf(request('127.0.0.1', stated))).toBe('2001:db8:0:1::/64');
    }
    const behindTwo = createClientAddress(['loopback', '10.0.0.0/8']);
    expect(behindTwo(request('127.0.0.1', '1.1.1.1, 198.51.100.7:4711, 10.0.0.2:443'))).toBe('198.51.100.7');
  });

  it('is unknown where there is none, or its notation is ambiguous', () => {
    expect(createClientAddress(0)(request(undefined))).toBe('unknown');
    for (const stated of ['010.0.0.1', '0x7f.0.0.1', '2130706433', '1.2.3.4:', '[]:1'])
      expect(createClientAddress(1)(request('10.0.0.1', stated))).toBe('unknown');
    expect(createClientAddress(1)(request('10.0.0.1', 'x'.repeat(10_000)))).toBe('unknown');
  });
});

describe('a request', () => {
  it('comes from a proxy when its connection does', () => {
    const from = (trusted: Parameters<typeof createProxyCheck>[0], address?: string) =>
      createProxyCheck(trusted)(request(address, '10.0.0.1'));
    expect([from(0, '10.0.0.1'), from(1, '192.0.2.1'), from(1, undefined)]).toEqual([false, true, false]);
    expect([from(['10.0.0.0/8'], '10.0.0.1'), from(['10.0.0.0/8'], '192.0.2.1')]).toEqual([true, false]);
  });
});
