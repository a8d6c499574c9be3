import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { createListener } from '../../src/http/listener.ts';
import { createTestServer } from './engine.ts';
import { createLiveServer } from './live.ts';

const ask = (url: string, query: string, init: RequestInit = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    ...init,
  });

const statusOf = async (url: string) => (await fetch(url)).status;

describe('a server that starts', () => {
  it('is alive, but not ready, and refuses requests until it serves', async () => {
    const listener = createListener();
    const url = await listener.listen({ host: '127.0.0.1', port: 0 });
    expect(await statusOf(`${url}/healthz`)).toBe(200);
    expect(await statusOf(`${url}/readyz`)).toBe(503);
    const refused = await ask(url, '{ hello }');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    listener.serve(createTestServer(), async () => true);
    expect(await statusOf(`${url}/readyz`)).toBe(200);
    expect(await statusOf(`${url}/graphql?query={hello}`)).toBe(200);
    await listener.drain(1_000);
  });
});

describe('a server that serves', () => {
  it('is ready only while the database answers', async () => {
    const { url, live, listener } = await createLiveServer();
    live.serve({ listener }, async () => false);
    expect(await statusOf(`${url}/readyz`)).toBe(503);
    live.serve({ listener }, () => Promise.reject(new Error('gone')));
    expect(await statusOf(`${url}/readyz`)).toBe(503);
    expect(await statusOf(`${url}/healthz`)).toBe(200);
  });
});

describe('a request for an upgrade', () => {
  it('is the last of its connection, even while its answer is not there yet', async () => {
    const live = createListener();
    const url = await live.listen({ host: '127.0.0.1', port: 0 });
    const asked: { request: IncomingMessage; response: ServerResponse }[] = [];
    live.serve({ listener: (request, response) => void asked.push({ request, response }) }, async () => true);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let received = '';
    socket.on('data', (bytes) => (received += bytes));
    const closed = once(socket, 'close');
    const [upgrade, begun, inner] = [
      'GET /1 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      'POST /2 HTTP/1.1\r\nhost: x\r\ncontent-length: 38\r\n\r\n',
      'GET /in-the-body HTTP/1.1\r\nhost: x\r\n\r\n',
    ] as const;
    socket.write(upgrade + begun);
    await vi.waitFor(() => expect(asked).toHaveLength(1), { timeout: 20_000 });
    socket.write(inner);
    const { request, response } = asked[0]!;
    const sent = upgrade.length + begun.length + inner.length;
    await vi.waitFor(() => expect(request.socket.bytesRead).toBe(sent), { timeout: 20_000 });
    response.end('answered');
    await closed;
    expect(asked.map(({ request }) => request.url)).toEqual(['/1']);
    expect(received).toMatch(/^HTTP\/1.1 200 OK\r\n(.*\r\n)?connection: close\r\n.*\r\nanswered$/is);
    await live.drain(0);
  });
});

describe('a server that drains', () => {
  it('answers what is in flight, refuses what is new, and then is gone', async () => {
    const { url, live, engine } = await createLiveServer();
    const inFlight = ask(url, '{ wait }');
    await engine.reached.opened;
    const drained = live.drain(10_000);

    const refused = await ask(url, '{ hello }');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('connection')).toBe('close');
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await statusOf(`${url}/readyz`)).toBe(503);
    expect(await statusOf(`${url}/healthz`)).toBe(200);

    engine.waiting.open();
    const answered = await inFlight;
    expect(answered.headers.get('connection')).toBe('close');
    expect(await answered.json()).toEqual({ data: { wait: 'waited' } });
    expect(await drained).toBe(0);
    await expect(ask(url, '{ hello }')).rejects.toThrow();
  });

  it('does not wait for connections that are idle', async () => {
    const { url, live } = await createLiveServer();
    const { hostname, port } = new URL(url);
    const idle = connect(Number(port), hostname);
    await new Promise((resolve) => idle.once('connect', resolve));
    const closed = new Promise((resolve) => idle.once('close', resolve));
    idle.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => idle.once('data', resolve));
    expect(await live.drain(10_000)).toBe(0);
    await closed;
  });

  it('waits until the answers that were given are sent', async () => {
    const live = createListener();
    const url = await live.listen({ host: '127.0.0.1', port: 0 });
    const body = Buffer.alloc(64 * 1024 * 1024);
    live.serve({ listener: (_, response) => void response.end(body) }, async () => true);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let received = 0;
    socket.on('data', (bytes) => (received += bytes.length));
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    socket.pause();
    const drained = live.drain(10_000);
    socket.resume();
    expect(await drained).toBe(0);
    await once(socket, 'close');
    expect(received).toBeGreaterThan(body.length);
  });

  it('does not wait for an answer behind another, when their client is gone', async () => {
    const live = createListener();
    const url = await live.listen({ host: '127.0.0.1', port: 0 });
    const asked: ServerResponse[] = [];
    live.serve({ listener: (_, response) => void asked.push(response) }, async () => true);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n');
    await vi.waitFor(() => expect(asked).toHaveLength(2), { timeout: 20_000 });
    const gone = once(asked[0]!, 'close');
    socket.destroy();
    await gone;
    expect(await live.drain(5_000)).toBe(0);
  });

  it('cuts off what does not end in time, and says how many', async () => {
    const { url, live, engine } = await createLiveServer();
    const inFlight = ask(url, '{ wait }').catch(() => 'cut off');
    await engine.reached.opened;
    expect(await live.drain(1)).toBe(1);
    expect(await inFlight).toBe('cut off');
    engine.waiting.open();
  });
});
