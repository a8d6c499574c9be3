import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import type { GraphqlEngine, RerunResult } from '../../src/graphql/engine-interface.ts';
import { HotPath } from '../../src/http/hot-path.ts';
import type { SentResponse } from '../../src/http/plugin.ts';
import type { RepeatingEngine } from '../../src/http/remembered-response.ts';
import { RememberedResponses } from '../../src/http/remembered-responses.ts';
import { requestKey } from '../../src/http/request-key.ts';
import type { PreparedRequest } from '../../src/http/response-template.ts';
import { nextLine, startProcess } from '../setup/processes.ts';
import { calm, document, madeOf, preparedRequest, rerunOf, viewer } from './hot-request.ts';

type Engine = RepeatingEngine & Pick<GraphqlEngine, 'authenticate'>;

/** Answers the first time with the words of the pipeline, and from then on with what was remembered, if the engine lets it. */
async function serve(
  given: Partial<Engine> & Pick<Engine, 'authenticate' | 'reuse'>,
  remembered: Partial<PreparedRequest> = {},
) {
  const engine: Engine = Object.assign(given, { ...calm, ...given });
  const responses = new RememberedResponses({ engine, maxBytes: 1_000_000 });
  const counted: SentResponse[] = [];
  let cooked = 0;
  const hotPath = new HotPath(
    (_request, response, key) => {
      cooked++;
      responses.remember(key!, { ...preparedRequest, ...remembered }, madeOf());
      response.setHeader('content-length', 12).end('the pipeline');
    },
    {
      ...{ authenticate: (token) => engine.authenticate(token), responses, graphqlPath: '/graphql' },
      onResponse: (answer) => counted.push(answer),
    },
  );
  const server = createServer(hotPath.listener);
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
  return {
    ...{ ask: open(), open, server },
    responses,
    counted,
    cooked: () => cooked,
  };
}

const requestWith = (headers: string) =>
  `POST /graphql HTTP/1.1\r\nhost: magpie\r\nauthorization: Bearer token\r\ncontent-type: application/json\r\n${headers}content-length: 2\r\n\r\n{}`;

const statusOf = ({ head = '' }) => /^cache-status: (.*)\r$/im.exec(head)?.[1];

async function bodiesOf(ask: () => Promise<{ body: string }>, count: number): Promise<string[]> {
  const bodies: string[] = [];
  for (let asked = 0; asked < count; asked++) bodies.push((await ask()).body);
  return bodies;
}

const ways: [string, Engine['authenticate']][] = [
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
    const { ask } = await serve({ authenticate: () => ({ ...viewer }), reuse: () => 1_000 });
    expect(await bodiesOf(ask, 3)).toEqual(['the pipeline', 'remembered', 'remembered']);
  });

  it.each(ways)('goes to the pipeline when its viewer %s', async (_, authenticate) => {
    const { ask } = await serve({ authenticate, reuse: () => 1_000 });
    expect(await bodiesOf(ask, 2)).toEqual(['the pipeline', 'the pipeline']);
  });

  it('waits for its viewer', async () => {
    const engine = { authenticate: (): Viewer | Promise<Viewer> => viewer, reuse: () => 1_000 };
    const { ask } = await serve(engine);
    await ask();
    engine.authenticate = async () => viewer;
    expect((await ask()).body).toBe('remembered');
  });

  it.each([1, 4_000])(
    'is answered with the same bytes, whatever the alphabet and the size: %i words',
    async (words) => {
      const json = JSON.stringify('é ł あ 👩‍👩‍👧 '.repeat(words));
      const reuse = (): number | undefined => undefined;
      const engine = { authenticate: () => viewer, reuse, rerun: async () => rerunOf(json) };
      const { ask, open, responses } = await serve(engine);
      await ask();
      await ask(); // is made anew
      engine.reuse = () => 1_000;
      const { socket } = open();
      socket.write(requestWith('connection: close\r\n'));
      const [head, body] = Buffer.concat(await socket.toArray())
        .toString()
        .split('\r\n\r\n');
      expect(body === json).toBe(true);
      expect(head).toContain(`content-length: ${Buffer.byteLength(json)}\r\n`);
      expect(responses.bytes).toBeGreaterThan(Buffer.byteLength(json));
    },
  );

  it.each(['', '{'])('is answered as well when only %j of its body comes with its head', async (first) => {
    const { ask, open, server } = await serve({ authenticate: () => viewer, reuse: () => 1_000 });
    await ask();
    const { socket } = open();
    const begun = once(server, 'request');
    socket.write(requestWith('').replace(/\{\}$/, first));
    await begun;
    socket.write('{}'.slice(first.length));
    const [bytes] = await once(socket, 'data');
    expect(bytes.toString()).toMatch(/remembered$/);
  });

  it('is made anew when a fragment does not stand any more, and remembered again', async () => {
    const asked: unknown[] = [];
    const engine = {
      authenticate: () => viewer,
      reuse: (): number | undefined => 1_000,
      rerun: async (...all: unknown[]) => {
        asked.push(all);
        return rerunOf('made anew');
      },
    };
    const { ask, responses, counted, cooked } = await serve(engine);
    await bodiesOf(ask, 3);
    engine.reuse = () => undefined;
    const given = await ask('x-request-id: mine\r\n');
    expect([given.body, statusOf(given)]).toEqual(['made anew', 'Magpie; fwd=miss; stored']);
    expect(given.head).toMatch(/^content-type: application\/json\r\ncontent-length: 9\r\n/im);
    expect(asked).toEqual([
      [
        { document, operationName: 'page', variableValues: { a: 1 } },
        expect.objectContaining({ viewer, requestId: 'mine', isDebugging: false }),
      ],
    ]);
    expect(counted.at(-1)).toMatchObject({ requestId: 'mine', operation: { name: 'page' }, isFromCache: false });
    engine.reuse = () => 1_000;
    expect(await bodiesOf(ask, 2)).toEqual(['made anew', 'made anew']);
    expect(counted.at(-1)).toMatchObject({ operation: { name: 'page' }, isFromCache: true });
    expect([responses.size, cooked()]).toEqual([1, 1]);
  });

  it.each<[string, Partial<Engine>, Partial<PreparedRequest>]>([
    ['cannot be made so', {}, {}],
    ['fails', { rerun: () => Promise.reject(new Error('the database is gone')) }, {}],
    [
      'is of a document that is gone',
      { rerun: async () => rerunOf('made anew') },
      { document: { deref: () => undefined } as unknown as PreparedRequest['document'] },
    ],
  ])('goes to the pipeline when its answer %s, and is remembered anew', async (_, changed, remembered) => {
    const engine = { authenticate: () => viewer, reuse: (): number | undefined => 1_000, ...changed };
    const { ask, cooked } = await serve(engine, remembered);
    await bodiesOf(ask, 3);
    engine.reuse = () => undefined;
    expect((await ask()).body).toBe('the pipeline');
    engine.reuse = () => 1_000;
    expect(await bodiesOf(ask, 2)).toEqual(['remembered', 'remembered']);
    expect(cooked()).toBe(2);
  });

  it('is counted, and has an id of its own', async () => {
    const { ask, counted } = await serve({ authenticate: () => viewer, reuse: () => 5_000 });
    await ask();
    const heads = [(await ask()).head, (await ask()).head, (await ask()).head];
    expect(counted.map(({ method, requestId }) => [method, requestId])).toEqual(
      heads.map((head) => ['POST', /^x-request-id: (.+)\r/im.exec(head)![1]]),
    );
    expect(new Set(counted.map(({ requestId }) => requestId)).size).toBe(3);
    for (const head of heads) expect(head).toMatch(/^cache-status: Magpie; hit; ttl=5\r?$/im);
  });

  it('keeps the id that its client gave it, if it is harmless', async () => {
    const { ask } = await serve({ authenticate: () => viewer, reuse: () => 1_000 });
    await ask();
    expect((await ask('x-request-id: mine-1\r\n')).head).toMatch(/^x-request-id: mine-1\r?$/im);
    expect((await ask('X-Request-Id: mine-2\r\n')).head).toMatch(/^x-request-id: mine-2\r?$/im);
    expect((await ask('x-request-id: <b>\r\n')).head).toMatch(/^x-request-id: [\da-f]{32}\r?$/im);
    expect((await ask('x-request-id: 1\r\nx-request-id: 2\r\n')).head).toMatch(/^x-request-id: [\da-f]{32}\r?$/im);
  });
});

/** A remembered answer that has just become untrue, and an engine that takes its time to make it anew. */
async function outdated(changed: Partial<Engine> = {}) {
  const engine: Parameters<typeof serve>[0] = { authenticate: () => viewer, reuse: () => 1_000 };
  const served = await serve(engine);
  await bodiesOf(served.ask, 2);
  const held: ((rerunResult: RerunResult | undefined) => void)[] = [];
  let asked = 0;
  Object.assign(engine, {
    reuse: () => undefined,
    rerun: () => new Promise<RerunResult | undefined>((resolve) => held.push(resolve)),
    authenticate: () => {
      asked++;
      return viewer;
    },
    ...changed,
  });
  const first = served.ask();
  await vi.waitFor(() => expect(held).toHaveLength(1));
  const before = served.cooked();
  /** Over connections of their own. */
  const others = async (count: number) => {
    const had = asked;
    const connections = Array.from({ length: count }, served.open);
    const answers = connections.map((ask) => ask());
    await vi.waitFor(() => expect(asked).toBe(had + count));
    return { connections, answers };
  };
  return { ...served, engine, held, first, others, cookedSince: () => served.cooked() - before };
}

/** Something was invalidated while it was made anew, and another is made since. */
async function overtaken() {
  const served = await outdated();
  Object.assign(served.engine, { stampOf: () => 8 });
  const [second] = (await served.others(1)).answers;
  await vi.waitFor(() => expect(served.held).toHaveLength(2));
  return { ...served, second: second! };
}

describe('requests for the same', () => {
  it('are given the one answer that is being made, each counted and with an id of its own', async () => {
    const { first, others, held, counted, cookedSince } = await outdated();
    const countedBefore = counted.length;
    const { answers } = await others(3);
    expect([cookedSince(), held.length]).toEqual([0, 1]);
    held[0]!(rerunOf('made anew'));
    const given = await Promise.all([first, ...answers]);
    expect(given.map(({ body }) => body)).toEqual(Array(4).fill('made anew'));
    expect(given.map(statusOf)).toEqual(['Magpie; fwd=miss; stored', ...Array(3).fill('Magpie; fwd=miss; collapsed')]);
    expect(counted.slice(countedBefore).map(({ isFromCache }) => isFromCache)).toEqual([false, true, true, true]);
    expect(new Set(given.map(({ head = '' }) => /^x-request-id: (.+)\r$/im.exec(head)![1])).size).toBe(4);
    expect(cookedSince()).toBe(0);
  });

  it('are given the one answer however often other workspaces write meanwhile', async () => {
    const stamps: Record<string, number> = { [viewer.workspaceId]: 7, ws_other: 7 };
    const { first, others, held } = await outdated({ stampOf: ({ workspaceId }) => stamps[workspaceId]! });
    const answers: Promise<{ body: string }>[] = [];
    for (let write = 0; write < 5; write++) {
      stamps.ws_other!++;
      answers.push(...(await others(1)).answers);
    }
    expect(held.length).toBe(1);
    stamps[viewer.workspaceId]!++;
    const [late] = (await others(1)).answers;
    await vi.waitFor(() => expect(held).toHaveLength(2));
    held[0]!(rerunOf('made anew'));
    held[1]!(rerunOf('made after the write'));
    expect((await Promise.all([first, ...answers])).map(({ body }) => body)).toEqual(Array(6).fill('made anew'));
    expect((await late!).body).toBe('made after the write');
  });

  it('are made another when something was invalidated since the first was begun', async () => {
    const { first, second, others, held, responses } = await overtaken();
    held[0]!(rerunOf('the first'));
    expect((await first).body).toBe('the first');
    const [third] = (await others(1)).answers; // of the second still, though the first has ended
    held[1]!(rerunOf('the second'));
    expect([(await second).body, (await third!).body, held.length]).toEqual(['the second', 'the second', 2]);
    expect(responses.size).toBe(1);
  });

  it('leave the later answer in its place, whichever ends first', async () => {
    const { ask, first, second, held, engine } = await overtaken();
    held[1]!(rerunOf('the second'));
    await second;
    held[0]!(rerunOf('the first'));
    expect((await first).body).toBe('the first');
    engine.reuse = () => 1_000;
    expect((await ask()).body).toBe('the second');
  });

  it.each<[string, RerunResult | undefined, Partial<Engine>]>([
    ['nothing came of the first', undefined, {}],
    ['the cache may not be used any more, or another day began', rerunOf('made anew'), { share: () => false }],
  ])('go to the pipeline when %s', async (_, rerunResult, changed) => {
    const { first, others, held, engine, cookedSince } = await outdated(changed);
    const { answers } = await others(2);
    engine.rerun = async () => undefined; // of the first, once more
    held[0]!(rerunResult);
    await first;
    for (const answer of answers) expect((await answer).body).toBe('the pipeline');
    expect([cookedSince(), held.length]).toEqual([rerunResult ? 2 : 3, 1]);
  });

  it('go to the pipeline when the first was made for somebody else', async () => {
    const { first, others, held, engine } = await outdated();
    const had = engine.authenticate;
    engine.authenticate = (token) => ({ ...(had(token) as Viewer), role: 'READER' });
    const { answers } = await others(1);
    held[0]!(rerunOf('made anew'));
    expect([(await first).body, (await answers[0]!).body]).toEqual(['made anew', 'the pipeline']);
  });

  it('go to the pipeline while the cache may not be used', async () => {
    const { first, others, held, engine, cookedSince } = await outdated();
    Object.assign(engine, { stampOf: () => Number.NaN });
    const { answers } = await others(2);
    for (const answer of answers) expect((await answer).body).toBe('the pipeline');
    expect([cookedSince(), held.length]).toEqual([2, 1]);
    held[0]!(rerunOf('made anew'));
    expect((await first).body).toBe('made anew');
  });

  it('go to the pipeline when what was made is for the first alone, who is given it', async () => {
    const { first, others, held, engine, responses } = await outdated();
    const { answers } = await others(2);
    Object.assign(engine, { stampOf: () => Number.NaN }); // whoever asks again now is not waited for
    expect(responses.size).toBe(1);
    held[0]!({ ...rerunOf('made anew'), provenance: undefined });
    expect((await first).body).toBe('made anew');
    for (const answer of answers) expect((await answer).body).toBe('the pipeline');
    expect(held.length).toBe(1);
  });

  it('are not waited for the next time when what was made was for one alone', async () => {
    const { ask, first, held, responses } = await outdated();
    held[0]!({ ...rerunOf('made anew'), provenance: undefined });
    expect((await first).body).toBe('made anew');
    expect([responses.size, responses.bytes]).toEqual([0, 0]);
    expect((await ask()).body).toBe('the pipeline');
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
    held[0]!(rerunOf('made anew'));
    await first;
    expect((await answers[1]!).body).toBe('made anew');
    expect((await probe.answers[0]!).body).toBe('made anew');
    expect(counted.length - before).toBe(3);
  });
});

describe('what was given', () => {
  it.each(['remembered', 'made anew'])('dies young when it was %s', async (how) => {
    // In a process of its own: what else runs in this one grows old as well.
    const giving = await startProcess(new URL('./processes/give-hot.ts', import.meta.url), how);
    expect(Number(await nextLine(giving))).toBeLessThan(250); // bytes a request; a response and its headers alone are more
  });
});

describe('an answer that is being made', () => {
  it('is joined for a second, while nothing is invalidated', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(5_000);
    onTestFinished(() => clock.mockRestore());
    let stamp = 3;
    let made = 0;
    const rerun = () => {
      made++;
      return new Promise<undefined>(() => {});
    };
    const responses = new RememberedResponses({
      engine: { ...calm, reuse: () => undefined, rerun, stampOf: () => stamp },
      maxBytes: 1_000_000,
    });
    const headers = { authorization: 'Bearer token' };
    const key = requestKey(Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/', headers }))!;
    responses.remember(key, preparedRequest, madeOf());
    const ask = (atMs: number) => {
      clock.mockReturnValue(atMs);
      void responses.get(key)!.fill({ requestId: 'mine', viewer, startedAtMs: atMs });
      return made;
    };
    expect([ask(5_000), ask(5_999)]).toEqual([1, 1]);
    expect(ask(6_000)).toBe(2);
    stamp = 4;
    expect([ask(6_000), ask(6_000)]).toEqual([3, 3]);
  });
});
