import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';

const document = '{ posts(first: 10) { totalCount nodes { id text status author { name } targets { id } } } }';
const body = JSON.stringify({ query: document });

const usual = { accept: 'application/json', 'accept-encoding': 'gzip' };

/** Requests for the same answer that differ in what HTTP says around it. */
const requests: Record<string, Record<string, string>> = {
  'as clients usually ask': usual,
  'in nothing but an event stream': { accept: 'text/event-stream', 'accept-encoding': 'gzip' },
  'in parts': { accept: 'multipart/mixed', 'accept-encoding': 'gzip' },
  'in parts, uncompressed': { accept: 'multipart/mixed' },
  'in an event stream or JSON': { accept: 'application/json, text/event-stream' },
  'in the media type of GraphQL': { accept: 'application/graphql-response+json', 'accept-encoding': 'gzip' },
  'in what nobody has': { accept: 'image/png' },
  'with an empty Accept': { accept: '' },
  'with no Accept': {},
  'with a body that claims to be compressed': { ...usual, 'content-encoding': 'gzip' },
  'with a body that claims to be itself': { ...usual, 'content-encoding': 'identity' },
  'with a body in a coding without a name': { ...usual, 'content-encoding': '' },
  'with empty headers': { ...usual, origin: '', 'if-none-match': '', 'if-match': '', 'x-cache-debug': '' },
  'with an empty Accept-Encoding': { accept: 'application/json', 'accept-encoding': '' },
  'with a body in Latin 1': { accept: 'application/json', 'content-type': 'application/json; charset=latin1' },
  'with an expectation': { accept: 'application/json', expect: '100-continue' },
};

describe('an answer that is repeated', () => {
  const time = new TestTime();
  let hot: Magpie;
  let plain: Magpie;
  let owner: Session;

  beforeAll(async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    hot = await startMagpie(database, { time });
    plain = await startMagpie(database, { time, isCaching: false });
    owner = await signInAs(database, 'OWNER');
    for (let times = 0; times < 3; times++) await exchange(hot, usual);
  });

  it.each(Object.entries(requests))('is the same as without a cache when asked for %s', async (_, headers) => {
    const expected = await exchange(plain, headers);
    for (let times = 0; times < 3; times++) expect(await exchange(hot, headers)).toEqual(expected);
  });

  /** What comes over the socket, without what each answer has of its own. */
  async function exchange({ url }: Magpie, headers: Record<string, string>): Promise<string> {
    const { port, host } = new URL(url);
    const lines = Object.entries({
      ...{ host, connection: 'close', authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
      ...{ 'content-length': String(Buffer.byteLength(body)), ...headers },
    }).map(([name, value]) => `${name}: ${value}`);
    const chunks: Buffer[] = [];
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write(`POST /graphql HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`),
      );
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        if (chunk.toString('latin1').endsWith('\r\n0\r\n\r\n')) socket.end(); // a stream says "keep-alive" to whom it must not
      });
      socket.on('end', resolve);
      socket.on('error', reject);
    });
    return Buffer.concat(chunks)
      .toString('latin1')
      .replace(/^(date|x-request-id|cache-status|connection|host): .*\r\n/gim, '')
      .replace(/^HTTP.1.1 (\d+)[^\r]*\r\n([\s\S]*?)(\r\n\r\n)/, (_, status: string, head: string, end: string) =>
        [status, head.split('\r\n').sort().join('\n'), end].join(''),
      );
  }
});
