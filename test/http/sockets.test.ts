import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createListener, type ListenerOptions } from '../../src/http/listener.ts';
import { createTestServer } from './engine.ts';
import { createLiveServer } from './live.ts';

async function listen(options: ListenerOptions = {}, serve = createTestServer().listener) {
  const live = createListener(options);
  const url = await live.listen({ host: '127.0.0.1', port: 0 });
  live.serve({ listener: serve }, async () => true);
  onTestFinished(async () => void (await live.drain(0)));
  const open = async (): Promise<Socket> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { live, url, open };
}

/** Resolves when the server has closed it, which is known when all is read. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    socket.once('close', () => resolve());
    socket.resume();
  });
}

const get = 'GET /graphql?query={hello} HTTP/1.1\r\nhost: x\r\n\r\n';

describe('a client that does not take its answer', () => {
  /** More than what buffers on the way hold. */
  const file = () => Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(1024 * 1024)));

  it('is given up after a while of silence, with what was open for it', async () => {
    let gaveUp = () => {};
    const givenUp = new Promise<void>((resolve) => (gaveUp = resolve));
    const { open } = await listen({ silenceMs: 50 }, (_, response) => {
      file().pipe(response);
      response.once('close', gaveUp);
    });
    const socket = await open();
    socket.pause();
    socket.write(get);
    await givenUp;
    await closed(socket);
  });

  it('is given up even if it sends a byte now and then', async () => {
    let gaveUp = () => {};
    const givenUp = new Promise<void>((resolve) => (gaveUp = resolve));
    const { open } = await listen({ silenceMs: 50, slowestBytesPerSecond: Number.POSITIVE_INFINITY }, (_, response) => {
      file().pipe(response);
      response.once('close', gaveUp);
    });
    const socket = await open();
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n');
    const trickle = setInterval(() => socket.write('x'), 5);
    onTestFinished(() => clearInterval(trickle));
    await givenUp;
    await closed(socket);
  });

  it('is given up with the file that it downloads', async () => {
    const stream = file();
    const byteSize = 64 * 1024 * 1024;
    const served = { fileName: 'f.png', mimeType: 'image/png', byteSize, sha256: 'x' };
    const media = { find: async () => served as never, open: async () => ({ stream, size: byteSize }) };
    const { open } = await listen({ silenceMs: 50 }, createTestServer({ media }).listener);
    const socket = await open();
    socket.pause();
    const gone = once(stream, 'close');
    socket.write('GET /media/key HTTP/1.1\r\nhost: x\r\n\r\n');
    await gone;
    expect(stream.destroyed).toBe(true);
    await closed(socket);
  });

  it('is given up whatever it has asked for since', async () => {
    let gaveUp = () => {};
    const givenUp = new Promise<void>((resolve) => (gaveUp = resolve));
    const { open } = await listen({ silenceMs: 50 }, (request, response) => {
      if (request.url !== '/1') return;
      file().pipe(response);
      response.once('close', gaveUp);
    });
    const socket = await open();
    socket.pause();
    socket.write('GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n');
    await givenUp;
    await closed(socket);
  });
});

describe('a client that has taken all there is', () => {
  it('may wait for more as long as it takes', async () => {
    let streaming!: ServerResponse;
    const { open } = await listen({ silenceMs: 50 }, (_, response) => {
      streaming = response;
      response.write('first');
    });
    const [waiting, silent] = [await open(), await open()];
    waiting.write(get);
    await once(waiting, 'data');
    await closed(silent); // a time of silence has passed
    const silentToo = await open();
    await closed(silentToo);
    streaming.end('last');
    const [bytes] = await once(waiting, 'data');
    expect(String(bytes)).toContain('last');
  });
});

describe('a subscription without events', () => {
  it('stays open, however long its client is silent', async () => {
    const { url, engine } = await createLiveServer({}, { silenceMs: 50 });
    const connectSilently = () => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => {});
      return closed(socket);
    };
    const response = await fetch(`${url}/graphql?query=subscription{forever}`, {
      headers: { accept: 'text/event-stream' },
    });
    for (let times = 0; times < 4; times++) await connectSilently(); // each lasts a time of silence
    engine.waiting.open();
    expect(await response.text()).toMatch(/event: complete/);
  });
});

describe('connections', () => {
  it('are closed as they come when there are too many, and heard of', async () => {
    let drops = 0;
    const { open } = await listen({ maxConnections: 2, onDrop: () => drops++ });
    const [one, two] = [await open(), await open()];
    await closed(await open());
    expect(drops).toBe(1);
    one.destroy();
    two.write(get);
    const [answer] = await once(two, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a stop', () => {
  it.each([
    ['asks for nothing', ''],
    ['has sent half of its head', 'POST /graphql HTTP/1.1\r\nhost: x\r\n'],
    ['has sent half of a request line', 'POST /gra'],
    ['has sent half of its next head', `${get}POST /graphql HTTP/1.1\r\n`],
  ])('does not wait for a connection that %s', async (_, sent) => {
    const { live, open } = await listen({}, (_, response) => void response.end());
    const socket = await open();
    socket.write(sent);
    if (sent.startsWith(get)) await once(socket, 'data');
    expect(await live.drain(60_000)).toBe(0);
    await closed(socket);
  });

  it('gives a request that has sent half of its body the time that there is, and no more', async () => {
    const { live, open } = await listen();
    const socket = await open();
    socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
    await once(await open().then((other) => other.end(get)), 'data'); // the one before has been read, too
    expect(await live.drain(1)).toBe(1);
    await closed(socket);
  });
});
