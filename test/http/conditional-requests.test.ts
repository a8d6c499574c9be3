import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestServer } from './engine.ts';

const bytes = Buffer.from('0123456789');
const picture = { fileName: 'a.png', mimeType: 'image/png', byteSize: 10, sha256: 'abc123' };
const media = {
  find: async () => picture,
  open: async (_: string, range = { start: 0, end: 9 }) => ({
    stream: Readable.from([bytes.subarray(range.start, range.end + 1)]),
    size: bytes.byteLength,
  }),
};

/** Everything that has an ETag. */
const resources: Record<string, { path: string; headers?: Record<string, string> }> = {
  'an answer by GET': { path: '/graphql?query={hello}' },
  'a file': { path: '/media/known-key' },
  'the schema': { path: '/schema.graphql' },
  'the page at /': { path: '/', headers: { accept: 'text/html' } },
  'the page at / for programs': { path: '/' },
  GraphiQL: { path: '/graphql', headers: { accept: 'text/html' } },
  'the dashboard': { path: '/dashboard' },
};

const dashboardFolder = await mkdtemp(join(tmpdir(), 'magpie-dashboard-'));
await writeFile(join(dashboardFolder, 'index.html'), '<p>page</p>');
afterAll(() => rm(dashboardFolder, { recursive: true }));

const server = createTestServer({ media, schemaText: 'type Query { a: Int }', dashboardFolder });

async function ask(resource: string, headers: Record<string, string> = {}, method = 'GET') {
  const { path, headers: own } = resources[resource]!;
  const response = await server.fetch(`http://magpie.test${path}`, { method, headers: { ...own, ...headers } });
  const text = (await response.text()).slice(0, 100); // GraphiQL is large
  return { status: response.status, headers: response.headers, text };
}

describe.each(Object.keys(resources))('%s', (resource) => {
  const etagOf = async () => (await ask(resource)).headers.get('etag')!;
  const opaque = (etag: string) => etag.replace(/^W\//, '');

  it.each<[string, (etag: string) => string]>([
    ['the tag', (etag) => etag],
    ['the tag as a weak one', (etag) => `W/${opaque(etag)}`],
    ['the tag as a strong one', opaque],
    ['the tag among others', (etag) => `"other", W/"x,y", ${etag}`],
    ['the tag in a list without spaces', (etag) => `"other",${etag},"z"`],
    ['the tag in a list with empty items', (etag) => `, ,${etag} ,`],
    ['any', () => '*'],
    ['any, with spaces', () => ' * '],
  ])('is not sent again when the client has %s', async (_, ifNoneMatch) => {
    const etag = await etagOf();
    const answer = await ask(resource, { 'if-none-match': ifNoneMatch(etag) });
    expect(answer).toMatchObject({ status: 304, text: '' });
    expect(answer.headers.get('etag')).toBe(etag);
    expect(answer.headers.get('content-encoding')).toBeNull();
  });

  // RFC 9111, section 3.2: with those of a 304, a client replaces headers of the response that it has.
  it('has the headers that it was sent with, its policy among them, when it is not sent again', async () => {
    const sent = await ask(resource);
    const again = await ask(resource, { 'if-none-match': sent.headers.get('etag')! });
    expect(again.status).toBe(304);
    const changed = [...again.headers].filter(([name, value]) => sent.headers.get(name) !== value);
    expect(changed.map(([name]) => name)).toEqual(['x-request-id']);
  });

  it.each<[string, (etag: string) => string]>([
    ['another', () => '"other"'],
    ['another that holds the tag', (etag) => `"${opaque(etag).slice(1, -1)}-gzip"`],
    ['one that begins so', (etag) => `${opaque(etag).slice(0, -2)}"`],
    ['the tag without its quotes', (etag) => opaque(etag).slice(1, -1)],
    ['the tag in lower case w', (etag) => `w/${opaque(etag).slice(0, -1)}`],
    ['nothing', () => ''],
    ['half a tag', () => '"'],
    ['a tag that is a star', () => '"*"'],
    ['thousands of spaces', () => `"a",${' '.repeat(8_000)}x`],
  ])('is sent again when the client has %s', async (_, ifNoneMatch) => {
    expect((await ask(resource, { 'if-none-match': ifNoneMatch(await etagOf()) })).status).toBe(200);
  });

  it('is refused when the client insists on another with If-Match', async () => {
    const refused = await ask(resource, { 'if-match': '"other"' });
    expect(refused.status).toBe(412);
    // No cache may store the refusal, and send it to clients that do not insist.
    expect(refused.headers.get('cache-control')).toMatch(/^(no-store|private, no-cache)$/);
    expect((await ask(resource, { 'if-match': '*' })).status).toBe(200);
    expect((await ask(resource, { 'if-match': '' })).status).toBe(200);
  });

  it('is compared strongly by If-Match, before If-None-Match', async () => {
    const etag = await etagOf();
    const expected = etag.startsWith('W/') ? 412 : 200;
    expect((await ask(resource, { 'if-match': `"other", ${etag}` })).status).toBe(expected);
    expect((await ask(resource, { 'if-match': `W/${opaque(etag)}` })).status).toBe(412);
    expect((await ask(resource, { 'if-match': '"other"', 'if-none-match': etag })).status).toBe(412);
  });

  it('has no date, so that conditions on it mean nothing', async () => {
    const never = 'Thu, 01 Jan 1970 00:00:00 GMT';
    const always = 'Fri, 31 Dec 2999 00:00:00 GMT';
    const headers = { 'if-modified-since': always, 'if-unmodified-since': never };
    expect((await ask(resource, headers)).status).toBe(200);
  });
});

describe('an answer that nobody may keep', () => {
  it.each(['{nothing}', '{hello', 'mutation{write}', '{fail}', '{hello fail}'])(
    'knows no conditions: %s',
    async (query) => {
      const url = `http://magpie.test/graphql?query=${encodeURIComponent(query)}`;
      const plain = await server.fetch(url);
      const conditions: Record<string, string>[] = [{ 'if-none-match': '*' }, { 'if-match': '"x"' }];
      for (const headers of conditions) expect((await server.fetch(url, { headers })).status).toBe(plain.status);
      expect(plain.headers.get('etag')).toBeNull();
    },
  );
});

describe('a range', () => {
  const file = (headers: Record<string, string>, method?: string) => ask('a file', headers, method);

  it.each([
    ['bytes=2-4', 206, '234'],
    ['Bytes=2-4', 206, '234'],
    ['bytes= 2-4 ', 206, '234'],
    ['bytes=2-4,', 206, '234'],
    ['bytes=2-4, 6-7', 200, '0123456789'],
    ['bytes=,', 200, '0123456789'],
    ['bytes=99999999999999999999-', 416, ''],
  ])('%j is answered with %i', async (range, status, text) => {
    expect(await file({ range })).toMatchObject({ status, text });
  });

  it.each([
    ['the tag', '"abc123"', 206],
    ['a weak tag, which says nothing of bytes', 'W/"abc123"', 200],
    ['another', '"other"', 200],
    ['a date', 'Fri, 31 Dec 2999 00:00:00 GMT', 200],
    ['nothing', '', 206],
  ])('is given to who has %s', async (_, ifRange, status) => {
    expect(await file({ range: 'bytes=2-4', 'if-range': ifRange })).toMatchObject({ status });
  });

  it('means nothing to HEAD, nor before a condition', async () => {
    const described = await file({ range: 'bytes=2-4' }, 'HEAD');
    expect(described.status).toBe(200);
    expect(described.headers.get('content-length')).toBe('10');
    expect((await file({ range: 'bytes=2-4', 'if-none-match': '*' })).status).toBe(304);
    expect((await file({ range: 'bytes=99-', 'if-match': '"other"' })).status).toBe(412);
  });
});

describe('a body in a coding', () => {
  const send = (encoding: string, type = 'application/json') =>
    server.fetch('http://magpie.test/graphql', {
      method: 'POST',
      headers: { 'content-type': type, 'content-encoding': encoding, 'x-requested-with': 'test' },
      body: JSON.stringify({ query: '{ hello }' }),
    });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'identity, gzip', 'x'])('is refused: %s', async (encoding) => {
    for (const type of ['application/json', 'multipart/form-data; boundary=b']) {
      const response = await send(encoding, type);
      expect(response.status).toBe(415);
      expect(response.headers.get('accept-encoding')).toBe('identity');
      expect(response.headers.get('accept')).toBeNull();
      expect(await response.text()).toContain(encoding);
    }
  });

  it.each(['', 'identity', 'Identity'])('is read as it is: %j', async (encoding) => {
    expect((await send(encoding)).status).toBe(200);
  });
});
