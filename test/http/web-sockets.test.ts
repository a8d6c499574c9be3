import { once } from 'node:events';
import { request } from 'node:http';
import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ClientOptions as SocketOptions, WebSocket } from 'ws';
import { UnavailableError } from '../../src/unavailable-error.ts';
import { ada, ask, limits } from './engine.ts';
import { createLiveServer } from './live.ts';

const authorization = 'Bearer good-token';
const soon = { timeout: 20_000 };

function clientOf({ url }: { url: string }, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    ...options,
  });
  onTestFinished(() => client.dispose());
  return client;
}

/** What a client's subscriber hears. */
function listen(client: Client, query: string, variables?: Record<string, unknown>) {
  const heard = { events: [] as unknown[], end: undefined as unknown };
  const stop = client.subscribe(
    { query, variables },
    {
      next: (event) => void heard.events.push(event),
      error: (error) => {
        heard.end = error;
      },
      complete: () => {
        heard.end = 'complete';
      },
    },
  );
  const ended = () => vi.waitFor(() => expect(heard.end).toBeDefined(), soon);
  return { heard, stop, ended };
}

async function askBySocket(client: Client, query: string, variables?: Record<string, unknown>) {
  const { heard, ended } = listen(client, query, variables);
  await ended();
  return heard;
}

interface Raw {
  readonly ws: WebSocket;
  send(message: unknown): void;
  /** Resolves with the next message. */
  next(): Promise<Record<string, unknown>>;
  /** Resolves with the code and the reason of its end. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** A WebSocket that says what a test wants. */
async function open({ url }: { url: string }, options: SocketOptions = {}): Promise<Raw> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
  onTestFinished(() => ws.terminate());
  const messages: Record<string, unknown>[] = [];
  ws.on('message', (text) => messages.push(JSON.parse(String(text))));
  ws.on('error', () => {});
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  );
  await once(ws, 'open');
  return {
    ...{ ws, closed },
    send: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next() {
      while (messages.length === 0) await once(ws, 'message');
      return messages.shift()!;
    },
  };
}

async function openSignedIn(server: { url: string }): Promise<Raw> {
  const socket = await open(server);
  socket.send({ type: 'connection_init', payload: { authorization } });
  expect(await socket.next()).toEqual({ type: 'connection_ack' });
  return socket;
}

const subscribe = (id: string, query: string) => ({ id, type: 'subscribe', payload: { query } });

describe('an operation over a WebSocket', () => {
  it.each([
    '{ hello whoami }',
    '{ whoami fail }',
    '{ refuse }',
    '{ nothing }',
    '{ hello',
    '{ a { b { c } } }',
    'mutation { write(text: "by socket") }',
    'query ($name: String!) { hello(name: $name) }',
    `{ ${Array.from({ length: 101 }, (_, n) => `a${n}: hello`).join(' ')} }`,
    'query A { hello } query B { hello }',
  ])('has the answer that it has over HTTP: %s', async (query) => {
    const server = await createLiveServer();
    const expected = await ask(server, query, { headers: { authorization } });
    const { events, end } = await askBySocket(clientOf(server), query);
    const withoutId = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replace(/"requestId":"\w+"/g, '"requestId":""'));
    if ('data' in expected) expect(withoutId(events)).toEqual([withoutId(expected)]);
    else expect(withoutId(end)).toEqual(withoutId(expected.errors));
  });

  it('comes in parts with @defer', async () => {
    const server = await createLiveServer();
    const { events } = await askBySocket(clientOf(server), '{ hello ... @defer { whoami } }');
    expect(events).toEqual([
      { data: { hello: 'hello world' }, hasNext: true },
      { incremental: [{ data: { whoami: 'user_1' }, path: [] }], hasNext: false },
    ]);
  });

  it('is a subscription whose events come until it is complete', async () => {
    const server = await createLiveServer();
    const { events, end } = await askBySocket(clientOf(server), 'subscription { ticks }');
    expect([events, end]).toEqual([[{ data: { ticks: 1 } }, { data: { ticks: 2 } }], 'complete']);
  });

  it('is limited, counted and logged as all others', async () => {
    const server = await createLiveServer({ limits: { ...limits, maxMutationsPerMinute: 1 } });
    const client = clientOf(server);
    const mutation = 'mutation Write { write(text: "x") }';
    expect((await askBySocket(client, mutation)).events).toHaveLength(1);
    expect((await askBySocket(client, mutation)).end).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    expect((await ask(server, mutation, { headers: { authorization } })).errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED' } },
    ]);
    expect(server.lines.filter(({ operation }) => operation === 'Write')).toHaveLength(3);
    expect(await server.metrics.text()).toContain('magpie_requests_total{type="mutation",status="429"} 2');
    expect(await server.metrics.text()).toContain('magpie_sockets_open 0');
  });

  it('may be one of a limited number at once', async () => {
    const server = await createLiveServer({ limits: { ...limits, maxSocketOperations: 2 } });
    const socket = await openSignedIn(server);
    for (const id of ['1', '2', '3']) socket.send(subscribe(id, '{ wait }'));
    expect(await socket.next()).toMatchObject({
      ...{ id: '3', type: 'error' },
      payload: [{ message: expect.stringContaining('at most 2'), extensions: { code: 'TOO_MANY_OPERATIONS' } }],
    });
    server.engine.waiting.open();
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { wait: 'waited' } } });
  });

  it('stops when its client does not want it any more', async () => {
    const server = await createLiveServer();
    const { stop, heard } = listen(clientOf(server), 'subscription { forever }');
    await vi.waitFor(() => expect(heard.events).toHaveLength(1), soon);
    expect(server.subscriptions.size).toBe(1);
    stop();
    await vi.waitFor(() => expect(server.subscriptions.size).toBe(0), soon);
  });

  it('ends with its WebSocket', async () => {
    const server = await createLiveServer();
    const socket = await openSignedIn(server);
    socket.send(subscribe('1', 'subscription { forever }'));
    await socket.next();
    socket.ws.terminate();
    await vi.waitFor(() => expect([server.subscriptions.size, server.sockets.size]).toEqual([0, 0]), soon);
  });
});

describe('the limits of subscriptions', () => {
  it('are shared by both transports', async () => {
    const server = await createLiveServer({ limits: { ...limits, maxSubscriptionsPerToken: 2 } });
    const sse = () =>
      fetch(`${server.url}/graphql?query=subscription{forever}`, {
        headers: { accept: 'text/event-stream', authorization },
      });
    const client = clientOf(server);
    const { heard } = listen(client, 'subscription { forever }');
    await vi.waitFor(() => expect(heard.events).toHaveLength(1), soon);
    expect((await sse()).status).toBe(200);
    expect((await sse()).status).toBe(429);
    const third = listen(client, 'subscription { forever }');
    await third.ended();
    expect(third.heard.end).toMatchObject([{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }]);
  });
});

describe('the credential of a WebSocket', () => {
  const whoami = (events: unknown[]) => (events as { data: { whoami: string } }[]).map(({ data }) => data.whoami);

  it.each([
    ['connection_init', { connectionParams: { authorization } }],
    ['connection_init, with a capital', { connectionParams: async () => ({ Authorization: authorization }) }],
    ['the header of its upgrade', { connectionParams: undefined, webSocketImpl: withHeaders({ authorization }) }],
  ])('may be in %s', async (_, options) => {
    const server = await createLiveServer();
    expect(whoami((await askBySocket(clientOf(server, options), '{ whoami }')).events)).toEqual(['user_1']);
  });

  it('may be absent', async () => {
    const server = await createLiveServer();
    const client = clientOf(server, { connectionParams: undefined });
    expect(whoami((await askBySocket(client, '{ whoami }')).events)).toEqual(['nobody']);
  });

  it.each([
    ['is unknown', 'Bearer other-token', 4401, 'Not signed in: the token is unknown, expired or revoked.'],
    [
      'has another form',
      'Basic x',
      4401,
      'Not signed in: expected `Authorization: Bearer <token>`, but got another form.',
    ],
    ['is no text', 7, 4400, 'Authorization: expected a text in the payload of connection_init.'],
    ['cannot be looked up', 'Bearer outage', 1013, 'The server cannot process this at the moment; try again shortly.'],
  ])('closes it when it %s', async (_, given, code, reason) => {
    const server = await createLiveServer();
    server.engine.outage = new UnavailableError('lost');
    const socket = await open(server);
    socket.send({ type: 'connection_init', payload: { authorization: given } });
    expect(await socket.closed).toEqual({ code, reason });
  });

  it('closes it for good when it is revoked, whether anything is subscribed or not', async () => {
    const server = await createLiveServer();
    const [silent, subscribed] = [await openSignedIn(server), await openSignedIn(server)];
    subscribed.send(subscribe('1', 'subscription { forever }'));
    await subscribed.next();
    server.engine.tokens.clear();
    await server.recheck();
    expect(await subscribed.next()).toMatchObject({
      ...{ id: '1', type: 'error' },
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    const reason = 'Your token was revoked or has expired: sign in again.';
    expect(await silent.closed).toEqual({ code: 4401, reason });
    expect(await subscribed.closed).toEqual({ code: 4401, reason });
  });

  it('closes it so that clients come back when its role is another, with the reason', async () => {
    const server = await createLiveServer();
    const socket = await openSignedIn(server);
    socket.send(subscribe('1', 'subscription { forever }'));
    await socket.next();
    server.engine.tokens.set('good-token', { ...ada, role: 'READER' });
    await server.recheck();
    expect(await socket.next()).toMatchObject({
      ...{ id: '1', type: 'next' },
      payload: { errors: [{ extensions: { code: 'ACCESS_CHANGED' } }] },
    });
    expect((await socket.closed).code).toBe(1012);
  });
});

function withHeaders(headers: Record<string, string>) {
  return class extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol, { headers });
    }
  };
}

describe('a server that drains', () => {
  it('answers what a WebSocket has asked before it closes it, and takes no more', async () => {
    const server = await createLiveServer();
    const socket = await openSignedIn(server);
    socket.send(subscribe('1', 'subscription { forever }'));
    await socket.next();
    socket.send(subscribe('2', '{ wait }'));
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    const drained = server.live.drain(20_000);
    server.subscriptions.breakOffAll();
    socket.send(subscribe('3', '{ hello }'));
    server.engine.waiting.open();
    expect(await socket.next()).toMatchObject({ id: '2', payload: { data: { wait: 'waited' } } });
    expect(await socket.closed).toEqual({ code: 1012, reason: 'Connect again, and subscribe again.' });
    expect(await drained).toBe(0);
  });

  it('gives those that do not close the time that there is, and no more', async () => {
    const server = await createLiveServer();
    const socket = await openSignedIn(server);
    socket.send(subscribe('1', '{ wait }'));
    await server.engine.reached.opened;
    expect(await server.live.drain(1)).toBe(1);
    expect((await socket.closed).code).toBe(1006);
  });
});

describe('a client that keeps to no protocol', () => {
  const init = { type: 'connection_init', payload: { authorization } };
  const words = 'Expected a message of the protocol graphql-transport-ws, as JSON.';

  it.each<[string, unknown[], number, string]>([
    ['sends no JSON', ['{'], 4400, words],
    ['sends JSON of another kind', ['[]'], 4400, words],
    ['sends a message of no type', [{ id: '1' }], 4400, words],
    [
      'sends what only a server sends',
      [init, { type: 'connection_ack' }],
      4400,
      'Unexpected message of type connection_ack received',
    ],
    [
      'subscribes first',
      [subscribe('1', '{ hello }')],
      4401,
      'Expected connection_init first, and subscribe after it is acknowledged.',
    ],
    ['begins twice', [init, init], 4429, 'Expected connection_init once.'],
    ['has a long id', [init, subscribe('x'.repeat(201), '{ hello }')], 4400, 'id: expected at most 200 characters.'],
  ])('and %s is told so', async (_, messages, code, reason) => {
    const server = await createLiveServer();
    const socket = await open(server);
    for (const message of messages) {
      socket.send(message);
      if (message === init && messages.at(-1) !== init) await socket.next();
    }
    expect(await socket.closed).toEqual({ code, reason });
  });

  it('and sends ten thousand subscriptions of one id has one, until it is closed', async () => {
    const server = await createLiveServer();
    const socket = await openSignedIn(server);
    for (let n = 0; n < 10_000; n++) socket.send(subscribe('1', 'subscription { forever }'));
    expect((await socket.closed).code).toBe(4409);
    await vi.waitFor(() => expect(server.subscriptions.size).toBe(0), soon);
  });

  it('and sends more than a message may have, or bytes, is closed', async () => {
    const server = await createLiveServer({ limits: { ...limits, maxBodyBytes: 1_000 } });
    const [large, binary] = [await openSignedIn(server), await openSignedIn(server)];
    large.send(subscribe('1', `{ hello } # ${'x'.repeat(1_000)}`));
    expect((await large.closed).code).toBe(1009);
    binary.ws.send(Buffer.from('{}'));
    expect(await binary.closed).toEqual({ code: 1003, reason: 'Expected messages of text, but got a binary one.' });
  });

  it('and begins with nothing is closed after a while', async () => {
    const server = await createLiveServer({ socketLimits: { initWaitMs: 20 } });
    expect(await (await open(server)).closed).toEqual({
      code: 4408,
      reason: 'Expected connection_init within 0.02 s.',
    });
  });

  it('and gives no sign of life is given up, and no other', async () => {
    const server = await createLiveServer({ socketLimits: { beatMs: 20, silenceMs: 100 } });
    const silent = await open(server, { autoPong: false });
    const alive = await openSignedIn(server);
    expect((await silent.closed).code).toBe(1006);
    alive.send(subscribe('1', '{ hello }'));
    expect(await alive.next()).toMatchObject({ type: 'next' });
  });

  it.each([
    ['after a while', { silenceMs: 50 }],
    ['when too much waits for it', { maxWaitingBytes: 1_000 }],
  ])('and does not read is given up %s, with what it had subscribed', async (_, socketLimits) => {
    const server = await createLiveServer({ socketLimits });
    const socket = await openSignedIn(server);
    socket.send(subscribe('1', 'subscription { forever }'));
    await socket.next();
    socket.ws.pause();
    const fields = Array.from({ length: 40 }, (_, n) => `a${n}: hello(name: $name)`).join(' ');
    const payload = { query: `query ($name: String) { ${fields} }`, variables: { name: 'x'.repeat(100_000) } };
    for (let n = 0; n < 10; n++) socket.send({ id: `q${n}`, type: 'subscribe', payload });
    await vi.waitFor(() => expect([server.subscriptions.size, server.sockets.size]).toEqual([0, 0]), soon);
  });
});

describe('a WebSocket whose client answers pings, but does not read', () => {
  it('is given up', async () => {
    const listening = { silenceMs: 50, slowestBytesPerSecond: Number.POSITIVE_INFINITY };
    const server = await createLiveServer({}, listening);
    const socket = await openSignedIn(server);
    socket.send(subscribe('1', 'subscription { forever }'));
    await socket.next();
    socket.ws.pause();
    const pongs = setInterval(() => socket.ws.pong(), 5);
    onTestFinished(() => clearInterval(pongs));
    const fields = Array.from({ length: 40 }, (_, n) => `a${n}: hello(name: $name)`).join(' ');
    const payload = { query: `query ($name: String) { ${fields} }`, variables: { name: 'x'.repeat(100_000) } };
    socket.send({ id: 'q', type: 'subscribe', payload });
    await vi.waitFor(() => expect([server.subscriptions.size, server.sockets.size]).toEqual([0, 0]), soon);
  });
});

describe('a client that reads slowly', () => {
  it('gets every event, as none is read from the source before the last is written', async () => {
    const server = await createLiveServer({ socketLimits: { maxWaitingBytes: 2_000_000 } });
    const socket = await openSignedIn(server);
    socket.send(subscribe('1', 'subscription { megabytes }'));
    await socket.next();
    socket.ws.pause();
    const other = await openSignedIn(server); // by now the server has sent the first what it takes
    other.send(subscribe('1', 'subscription { megabytes }'));
    for (let event = 0; event < 20; event++) await other.next();
    socket.ws.resume();
    for (let event = 1; event < 20; event++) expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
    expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
  });
});

describe('an upgrade', () => {
  const handshake = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
    'sec-websocket-protocol': 'graphql-transport-ws',
  };
  const origins = ['https://app.example', 'http://localhost:*'];

  it.each([
    ['elsewhere', '/elsewhere', {}, 404, 'No WebSocket at this path. GraphQL is at /graphql.'],
    ['with another subprotocol', '/graphql', { 'sec-websocket-protocol': 'graphql-ws' }, 400, 'graphql-transport-ws'],
    ['without a subprotocol', '/graphql', { 'sec-websocket-protocol': '' }, 400, 'graphql-transport-ws'],
    ['of another version', '/graphql', { 'sec-websocket-version': '8' }, 426, 'version 13'],
    ['without a key', '/graphql', { 'sec-websocket-key': '' }, 400, 'Sec-WebSocket-Key'],
    ['of another origin', '/graphql', { origin: 'https://evil.example' }, 403, 'CORS_ORIGINS'],
    ['of an origin that is none', '/graphql', { origin: 'null' }, 403, 'CORS_ORIGINS'],
  ])('%s is refused with words', async (_, path, headers, status, words) => {
    const server = await createLiveServer({ cors: { origins, headers: [] } });
    const answer = await ask101(`${server.url}${path}`, { ...handshake, ...headers });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).errors[0].message).toContain(words);
  });

  it.each([
    ['none', undefined],
    ['one that may read answers', 'https://app.example'],
    ['any port, as that is allowed', 'http://localhost:5173'],
    ['the server itself', 'own'],
  ])('is taken from the origin: %s', async (_, given) => {
    const server = await createLiveServer({ cors: { origins, headers: [] } });
    const origin = given === 'own' ? server.url : given;
    const { status } = await ask101(`${server.url}/graphql`, origin ? { ...handshake, origin } : handshake);
    expect(status).toBe(101);
  });

  it('is refused while the server drains', async () => {
    const server = await createLiveServer();
    const pending = fetch(`${server.url}/graphql?query={wait}`, { headers: { authorization } });
    await server.engine.reached.opened;
    const socket = await open(server);
    const drained = server.live.drain(20_000);
    await socket.closed;
    const { status, body } = await ask101(`${server.url}/graphql`, handshake);
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([503, 'UNAVAILABLE']);
    server.engine.waiting.open();
    expect((await pending).status).toBe(200);
    await drained;
  });

  it('counts as one of the connections that may be open', async () => {
    const server = await createLiveServer({}, { maxConnections: 1 });
    await openSignedIn(server);
    await expect(open(server)).rejects.toThrow();
  });
});

/** The answer to a request for an upgrade. */
async function ask101(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  const sent = request(url, { headers });
  return await new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('upgrade', (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, body: '' });
    });
    sent.once('response', async (response) => {
      let body = '';
      for await (const part of response) body += part;
      resolve({ status: response.statusCode!, body });
    });
    sent.end();
  });
}
