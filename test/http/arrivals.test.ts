import { once } from 'node:events';
import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AnswerBytes, answerArrivals, wholeBytesOf } from '../../src/http/arrivals.ts';
import { collectGarbage } from '../setup/garbage.ts';

/** On a machine that is busy, too. */
const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

const post = (body: string, headers = '') =>
  `POST /graphql HTTP/1.1\r\nHost: magpie\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;

/** A server that knows the bytes of each request that it answered once. Parsed answers say so. */
async function serve({ listener = echo, knownBody = Buffer.from('known'), ...options }: Options = {}) {
  const known = new Map<string, string | undefined>(); // each with its address
  const seen: string[] = [];
  const unsent: Socket[] = [];
  const server = createServer({ keepAliveTimeout: 75_000, ...options }, (request, response) => {
    request.once('end', () => {
      const bytes = wholeBytesOf(request)?.toString('latin1');
      if (bytes) known.set(bytes, request.url);
    });
    listener(request, response);
  });
  const places = new Set<ArrayBufferLike>();
  const answer: AnswerBytes = (bytes) => {
    places.add(bytes.buffer);
    seen.push(bytes.toString('latin1'));
    return known.has(seen.at(-1)!) ? { head: `Content-Length: ${knownBody.length}\r\n`, body: knownBody } : undefined;
  };
  answerArrivals(server, { answer, staysOpen: () => true, onUnsent: (socket) => unsent.push(socket) });
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, known, seen, places, unsent, sockets, port: (server.address() as AddressInfo).port };
}

interface Options extends ServerOptions {
  listener?: RequestListener;
  knownBody?: Buffer;
}

const echo: RequestListener = (request, response) => {
  request.resume().once('end', () => response.end('parsed'));
};

/** Answers `/late` when it is told to. */
function createLate() {
  let finish = () => {};
  const late: RequestListener = (request, response) => {
    if (request.url === '/late') request.resume().once('end', () => (finish = () => response.end('late')));
    else echo(request, response);
  };
  return { late, finish: () => finish() };
}

/** A client that says what it is told to, and the bodies that come back. */
async function connectTo({ port, sockets }: Pick<Awaited<ReturnType<typeof serve>>, 'port' | 'sockets'>) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  await soon(() => expect(sockets.length).toBeGreaterThan(0));
  const here = sockets.at(-1)!;
  let text = '';
  let sent = 0;
  socket.on('data', (bytes) => (text += bytes.toString('latin1')));
  return {
    socket,
    /** Resolves when the server has read it, so that the next bytes come apart from these. */
    async say(bytes: string) {
      sent += bytes.length;
      socket.write(bytes, 'latin1');
      await soon(() => expect(here.bytesRead).toBe(sent));
    },
    answers: (count: number) =>
      soon(() => {
        const bodies = text.match(/\r\n\r\n(parsed|known|late)/g) ?? [];
        expect(bodies).toHaveLength(count);
        return bodies.map((body) => body.slice(4));
      }),
    text: () => text,
  };
}

describe('bytes that arrive', () => {
  it('are all read into one place, and copied for whoever keeps them', async () => {
    const bodies: string[] = [];
    const server = await serve({
      listener: (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.once('end', () => {
          const body = Buffer.concat(chunks).toString('latin1');
          bodies.push(`${body.length} × ${[...new Set(body)].join('')}`);
          response.end('parsed');
        });
      },
    });
    const one = await connectTo(server);
    await one.say(post('1'));
    await one.answers(1);
    const other = await connectTo(server);
    await other.say(post('2'));
    await other.answers(1);
    const [long, same] = ['a'.repeat(2_000), 'b'.repeat(2_000)].map((body) => post(body));
    await one.say(long!.slice(0, 1_000));
    await other.say(same!);
    await other.answers(2);
    await one.say(long!.slice(1_000));
    await one.answers(2);
    await one.say(same!);
    expect(await one.answers(3)).toEqual(['parsed', 'parsed', 'known']);
    expect(bodies).toEqual(['1 × 1', '1 × 2', '2000 × b', '2000 × a']);
    expect([server.seen.length, server.places.size]).toEqual([3, 1]);
  });
});

describe('bytes that were a request before', () => {
  it('are answered without being parsed, on a connection whose first request was', async () => {
    const server = await serve();
    const { say, answers } = await connectTo(server);
    await say(post('a'));
    await answers(1);
    await say(post('a'));
    expect(await answers(2)).toEqual(['parsed', 'known']);
    await say(post('b'));
    await answers(3);
    await say(post('a'));
    await answers(4);
    await say(post('b'));
    expect(await answers(5)).toEqual(['parsed', 'known', 'parsed', 'known', 'known']);
    const other = await connectTo(server);
    await other.say(post('a'));
    expect(await other.answers(1)).toEqual(['parsed']);
  });

  it('are answered with what Node says of the connection', async () => {
    const { port, sockets, known } = await serve();
    const { say, answers, text } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    const parsed = text();
    await say(post('a'));
    await answers(2);
    const lines = (head: string) =>
      head
        .split('\r\n')
        .slice(0, -1)
        .filter((line) => !line.startsWith('Content-Length'))
        .map((line) => line.replace(/^(Date): \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/, '$1'));
    expect(lines(text().slice(parsed.length))).toEqual(lines(parsed));
    expect(lines(parsed)).toContain('Keep-Alive: timeout=75');
    expect([...known.keys()]).toEqual([post('a')]);
  });

  it.each([
    ['the head', 7],
    ['its end', post('a').indexOf('\r\n\r\n') + 2],
    ['head and body', post('a').length - 1],
  ])('go to the parser when they come in pieces, cut in %s, and are known again afterwards', async (_, at) => {
    const { port, sockets } = await serve();
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    await say(post('a').slice(0, at));
    await say(post('a').slice(at));
    await answers(2);
    await say(post('a'));
    expect(await answers(3)).toEqual(['parsed', 'parsed', 'known']);
  });

  it('are left to the parser from then on where requests overlap', async () => {
    const { port, sockets } = await serve();
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    await say(post('a') + post('b'));
    expect(await answers(3)).toEqual(['parsed', 'parsed', 'parsed']);
    await say(post('a'));
    expect(await answers(4)).toEqual(['parsed', 'parsed', 'parsed', 'parsed']);
  });

  it('are left to the parser when it has begun with something else already', async () => {
    const { port, sockets } = await serve();
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    await say(`${post('b')}GET /other HTTP/1.1\r\nX-Begun: `);
    await answers(2);
    await say(post('a')); // to the parser it is the rest of a header, and more headers
    expect(await answers(3)).toEqual(['parsed', 'parsed', 'parsed']);
  });

  it('do not overtake the answer to what came before them', async () => {
    const { late, finish } = createLate();
    const { port, sockets, known } = await serve({ listener: late });
    const { say, answers } = await connectTo({ port, sockets });
    const [slow, quick] = ['late', 'quick'].map((path) => `GET /${path} HTTP/1.1\r\nHost: magpie\r\n\r\n`) as [
      string,
      string,
    ];
    await say(quick);
    await answers(1);
    await say(slow);
    await say(quick);
    finish();
    expect(await answers(3)).toEqual(['parsed', 'late', 'parsed']);
    expect(known.get(slow)).toBe('/late'); // and not what came while it was waited for
  });

  it('are not looked for in the middle of a body that looks like a request', async () => {
    const { port, sockets, seen } = await serve();
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    const inner = post('a');
    await say(`POST /graphql HTTP/1.1\r\nHost: magpie\r\nContent-Length: ${inner.length}\r\n\r\n`);
    await say(inner);
    expect(await answers(2)).toEqual(['parsed', 'parsed']);
    expect(seen).not.toContain(inner);
    await say(inner);
    expect(await answers(3)).toEqual(['parsed', 'parsed', 'known']);
  });

  it('are left to the parser after an answer that came before its request had ended', async () => {
    const early: RequestListener = (request, response) => {
      if (request.url === '/early') response.end('parsed');
      else echo(request, response);
    };
    const { port, sockets } = await serve({ listener: early });
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    const inner = post('a');
    await say(`POST /early HTTP/1.1\r\nHost: magpie\r\nContent-Length: ${inner.length}\r\n\r\n`);
    await answers(2);
    await say(inner); // the rest of it
    await say(post('a'));
    expect(await answers(3)).toEqual(['parsed', 'parsed', 'parsed']);
  });
});

describe('a request', () => {
  it.each([
    ['that ends its connection', 'Connection: close\r\n'],
    ['that asks for an upgrade', 'Connection: upgrade\r\nUpgrade: websocket\r\n'],
    ['that waits to be continued', 'Expect: 100-continue\r\n'],
    ['that ends it in the words of old proxies', 'Proxy-Connection: close\r\n'],
    ['with more headers than are read', 'a:b\r\n'.repeat(1_100)],
  ])('%s is never known', async (_, headers) => {
    const { port, sockets, known } = await serve();
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a', headers));
    await answers(1);
    expect(known.size).toBe(0);
  });

  it.each([
    ['in HTTP/1.0', ['GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n']],
    ['in chunks', ['POST / HTTP/1.1\r\nHost: magpie\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\na\r\n0\r\n\r\n']],
  ])('%s is never known', async (_, pieces) => {
    const { port, sockets, known } = await serve();
    const { say, answers } = await connectTo({ port, sockets });
    for (const piece of pieces) await say(piece);
    await answers(1);
    expect(known.size).toBe(0);
  });

  it('whose head only a lenient parser understands leaves its connection to that', async () => {
    const { late, finish } = createLate();
    const { port, sockets } = await serve({ listener: late, insecureHTTPParser: true });
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    // To the eye of a strict parser this is one request, to a lenient one it is two.
    await say('GET / HTTP/1.1\nHost: magpie\n\nGET /late HTTP/1.1\r\nHost: magpie\r\n\r\n');
    await answers(2);
    await say(post('a'));
    finish();
    expect(await answers(4)).toEqual(['parsed', 'parsed', 'late', 'parsed']);
  });
});

describe('a request that does not begin or end where it seems to', () => {
  /** Answers `/early` before its body has come. */
  const early: RequestListener = (request, response) => {
    if (request.url === '/early') response.end('parsed');
    else echo(request, response);
  };

  const earlyHead = (headers: string, length: number) =>
    `POST /early HTTP/1.1\r\nHost: magpie\r\n${headers}Content-Length: ${length}\r\n\r\n`;
  const padded = (length: number) => {
    const bare = post('a', 'X-Pad: \r\n').length;
    return post('a', `X-Pad: ${'p'.repeat(Math.max(0, length - bare))}\r\n`);
  };

  it.each([
    ['with headers that are left out', '', 'a:b\r\n'.repeat(1_000), ''],
    ['after empty lines', '\r\n\r\n', '', 'abc'],
  ])('%s is followed by its body, whatever that looks like', async (_, before, headers, begun) => {
    const { port, sockets } = await serve({ listener: early });
    const { say, answers } = await connectTo({ port, sockets });
    const inner = padded(earlyHead('', 100).length); // as long as the head that is mistaken for nothing
    for (const count of [1, 2]) {
      await say(inner);
      await answers(count);
    }
    await say(`${before}${earlyHead(headers, inner.length + begun.length)}${begun}`);
    await answers(3);
    await say(inner); // the rest of the body
    await say(inner);
    expect(await answers(4)).toEqual(['parsed', 'known', 'parsed', 'parsed']);
  });

  it('is not known by what came before it was refused', async () => {
    const { port, sockets, known } = await serve();
    const { say, answers, text } = await connectTo({ port, sockets });
    const refused = 'POST / HTTP/1.1\r\nHost: magpie\r\nExpect: nothing\r\n\r\n';
    await say(refused);
    await soon(() => expect(text()).toContain('417'));
    const length = (digits: number) => `POST / HTTP/1.1\r\nHost: magpie\r\nContent-Length: ${digits}\r\n\r\n`;
    const head = length(length(10).length);
    await say(head);
    await say('x'.repeat(head.length));
    await answers(1);
    expect(known.size).toBe(0);
  });

  it('is not kept in memory while it does not begin', async () => {
    const { port, sockets } = await serve();
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 16; round++) await say('\r\n'.repeat(512 * 1024));
    await say(post('a'));
    await answers(2);
    collectGarbage();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });
});

describe('a connection that is answered so', () => {
  it('is closed when it was idle for too long', async () => {
    const { port, sockets } = await serve({ keepAliveTimeout: 100 });
    const { socket, say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    await say(post('a'));
    expect(await answers(2)).toEqual(['parsed', 'known']);
    await once(socket, 'close');
  });

  it('is left to Node, which can wait, while its client does not take what it was told before', async () => {
    const { port, sockets, seen } = await serve();
    const { socket, say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    socket.pause();
    sockets[0]!.write(Buffer.alloc(64 * 1024 * 1024));
    expect(sockets[0]!.writableLength).toBeGreaterThan(0);
    await say(post('a'));
    expect(seen).toEqual([]);
  });

  it('is told of when its client does not take all of the answer', async () => {
    const { port, sockets, known, unsent } = await serve({ knownBody: Buffer.alloc(64 * 1024 * 1024) });
    const { socket, say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    expect(known.size).toBe(1);
    socket.pause();
    await say(post('a'));
    expect(unsent).toEqual([sockets[0]]);
  });
});

describe('bytes whose parser is not Node’s alone', () => {
  it('are left to it', async () => {
    const { server, port, sockets, seen } = await serve();
    const other = () => {};
    server.prependListener('connection', (socket: Socket) => socket.on('data', other));
    const { say, answers } = await connectTo({ port, sockets });
    await say(post('a'));
    await answers(1);
    await say(post('a'));
    expect(await answers(2)).toEqual(['parsed', 'parsed']);
    expect(seen).toEqual([]);
    expect(sockets[0]!.listeners('data')).toContain(other);
  });
});
