import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createLiveServer } from './live.ts';

/** What comes back for bytes as they are. */
async function send(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk));
  socket.on('error', () => {});
  socket.end(bytes);
  await once(socket, 'close');
  return received;
}

const internal = /node_modules|file:|\/src\/|\n\s+at |TypeError|Unexpected error/;

describe('a request that does not say where it goes', () => {
  it.each([
    ['a host with a space', 'GET /graphql?query={hello} HTTP/1.1\r\nhost: a b\r\n\r\n'],
    ['a host that is no name', 'GET /graphql?query={hello} HTTP/1.1\r\nhost: <script>\r\n\r\n'],
    ['a host with a path', 'GET /graphql?query={hello} HTTP/1.1\r\nhost: x/y\r\n\r\n'],
    ['a port beyond ports', 'GET /graphql?query={hello} HTTP/1.1\r\nhost: x:99999\r\n\r\n'],
    ['an unfinished address', 'GET /graphql?query={hello} HTTP/1.1\r\nhost: [::1\r\n\r\n'],
    ['a whole address as target', 'GET http://other/graphql HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a whole address of a probe', 'GET http://other/healthz HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['no target', 'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a fragment', 'GET /healthz#x HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['an empty host', 'GET /graphql?query={hello} HTTP/1.1\r\nhost:\r\n\r\n'],
  ])('is refused in our own words: %s', async (_, bytes) => {
    const { url, lines } = await createLiveServer();
    const answer = await send(url, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"BAD_REQUEST"');
    expect(answer).not.toMatch(internal);
    expect(lines).toEqual([]);
  });

  it.each([
    ['dots in a path', 'GET /x/../healthz HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['two slashes', 'GET //graphql HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['a broken escape', 'GET /media/%zz HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['a broken escape in a query', 'GET /graphql?query=%zz HTTP/1.1\r\nhost: x\r\n\r\n', 200],
    ['an unknown method', 'PROPFIND /graphql HTTP/1.1\r\nhost: x\r\n\r\n', 405],
    ['HTTP/1.0 without a host', 'GET /graphql?query={hello} HTTP/1.0\r\n\r\n', 200],
    ['no host', 'GET /graphql?query={hello} HTTP/1.1\r\n\r\n', 400],
    ['a head that is too long', `GET /graphql HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['a host of IPv6', 'GET /graphql?query={hello} HTTP/1.1\r\nhost: [::1]:4000\r\n\r\n', 200],
  ])('is not one with %s, and nothing internal is told', async (_, bytes, status) => {
    const answer = await send((await createLiveServer()).url, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).not.toMatch(internal);
  });
});
