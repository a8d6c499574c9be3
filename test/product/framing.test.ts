import { connect } from 'node:net';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { type Magpie, signInAs, startMagpie } from './magpie.ts';

/** Two that are remembered, and so answered by the hot path wherever it may. */
const remembered = {
  one: '{ posts(first: 1) { nodes { id } } }',
  two: '{ posts(first: 2) { nodes { id } } }',
};
type Name = keyof typeof remembered;

let magpie: Magpie;
let token: string;
/** What is right to answer. */
const texts = new Map<string, Name>();

beforeAll(async () => {
  const database = await createTestDatabase('postgres', { template: 'seeded' });
  magpie = await startMagpie(database);
  ({ token } = await signInAs(database, 'OWNER'));
  const plain = await startMagpie(database, { isCaching: false });
  for (const [name, query] of Object.entries(remembered)) {
    texts.set((await plain.ask(token, query)).text, name as Name);
    for (let time = 0; time < 3; time++) await exchange([ask('warm', name as Name)], 1);
  }
  expect(magpie.server.metrics.hotResponses).toBe(4);
});

/** A request by POST with an id, by which its answer is known. */
function ask(id: string, name: Name, { headers = '', framing = 'sized' }: Partial<AskOptions> = {}): string {
  const json = JSON.stringify({ query: remembered[name] });
  const size = json.length.toString(16);
  const [header, body] =
    framing === 'sized'
      ? [`content-length: ${json.length}`, json]
      : ['transfer-encoding: chunked', `${size}\r\n${json}\r\n0\r\n\r\n`];
  return `POST /graphql HTTP/1.1\r\nhost: magpie\r\nauthorization: Bearer ${token}\r\nx-request-id: ${id}\r\ncontent-type: application/json\r\n${headers}${header}\r\n\r\n${body}`;
}

interface AskOptions {
  headers: string;
  framing: 'sized' | 'chunked';
}

const expectContinue = { headers: 'expect: 100-continue\r\n' };
const split = (request: string) => {
  const at = request.indexOf('\r\n\r\n') + 4;
  return [request.slice(0, at), request.slice(at)] as const;
};

/**
 * Sends the pieces over one connection, each after something came back for the one before it, and resolves with all answers,
 * interim ones among them: status, id, and which of the remembered answers it holds. `count` tells how many are waited for.
 */
async function exchange(pieces: readonly string[], count: number): Promise<string[]> {
  const { socket, received, closed } = open();
  for (const piece of pieces) {
    const before = received().length;
    socket.write(piece, 'latin1');
    if (piece !== pieces.at(-1)) await soon(() => expect(received().length).toBeGreaterThan(before));
  }
  await soon(() => expect(answersIn(received()).answers.length).toBeGreaterThanOrEqual(count));
  socket.write(probe); // nothing else may come before its answer
  await closed;
  const { answers, rest } = answersIn(received());
  expect(rest).toBe('');
  return answers.at(-1) === '200' ? answers.slice(0, -1) : answers;
}

const probe = 'GET /healthz HTTP/1.1\r\nhost: magpie\r\nconnection: close\r\n\r\n';

function open() {
  const socket = connect(Number(new URL(magpie.url).port), '127.0.0.1').setNoDelay(true);
  socket.on('error', () => {}); // it may be closed while we write
  let received = '';
  socket.on('data', (bytes) => (received += bytes.toString('latin1')));
  return { socket, received: () => received, closed: new Promise((resolve) => socket.once('close', resolve)) };
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 2 });

/** Reads responses as strictly as RFC 9112 has them framed. */
function answersIn(received: string): { answers: string[]; rest: string } {
  const answers: string[] = [];
  let rest = received;
  for (;;) {
    const [, status, head] = /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n((?:[^\r]+\r\n)*)\r\n/.exec(rest) ?? [];
    if (status === undefined || head === undefined) return { answers, rest };
    const header = (name: string) => new RegExp(`^${name}: (.*)\r$`, 'im').exec(head)?.[1];
    const start = rest.indexOf('\r\n\r\n') + 4;
    const end = start + (status === '100' ? 0 : lengthOf(rest.slice(start), header));
    if (!(end <= rest.length)) return { answers, rest };
    const body = rest.slice(start, end);
    answers.push([status, header('x-request-id'), texts.get(body)].filter((part) => part !== undefined).join(' '));
    rest = rest.slice(end);
  }
}

function lengthOf(body: string, header: (name: string) => string | undefined): number {
  const length = header('content-length');
  if (length !== undefined) return Number(length);
  if (header('transfer-encoding') !== 'chunked') return 0;
  const end = /^0\r\n\r\n/m.exec(body);
  return end ? end.index + end[0].length : Number.NaN;
}

describe('requests over one connection', () => {
  it.each<[string, () => readonly string[], readonly string[]]>([
    [
      'that come all at once',
      () => [
        [
          ask('a', 'one'),
          ask('b', 'two', { framing: 'chunked' }),
          ask('c', 'two'),
          ask('d', 'one'),
          ask('e', 'two'),
        ].join(''),
      ],
      ['200 a one', '200 b two', '200 c two', '200 d one', '200 e two'],
    ],
    [
      'that come all at once, one of which is refused',
      () => [ask('a', 'one') + ask('b', 'two').replace('{"query"', '["query"') + ask('c', 'two')],
      ['200 a one', '400 b', '200 c two'],
    ],
    [
      'of which one waits to be continued',
      () => [...split(ask('a', 'one', expectContinue)), ask('b', 'two')],
      ['100', '200 a one', '200 b two'],
    ],
    [
      'of which one does not wait to be continued, though it says so',
      () => [ask('a', 'one', expectContinue) + ask('b', 'two') + ask('c', 'one')],
      ['100', '200 a one', '200 b two', '200 c one'],
    ],
    [
      'that all say they wait to be continued',
      () => [ask('a', 'one') + ask('b', 'two', expectContinue) + ask('c', 'one', expectContinue) + ask('d', 'two')],
      ['200 a one', '100', '200 b two', '100', '200 c one', '200 d two'],
    ],
    [
      'of which one expects what nobody can do',
      () => [ask('a', 'one'), ask('b', 'one', { headers: 'expect: nothing\r\n' }), ask('c', 'two')],
      ['200 a one', '417', '200 c two'],
    ],
    [
      'of which one expects what nobody can do, and has another one for its body',
      () => {
        const inner = ask('inner', 'one');
        const outer = `POST /graphql HTTP/1.1\r\nhost: magpie\r\nexpect: nothing\r\ncontent-length: ${inner.length}\r\n\r\n`;
        return [ask('a', 'one'), outer + inner + ask('b', 'two')];
      },
      ['200 a one', '417', '200 b two'],
    ],
    [
      'of which one expects what nobody can do, and sends its body when it was refused',
      () => {
        const inner = ask('inner', 'one');
        const outer = `POST /graphql HTTP/1.1\r\nhost: magpie\r\nexpect: nothing\r\ncontent-length: ${inner.length}\r\n\r\n`;
        return [ask('a', 'one'), outer, inner + ask('b', 'two')];
      },
      ['200 a one', '417', '200 b two'],
    ],
    [
      'of which one is answered before its body has come, which looks like a request',
      () => {
        const inner = ask('inner', 'one').padEnd(2 * 1024 * 1024);
        const outer = ask('b', 'one').replace(/content-length: .*$/s, `content-length: ${inner.length}\r\n\r\n`);
        return [ask('a', 'one'), outer, inner + ask('c', 'two')];
      },
      ['200 a one', '413 b', '200 c two'],
    ],
    [
      'of which one is longer than it says',
      () => [ask('a', 'one'), `${ask('b', 'two')}0${ask('c', 'one')}`],
      ['200 a one', '200 b two', '400'],
    ],
    [
      'of which one says its length twice',
      () => [ask('a', 'one'), ask('b', 'one', { headers: 'content-length: 0\r\n' }) + ask('c', 'two')],
      ['200 a one', '400'],
    ],
    [
      'of which one is framed in two ways',
      () => [ask('a', 'one'), ask('b', 'one', { headers: 'transfer-encoding: chunked\r\n' }) + ask('c', 'two')],
      ['200 a one', '400'],
    ],
  ])('%s are each given their own answer', async (_, pieces, expected) => {
    expect(await exchange(pieces(), expected.length)).toEqual(expected);
  });

  it.each([
    ['a WebSocket', 'connection: upgrade\r\nupgrade: websocket\r\n'],
    ['HTTP/2', 'connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n'],
  ])('end with one that asks for an upgrade to %s, which is answered without', async (_, headers) => {
    const upgrade = ask('b', 'one', { headers });
    const expected = ['200 a one', '200 b one'];
    expect(await exchange([ask('a', 'one'), upgrade], 2)).toEqual(expected);
    expect(await exchange([ask('a', 'one'), upgrade + ask('c', 'two')], 2)).toEqual(expected);
    const inner = ask('inner', 'two');
    const outer = ask('c', 'one').replace(/content-length: .*$/s, `content-length: ${inner.length}\r\n\r\n`);
    const before = magpie.server.metrics.hotResponses;
    expect(await exchange([ask('a', 'one'), upgrade + outer, inner], 2)).toEqual(expected);
    expect(magpie.server.metrics.hotResponses).toBe(before + 2);
  });

  it('are given their own answers wherever they are cut', async () => {
    const whole = ask('a', 'one') + ask('b', 'two', expectContinue) + ask('c', 'one', { framing: 'chunked' });
    for (const at of [3, 40, whole.indexOf('\r\n\r\n') + 2, whole.indexOf('{"query') + 5, whole.length - 3]) {
      const { socket, received } = open();
      socket.write(whole.slice(0, at));
      expect(await exchange([ask('meanwhile', 'two')], 1)).toEqual(['200 meanwhile two']);
      socket.write(whole.slice(at));
      await soon(() => expect(answersIn(received()).answers).toEqual(['200 a one', '100', '200 b two', '200 c one']));
      socket.destroy();
    }
  });
});

describe('a client that goes away in the midst of a request', () => {
  it('is given no answer, and takes nothing from others', async () => {
    const before = magpie.server.metrics.hotResponses;
    const { socket, closed } = open();
    socket.write(ask('a', 'one').slice(0, -5));
    expect(await exchange([ask('b', 'two')], 1)).toEqual(['200 b two']);
    socket.resetAndDestroy();
    await closed;
    expect(await exchange([ask('c', 'two')], 1)).toEqual(['200 c two']);
    expect(magpie.server.metrics.hotResponses).toBe(before + 2);
  });
});
