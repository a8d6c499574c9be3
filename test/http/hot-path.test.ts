import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Viewer } from '../../src/domains/context.ts';
import { answerArrivals } from '../../src/http/arrivals.ts';
import { type HotAnswer, HotPath, type HotPathOptions } from '../../src/http/hot-path.ts';
import { RememberedResponses } from '../../src/http/remembered-responses.ts';
import { untraced } from '../../src/http/traces.ts';

const viewer = { workspaceId: 'ws_1', tokenId: 'tok_1', userId: 'user_1', role: 'OWNER' } as Viewer;

/** Answers the first time with the words of the pipeline, and from then on with what was remembered, if the engine lets it. */
async function serve(engine: HotPathOptions['engine']) {
  const responses = new RememberedResponses(1_000_000);
  const counted: HotAnswer[] = [];
  const hotPath = new HotPath(
    (request, response) => {
      const from = { fragments: [], day: undefined };
      const body = Buffer.from('remembered');
      responses.remember(request, { from, viewer, headers: ['content-length', '10'], body });
      response.setHeader('content-length', 12).end('the pipeline');
    },
    { engine, responses, graphqlPath: '/graphql', onAnswer: (answer) => counted.push(answer) },
  );
  const server = createServer(hotPath.listener);
  let unparsed = 0;
  answerArrivals(server, {
    answer(bytes) {
      const answer = hotPath.answerBytes(bytes);
      if (answer) unparsed++;
      return answer;
    },
    onUnsent: () => {},
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  /** Over one connection, as clients do. */
  const ask = async (headers = '') => {
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: magpie\r\nauthorization: Bearer token\r\ncontent-type: application/json\r\n${headers}content-length: 2\r\n\r\n{}`,
    );
    const [bytes] = await once(socket, 'data');
    const [head, body] = bytes.toString().split('\r\n\r\n');
    return { head, body };
  };
  return { ask, responses, counted, unparsed: () => unparsed };
}

async function bodiesOf(ask: () => Promise<{ body: string }>, count: number): Promise<string[]> {
  const bodies: string[] = [];
  for (let asked = 0; asked < count; asked++) bodies.push((await ask()).body);
  return bodies;
}

const ways: [string, HotPathOptions['engine']['authenticate']][] = [
  [
    'cannot be asked for',
    () => {
      throw new Error('too many at once');
    },
  ],
  ['is not found in time', () => Promise.reject(new Error('the database is gone'))],
  ['is nobody’s any more', () => null],
  ['is another’s now', () => ({ ...viewer, role: 'READER' })],
];

describe('a request that was answered before', () => {
  it('is answered again while its token stands for the same viewer and its fragments stand', async () => {
    const { ask, unparsed } = await serve({ authenticate: () => ({ ...viewer }), replay: () => 1_000 });
    expect(await bodiesOf(ask, 3)).toEqual(['the pipeline', 'remembered', 'remembered']);
    expect(unparsed()).toBe(1);
  });

  it.each(ways)('goes to the pipeline when its viewer %s', async (_, authenticate) => {
    const { ask } = await serve({ authenticate, replay: () => 1_000 });
    expect(await bodiesOf(ask, 2)).toEqual(['the pipeline', 'the pipeline']);
  });

  it.each(ways)('is not answered by its bytes either when its viewer %s', async (_, authenticate) => {
    const engine = { authenticate: (): ReturnType<typeof authenticate> => viewer, replay: () => 1_000 };
    const { ask, unparsed } = await serve(engine);
    expect(await bodiesOf(ask, 3)).toEqual(['the pipeline', 'remembered', 'remembered']);
    engine.authenticate = () => authenticate('token');
    expect((await ask()).body).toBe('the pipeline');
    expect(unparsed()).toBe(1);
  });

  it('waits for its viewer behind the parser', async () => {
    const engine = { authenticate: (): Viewer | Promise<Viewer> => viewer, replay: () => 1_000 };
    const { ask, unparsed } = await serve(engine);
    await bodiesOf(ask, 3);
    engine.authenticate = async () => viewer;
    expect((await ask()).body).toBe('remembered');
    expect(unparsed()).toBe(1);
  });

  it('is not answered by its bytes when a fragment does not stand any more, and is forgotten', async () => {
    const engine = { authenticate: () => viewer, replay: (): number | undefined => 1_000 };
    const { ask, responses, unparsed } = await serve(engine);
    await bodiesOf(ask, 3);
    engine.replay = () => undefined;
    expect((await ask()).body).toBe('the pipeline');
    engine.replay = () => 1_000;
    expect(unparsed()).toBe(1);
    expect(await bodiesOf(ask, 2)).toEqual(['remembered', 'remembered']);
    expect([unparsed(), responses.size]).toEqual([2, 1]);
  });

  it('is counted, and has an id of its own, whichever way it came', async () => {
    const { ask, counted, unparsed } = await serve({ authenticate: () => viewer, replay: () => 5_000 });
    await ask();
    const heads = [(await ask()).head, (await ask()).head, (await ask()).head];
    expect(unparsed()).toBe(2);
    expect(counted.map(({ method, requestId }) => [method, requestId])).toEqual(
      heads.map((head) => ['POST', /^x-request-id: (.+)\r/im.exec(head)![1]]),
    );
    expect(new Set(counted.map(({ requestId }) => requestId)).size).toBe(3);
    for (const head of heads) expect(head).toMatch(/^cache-status: Magpie; hit; ttl=5\r?$/im);
  });

  it('goes to the parser when it is longer than that would read', async () => {
    const { ask, unparsed } = await serve({ authenticate: () => viewer, replay: () => 1_000 });
    for (let time = 0; time < 3; time++) await ask();
    expect((await ask(`tracestate: ${'a'.repeat(16_300)}\r\n`)).head).toMatch(/^HTTP\/1.1 431 /);
    expect(unparsed()).toBe(1);
  });

  it('keeps the id that its client gave it', async () => {
    const { ask, unparsed } = await serve({ authenticate: () => viewer, replay: () => 1_000 });
    const given = 'x-request-id: mine-1\r\n';
    for (let time = 0; time < 2; time++) await ask(given);
    expect((await ask(given)).head).toMatch(/^x-request-id: mine-1\r?$/im);
    expect((await ask('X-Request-Id: mine-2\r\n')).head).toMatch(/^x-request-id: mine-2\r?$/im);
    expect((await ask('x-request-id: <b>\r\n')).head).toMatch(/^x-request-id: [\da-f-]{36}\r?$/im);
    expect((await ask('x-request-id: 1\r\nx-request-id: 2\r\n')).head).toMatch(/^x-request-id: [\da-f-]{36}\r?$/im);
    expect(unparsed()).toBe(4);
  });
});

describe('a request without what traces it', () => {
  const whole = (lines: string, body = '{}') => `POST /graphql HTTP/1.1\r\nhost: magpie\r\n${lines}\r\n${body}`;

  it('has all its other bytes', () => {
    const traced = whole('X-Request-ID: mine\r\ncontent-length: 2\r\ntraceparent: 00-ab-cd-01\r\n');
    expect(untraced(traced)).toEqual({ text: whole('content-length: 2\r\n'), requestId: 'mine' });
    expect(untraced(whole('content-length: 2\r\nx-request-id: a\r\n'))?.text).toBe(whole('content-length: 2\r\n'));
  });

  it.each([
    ['has none of it', whole('content-length: 2\r\n')],
    ['has it in its body', whole('content-length: 21\r\n', '\r\nx-request-id: mine\r\n')],
    ['has it after its head', whole('', '\r\nx-request-id: mine\r\n\r\n')],
    ['has it in the middle of a header', whole('x-other: x-request-id: mine\r\n')],
    ['has it under another name', whole('x-x-request-id: mine\r\nx-request-id-x: mine\r\n')],
    ['goes on with it in the next line', whole('x-request-id: mine\r\n and more\r\n')],
    ['has bytes in it that no header has', whole('x-request-id: mi\x00ne\r\n')],
    ['has it before its first line', `\r\nx-request-id: mine\r\n${whole('')}`],
    ['has more of it than is sane', whole('tracestate: a\r\n'.repeat(9))],
    ['has not come with all of its head', 'POST /graphql HTTP/1.1\r\nx-request-id: mine\r\n'],
  ])('is nothing else when it %s', (_, text) => {
    expect(untraced(text)).toBeUndefined();
  });
});

describe('remembered responses', () => {
  const from = { fragments: [], day: undefined };
  const remember = (responses: RememberedResponses, key: string) => {
    const request = {} as Parameters<typeof responses.expect>[0];
    responses.expect(request, key);
    responses.remember(request, { from, viewer, headers: [], body: Buffer.alloc(100) });
  };
  const request = (key: string) => ({ key, token: 'token', method: 'POST' });

  it('are known by the latest four of the bytes that ask for them, and by none when they are forgotten', () => {
    const responses = new RememberedResponses(100_000);
    remember(responses, 'a');
    const texts = ['1', '2', '3', '4', '5'];
    for (const text of texts) responses.know(text, request('a'));
    expect(texts.map((text) => responses.known(text) !== undefined)).toEqual([false, true, true, true, true]);
    responses.forget('a');
    expect(texts.filter((text) => responses.known(text))).toEqual([]);
    expect([responses.size, responses.bytes]).toEqual([0, 0]);
  });

  it('count what they are known by, and give way when it is too much', () => {
    const responses = new RememberedResponses(100_000);
    for (const key of ['a', 'b', 'c']) {
      remember(responses, key);
      for (let at = 0; at < 4; at++) responses.know(`${key}${at}`.padEnd(16_000), request(key));
      expect(responses.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(responses.known('a0'.padEnd(16_000))).toBeUndefined();
    expect(responses.known('c3'.padEnd(16_000))).toBeDefined();
    const { bytes } = responses;
    responses.know('c4'.padEnd(17_000), request('c')); // too long to be worth it
    expect(responses.bytes).toBe(bytes);
  });
});
