import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Viewer } from '../../src/domains/context.ts';
import { answerArrivals } from '../../src/http/arrivals.ts';
import { type HotAnswer, HotPath, type HotPathOptions } from '../../src/http/hot-path.ts';
import { type MadeResponse, Making } from '../../src/http/making.ts';
import { RememberedResponses } from '../../src/http/remembered-responses.ts';
import { untraced } from '../../src/http/traces.ts';

const viewer = { workspaceId: 'ws_1', tokenId: 'tok_1', userId: 'user_1', role: 'OWNER' } as Viewer;

type Engine = HotPathOptions['engine'];

/** A clock that stands, and everybody may have what was made. */
const calm = { repeat: () => true, stamp: 7 };

interface Kitchen {
  /** Requests that the pipeline was given and has not answered yet; it answers at once when this is not there. */
  readonly held?: (() => void)[];
  /** Whether what it makes may be given to others. */
  readonly isGood?: boolean;
  readonly madeFor?: Viewer;
}

/** Answers the first time with the words of the pipeline, and from then on with what was remembered, if the engine lets it. */
async function serve(given: Partial<Engine> & Pick<Engine, 'authenticate' | 'replay'>, kitchen: Kitchen = {}) {
  const engine = Object.assign(given, { ...calm, ...given });
  const responses = new RememberedResponses(1_000_000);
  const counted: HotAnswer[] = [];
  let cooked = 0;
  const hotPath = new HotPath(
    (request, response) => {
      const { held, isGood = true, madeFor = viewer } = kitchen;
      cooked++;
      const answer = () => {
        responses.end(request, isGood ? made({ viewer: madeFor }) : undefined);
        response.setHeader('content-length', 12).end('the pipeline');
      };
      if (held) held.push(answer);
      else answer();
    },
    { engine, responses, graphqlPath: '/graphql', onAnswer: (answer) => counted.push(answer) },
  );
  const server = createServer(hotPath.listener);
  let unparsed = 0;
  answerArrivals(server, {
    answer(bytes) {
      const answer = hotPath.answerBytes(bytes);
      if (answer !== undefined) unparsed++;
      return answer;
    },
    staysOpen: () => true,
    onUnsent: () => {},
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  /** Over one connection, as clients do. */
  const open = () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    return Object.assign(
      async (headers = '') => {
        socket.write(requestWith(headers));
        const [bytes] = await once(socket, 'data');
        const [head, body] = bytes.toString().split('\r\n\r\n');
        return { head, body };
      },
      { socket },
    );
  };
  return { ask: open(), open, responses, counted, unparsed: () => unparsed, cooked: () => cooked };
}

const requestWith = (headers: string) =>
  `POST /graphql HTTP/1.1\r\nhost: magpie\r\nauthorization: Bearer token\r\ncontent-type: application/json\r\n${headers}content-length: 2\r\n\r\n{}`;

function made({ viewer: madeFor = viewer, size = 10 } = {}): MadeResponse {
  const joinedFrom = { fragments: [], day: undefined };
  return {
    origin: { joinedFrom, day: undefined, found: [], executed: [] },
    status: 'Magpie; fwd=miss; collapsed',
    viewer: madeFor,
    headers: ['content-length', `${size}`],
    head: `content-length: ${size}\r\n`,
    body: Buffer.from('remembered'.padEnd(size)),
  };
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

  it('is not answered by its bytes when a fragment does not stand any more, but is again when it was made anew', async () => {
    const engine = { authenticate: () => viewer, replay: (): number | undefined => 1_000 };
    const { ask, responses, unparsed } = await serve(engine);
    await bodiesOf(ask, 3);
    engine.replay = () => undefined;
    expect((await ask()).body).toBe('the pipeline');
    engine.replay = () => 1_000;
    expect(unparsed()).toBe(1);
    expect(await bodiesOf(ask, 2)).toEqual(['remembered', 'remembered']);
    expect([unparsed(), responses.size]).toEqual([3, 1]);
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

/** A remembered answer that has just become untrue, and a pipeline that takes its time to make it anew. */
async function outdated(kitchen: Kitchen = {}, changed: Partial<Engine> = {}) {
  const engine: Parameters<typeof serve>[0] = { authenticate: () => viewer, replay: () => 1_000 };
  const held: (() => void)[] = [];
  const own: { -readonly [name in keyof Kitchen]: Kitchen[name] } = {};
  const served = await serve(engine, own);
  await bodiesOf(served.ask, 2); // the second time its bytes become known
  const known = served.open();
  await known();
  Object.assign(own, { held, ...kitchen });
  engine.replay = () => undefined;
  let asked = 0;
  engine.authenticate = () => {
    asked++;
    return viewer;
  };
  Object.assign(engine, changed);
  const first = served.ask();
  await vi.waitFor(() => expect(held).toHaveLength(1));
  const before = served.cooked();
  /** Over connections of their own; known by their bytes, except the first request of a connection. */
  const others = async (count: number) => {
    const had = asked;
    const connections = Array.from({ length: count }, served.open);
    const answers = connections.map((ask) => ask());
    await vi.waitFor(() => expect(asked).toBe(had + count));
    return { connections, answers };
  };
  return { ...served, known, engine, held, first, others, cookedSince: () => served.cooked() - before };
}

const statusOf = ({ head = '' }) => /^cache-status: (.*)\r$/im.exec(head)?.[1];

describe('requests for the same', () => {
  it('are given the one answer that is being made, each counted and with an id of its own', async () => {
    const { first, others, held, counted, cookedSince } = await outdated();
    const countedBefore = counted.length;
    const { answers } = await others(3);
    expect([cookedSince(), held.length]).toEqual([0, 1]);
    held[0]!();
    expect((await first).body).toBe('the pipeline');
    const given = await Promise.all(answers);
    expect(given.map(({ body }) => body)).toEqual(['remembered', 'remembered', 'remembered']);
    expect(given.map(statusOf)).toEqual(Array(3).fill('Magpie; fwd=miss; collapsed'));
    expect(counted.length - countedBefore).toBe(3);
    expect(new Set(given.map(({ head = '' }) => /^x-request-id: (.+)\r$/im.exec(head)![1])).size).toBe(3);
  });

  it('are given it without being parsed where their bytes are known, and go on in their order', async () => {
    const { known, engine, held, first, others, unparsed } = await outdated();
    const before = unparsed();
    let received = '';
    known.socket.on('data', (bytes) => (received += bytes));
    known.socket.write(requestWith('x-request-id: one\r\n'));
    await vi.waitFor(() => expect(unparsed()).toBe(before + 1));
    known.socket.write(requestWith('x-request-id: two\r\n')); // not read before the first is answered
    for (let time = 0; time < 2; time++) await others(1);
    engine.replay = () => 1_000;
    held[0]!();
    await first;
    await vi.waitFor(() =>
      expect(received.match(/x-request-id: \w+/g)).toEqual(['x-request-id: one', 'x-request-id: two']),
    );
    expect(received.match(/cache-status: .*[^\r]/g)).toEqual([
      'cache-status: Magpie; fwd=miss; collapsed',
      'cache-status: Magpie; hit; ttl=1',
    ]);
    expect(unparsed()).toBe(before + 2);
  });

  it('are made one each when something was invalidated since the first was begun', async () => {
    const { first, others, held, engine, cookedSince } = await outdated();
    Object.assign(engine, { stamp: 8 });
    const { answers } = await others(1);
    await vi.waitFor(() => expect(cookedSince()).toBe(1));
    const later = await others(1); // for the second, not the first
    held[0]!();
    await first;
    held[1]!();
    expect(await Promise.all([...answers, ...later.answers].map(async (answer) => (await answer).body))).toEqual([
      'the pipeline',
      'remembered',
    ]);
    expect(cookedSince()).toBe(1);
  });

  it.each<[string, Kitchen, Partial<Engine>]>([
    ['nothing came of the first', { isGood: false }, {}],
    ['the first was made for somebody else', { madeFor: { ...viewer, role: 'READER' } }, {}],
    ['the cache may not be used any more, or another day began', {}, { repeat: () => false }],
  ])('are made one each when %s, and nobody waits twice', async (_, kitchen, changed) => {
    const { first, others, held, cookedSince } = await outdated(kitchen, changed);
    const { answers } = await others(2);
    held[0]!();
    await first;
    await vi.waitFor(() => expect(cookedSince()).toBe(2));
    held[1]!();
    held[2]!();
    for (const answer of answers) expect((await answer).body).toBe('the pipeline');
  });

  it('are made one each while the cache may not be used', async () => {
    const { first, others, held, engine, cookedSince } = await outdated();
    Object.assign(engine, { stamp: Number.NaN });
    const { answers } = await others(2);
    await vi.waitFor(() => expect(cookedSince()).toBe(2));
    for (const answer of held) answer();
    await first;
    for (const answer of answers) expect((await answer).body).toBe('the pipeline');
  });

  it('are not waited for again when nothing came of them', async () => {
    const { first, held, responses } = await outdated({ isGood: false });
    expect(responses.size).toBe(1);
    held[0]!();
    await first;
    expect([responses.size, responses.bytes]).toEqual([0, 0]);
  });

  it('are not waited for when they were made while somebody’s token was looked for', async () => {
    const { first, open, held, engine, responses, cookedSince } = await outdated({ isGood: false });
    let found!: (viewer: Viewer) => void;
    let asked = 0;
    engine.authenticate = () => {
      asked++;
      return new Promise((resolve) => {
        found = resolve;
      });
    };
    const answer = open()();
    await vi.waitFor(() => expect(asked).toBe(1));
    held[0]!();
    await first;
    found(viewer);
    await vi.waitFor(() => expect(cookedSince()).toBe(1));
    held[1]!();
    expect((await answer).body).toBe('the pipeline');
    expect(responses.size).toBe(0);
  });

  it('are made after all when the client of the first goes away', async () => {
    const { ask, first, others, held, cookedSince } = await outdated();
    first.catch(() => {});
    const { answers } = await others(1);
    ask.socket.destroy();
    await vi.waitFor(() => expect(cookedSince()).toBe(1));
    held[1]!();
    expect((await answers[0]!).body).toBe('the pipeline');
  });

  it('are not counted when their client went away', async () => {
    const { first, others, held, counted } = await outdated();
    const { connections, answers } = await others(2);
    answers[0]!.catch(() => {});
    const before = counted.length;
    const [gone] = connections;
    const reset = once(gone!.socket, 'close');
    gone!.socket.resetAndDestroy();
    await reset;
    const probe = await others(1); // what came after the reset was read after it
    held[0]!();
    await first;
    expect((await answers[1]!).body).toBe('remembered');
    expect((await probe.answers[0]!).body).toBe('remembered');
    expect(counted.length - before).toBe(2);
  });
});

describe('an answer that is being made', () => {
  it('is not joined when it has ended, and has one end', async () => {
    const making = new Making(3);
    making.end(undefined);
    making.end(made());
    expect([making.isJoinable(3), await making.made]).toEqual([false, undefined]);
  });

  it('is joined for a second, while nothing is invalidated', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(5_000);
    onTestFinished(() => clock.mockRestore());
    const making = new Making(3);
    expect([making.isJoinable(3), making.isJoinable(4)]).toEqual([true, false]);
    clock.mockReturnValue(5_999);
    expect(making.isJoinable(3)).toBe(true);
    clock.mockReturnValue(6_000);
    expect(making.isJoinable(3)).toBe(false);
  });
});

describe('remembered responses', () => {
  const remember = (responses: RememberedResponses, key: string, size = 100) => {
    const request = {} as Parameters<typeof responses.expect>[0];
    responses.expect(request, key);
    responses.end(request, made({ size }));
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

  it('leave room when they do not stand any more, and are known again with their next answer', () => {
    const responses = new RememberedResponses(100_000);
    remember(responses, 'a', 5_000);
    responses.know('1', request('a'));
    const { bytes } = responses;
    responses.outdate('a');
    responses.outdate('a');
    expect([responses.known('1')?.place.response, responses.bytes < 1_000]).toEqual([undefined, true]);
    remember(responses, 'a', 5_000);
    expect([responses.known('1')?.place.response?.body.length, responses.bytes]).toEqual([5_000, bytes]);
    remember(responses, 'a', 50_000); // more than an eighth of the room
    expect([responses.get('a')?.response, responses.bytes < 1_000]).toEqual([undefined, true]);
    responses.forget('a');
    expect(responses.bytes).toBe(0);
  });
});
