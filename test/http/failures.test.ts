import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Media } from '../../src/http/use-media.ts';
import { UnavailableError } from '../../src/unavailable-error.ts';
import { createTestServer, limits } from './engine.ts';
import { createLiveServer } from './live.ts';

const secret = 'ENOENT: no such file, open /srv/magpie/media/secret?token=hunter2';
const file = { fileName: 'a.png', mimeType: 'image/png', byteSize: 3, sha256: 'x' };

function mediaThat(fails: Partial<Media>): Media {
  return { find: async () => file, open: async () => null, ...fails } as Media;
}

const fail = async () => {
  throw new Error(secret);
};

describe('what fails outside of GraphQL', () => {
  it.each([
    ['while a request begins', mediaThat({ find: fail })],
    ['in a store of files', mediaThat({ open: fail })],
    ['with what is no error', mediaThat({ find: () => Promise.reject(secret) })],
    ['with nothing at all', mediaThat({ find: () => Promise.reject(undefined) })],
  ])('is answered by a code and an id, under which the log has the error: %s', async (_, media) => {
    const { url, lines, fetch: direct } = await createLiveServer({ media });
    const ask = [() => fetch(`${url}/media/some-key`, init), () => direct('http://magpie.test/media/some-key', init)];
    for (const answer of ask) {
      lines.length = 0;
      const response = await answer();
      const text = await response.text();
      expect(response.status).toBe(500);
      expect(JSON.parse(text)).toEqual({
        errors: [{ message: 'Unexpected error', extensions: { code: 'INTERNAL', requestId: 'req-7' } }],
      });
      expect(Object.fromEntries(response.headers)).toMatchObject({
        ...{ 'content-type': 'application/json', 'cache-control': 'no-store', 'x-request-id': 'req-7' },
        'x-content-type-options': 'nosniff',
      });
      expect(lines).toEqual([
        expect.objectContaining({ level: 50, requestId: 'req-7', msg: 'unexpected error outside of GraphQL' }),
      ]);
    }
  });
  const init = { headers: { 'x-request-id': 'req-7' } };

  it('is an error of its operation alone over a WebSocket', async () => {
    const lines: Record<string, unknown>[] = [];
    // The plugin that logs a request fails.
    const log = pino(
      {
        hooks: {
          logMethod(args, method, level) {
            if (level === 30) throw new Error(secret);
            method.apply(this, args);
          },
        },
      },
      { write: (line: string) => lines.push(JSON.parse(line)) },
    );
    const { url } = await createLiveServer({ log });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const received: Record<string, unknown>[] = [];
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (data) => {
      received.push(JSON.parse(String(data)));
      const next = JSON.stringify({ id: String(received.length), type: 'subscribe', payload: { query: '{ hello }' } });
      if (received.length < 3) socket.send(next);
      else socket.close(1000);
    });
    expect(await once(socket, 'close')).toEqual([1000, expect.anything()]);
    const payload = [{ message: 'Unexpected error', extensions: { code: 'INTERNAL', requestId: expect.any(String) } }];
    expect(received).toEqual([
      { type: 'connection_ack' },
      { id: '1', type: 'error', payload },
      { id: '2', type: 'error', payload },
    ]);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [50, 'unexpected error outside of GraphQL'],
      [50, 'unexpected error outside of GraphQL'],
    ]);

    const response = await fetch(`${url}/graphql?query={hello}`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });

  it('is an outage where it is one', async () => {
    const { fetch: ask, lines } = createTestServer({
      media: mediaThat({ open: () => Promise.reject(new UnavailableError('connect ECONNREFUSED 10.0.0.7')) }),
    });
    const response = await ask('http://magpie.test/media/some-key');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.text()).not.toContain('10.0.0.7');
    expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  it('half way through an answer closes the connection, so that nobody takes it for whole', async () => {
    const stream = new Readable({
      read() {
        this.push('x');
        this.destroy(new Error(secret));
      },
    });
    const { url } = await createLiveServer({ media: mediaThat({ open: async () => ({ stream, size: 3 }) }) });
    await expect(fetch(`${url}/media/some-key`).then((response) => response.text())).rejects.toThrow();
  });
});

describe('a body without an end', () => {
  it('is read no longer than its client may need for the answer', async () => {
    const { url, lines } = await createLiveServer({ limits: { ...limits, maxBodyBytes: 1_000 } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {}); // it is reset while it sends
    const answer: Buffer[] = [];
    socket.on('data', (bytes) => answer.push(bytes));
    const closed = new Promise((resolve) => socket.once('close', resolve)); // also after an error
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    /** One part after the other, for as long as the socket takes them; the server's clock passes 20 ms with each. */
    const send = (failure?: Error | null) => {
      if (failure) return;
      vi.advanceTimersByTime(20);
      setImmediate(() => socket.write(`400\r\n${'x'.repeat(0x400)}\r\n`, send));
    };
    send();
    await closed;
    expect(String(Buffer.concat(answer))).toMatch(/^HTTP\/1.1 413 .*PAYLOAD_TOO_LARGE/s);
    expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});

describe('a client that goes away', () => {
  const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  const long = JSON.stringify({ query: '{ hello }', variables: { filler: 'x'.repeat(100_000) } });

  it.each([
    ['within the headers', head],
    ['after the headers', `${head}content-length: 100\r\n\r\n`],
    ['in half of a short body', `${head}content-length: 100\r\n\r\n{"query": "{ he`],
    ['in half of a long body', `${head}content-length: ${long.length}\r\n\r\n${long.slice(0, 50_000)}`],
    ['in half of a body in chunks', `${head}transfer-encoding: chunked\r\n\r\n10\r\n{"query": "{ hel`],
    [
      'in half of a file',
      'POST /graphql HTTP/1.1\r\nhost: x\r\nx-requested-with: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 5000\r\n\r\n--b\r\ncontent-disposition: form-data; name="0"; filename="x"\r\n\r\nabc',
    ],
  ])("is nobody's failure: %s", async (_, bytes) => {
    const { url, lines, live } = await createLiveServer();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    await fetch(`${url}/graphql?query={hello}`); // the bytes before it have been read
    socket.resetAndDestroy();
    await live.drain(1_000);
    expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  it("is nobody's failure: while it waits for the answer", async () => {
    const { url, lines, live, engine } = await createLiveServer();
    const leaving = new AbortController();
    const answer = fetch(`${url}/graphql?query={wait}`, { signal: leaving.signal }).catch(() => 'gone');
    await engine.reached.opened;
    leaving.abort();
    expect(await answer).toBe('gone');
    engine.waiting.open();
    await live.drain(1_000);
    expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});
