import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLiveServer } from './live.ts';

let server: Awaited<ReturnType<typeof createLiveServer>>;
beforeEach(async () => {
  server = await createLiveServer();
});
afterEach(async () => {
  // Whatever it was, the server goes on.
  expect(await send({ body: JSON.stringify({ query: '{ hello }' }) })).toMatchObject({
    data: { hello: 'hello world' },
  });
});

interface Sent {
  method?: string;
  search?: string;
  body?: BodyInit;
  headers?: Record<string, string>;
}

async function send({ method = 'POST', search = '', body, headers = {} }: Sent) {
  const streamed = body instanceof ReadableStream ? { duplex: 'half' } : {};
  const response = await fetch(`${server.url}/graphql${search}`, {
    ...{
      method,
      body,
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    },
    ...streamed,
  } as RequestInit);
  const answer = (await response.json()) as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
  const [error] = answer.errors ?? [];
  return {
    status: response.status,
    headers: response.headers,
    data: answer.data,
    code: error?.extensions.code,
    message: error?.message,
  };
}

const query = (text: string) => ({ body: JSON.stringify({ query: text }) });

describe('an operation that is too large', () => {
  it.each([
    [
      '30 levels deep',
      `{ item { ${'parent { '.repeat(29)} id ${'}'.repeat(29)} } }`,
      /at most 12 levels of fields, but got 31/,
    ],
    [
      'of 2,000 aliases',
      `{ ${Array.from({ length: 2000 }, (_, i) => `a${i}: hello`).join(' ')} }`,
      /at most 2500 tokens/,
    ],
    [
      'of 200 aliases',
      `{ item { ${Array.from({ length: 200 }, (_, i) => `a${i}: id`).join(' ')} } }`,
      /at most 100 aliases, but got 200/,
    ],
    ['of a comment of 200,000 characters', `{ hello } #${'x'.repeat(200_000)}`, /at most 100000 characters/],
    ['of 40,000 tokens', `{ ${'a '.repeat(40_000)} }`, /at most 2500 tokens/],
    ['of 3,000 lines', `{ hello${'\n'.repeat(3_000)} }`, /at most 2500 lines/],
    ['of 50 root fields', `{ ${'hello '.repeat(50)} }`, /at most 40 root fields, but got 50/],
    [
      'of one field again and again',
      `{ item { ${'parent { tags { id } } '.repeat(30)} } }`,
      /at most 25 fields of one name in one place, but got 30/,
    ],
    [
      'of pages within pages',
      '{ items(first: 100) { nodes { children(first: 100) { nodes { children(first: 100) { nodes { id } } } } } } }',
      /a cost of at most 20000 fields for the result, but got up to \d{7}/,
    ],
    [
      'of fragments that double each other',
      `{ item { ...F0 } } ${Array.from({ length: 40 }, (_, i) => `fragment F${i} on Item { a: parent { ...F${i + 1} } b: parent { ...F${i + 1} } }`).join(' ')} fragment F40 on Item { id }`,
      /too large/,
    ],
    [
      'of an alias that an answer repeats',
      `{ items { nodes { ${'x'.repeat(129)}: id } } }`,
      /at most 128 characters in an alias, but got 129/,
    ],
  ])('is refused before it is executed: %s', async (_, text, message) => {
    const answer = await send(query(text));
    expect(answer).toMatchObject({ status: 400, code: 'QUERY_TOO_LARGE', data: undefined });
    expect(answer.message).toMatch(message);
  });

  it('is refused when a fragment holds itself', async () => {
    const answer = await send(query('{ item { ...F } } fragment F on Item { parent { ...F } }'));
    expect(answer).toMatchObject({ data: undefined, code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  it('is refused when it walks the introspection in circles', async () => {
    const answer = await send(
      query(`{ __schema { types { ${'fields { type { '.repeat(9)} name ${'} }'.repeat(9)} } } }`),
    );
    expect(answer).toMatchObject({ data: undefined, code: 'GRAPHQL_VALIDATION_FAILED' });
  });
});

describe('a body of 20 MB', () => {
  const megabytes = (count: number) => 'x'.repeat(count * 1024 * 1024);

  it.each([
    ['that says so', () => ({ body: JSON.stringify({ query: megabytes(20) }) })],
    ['that does not say so', () => ({ body: new Blob([megabytes(20)]).stream() })],
    [
      'that is an upload',
      () => ({
        body: megabytes(20),
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'x-requested-with': 'test' },
      }),
    ],
  ])('%s is refused', async (_, request) => {
    expect(await send(request())).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });
});

describe('a body that is not what it says', () => {
  it.each([
    ['cut off', '{"query": "{ hello'],
    ['empty', ''],
    ['a number', '7'],
    ['null', 'null'],
    ['without a query', '{}'],
    ['a query that is no text', '{"query": 7}'],
    ['variables that are no object', '{"query": "{ hello }", "variables": [1]}'],
    ['a batch', '[{"query": "{ hello }"}, {"query": "{ hello }"}]'],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['with a raw NUL', '{"query": "{ hello\0 }"}'],
  ])('is refused: %s', async (_, body) => {
    expect(await send({ body })).toMatchObject({ status: 400, code: 'BAD_REQUEST', data: undefined });
  });

  it('is read when a backslash only looks like a NUL', async () => {
    const body = JSON.stringify({ query: 'query ($n: String) { hello(name: $n) }', variables: { n: '\\u0000' } });
    expect(await send({ body })).toMatchObject({ data: { hello: 'hello \\u0000' } });
  });
});

describe('an error about something long', () => {
  const long = 64 * 1024;
  const paged = 'query ($v: Int) { items(first: $v) { nodes { id } } }';

  it.each<[string, object]>([
    ['a variable', { query: paged, variables: { v: 'x'.repeat(long) } }],
    ['the words of a suggestion', { query: paged, variables: { v: 'Did you mean '.repeat(long / 13) } }],
    ['a suggestion', { query: paged, variables: { v: `${'Did you mean '.repeat(long / 13)}?` } }],
    ['a literal', { query: `{ items(first: "${'x'.repeat(long)}") { nodes { id } } }` }],
    ['a field', { query: `{ ${'x'.repeat(long)} }` }],
    ['an argument', { query: `{ hello(${'x'.repeat(long)}: 1) }` }],
    ['a type', { query: `query ($v: ${'x'.repeat(long)}) { hello(name: $v) }` }],
    ["an operation's name", { query: 'query A { hello } query B { hello }', operationName: 'x'.repeat(long) }],
    ['what is no document', { query: `{ hello } ${'x'.repeat(long)}` }],
  ])('is short: %s', async (_, body) => {
    const { code, message } = await send({ body: JSON.stringify(body) });
    expect(code).toBeDefined();
    expect(message!.length).toBeLessThanOrEqual(1_000);
  });
});

describe('a URL that is not what it should be', () => {
  it.each([
    ['variables that are no JSON', '?query={hello}&variables=nonsense'],
    ['half a surrogate pair', '?query={hello(name:"%ED%A0%80")}'],
    ['Latin-1', '?query={hello(name:"caf%E9")}'],
    ['no query', ''],
  ])('is refused: %s', async (_, search) => {
    expect(await send({ method: 'GET', search })).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe('a mutation that another site could send', () => {
  afterEach(() => expect(server.engine.writes).toEqual([]));

  it('is refused by GET', async () => {
    const answer = await send({
      method: 'GET',
      search: `?query=${encodeURIComponent('mutation { write(text: "x") }')}`,
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/graphql', 'application/xml', ''])(
    'is refused as %j',
    async (type) => {
      const body = type.includes('form')
        ? 'query=mutation{write(text:"x")}'
        : '{"query": "mutation { write(text: \\"x\\") }"}';
      expect(await send({ body: Buffer.from(body), headers: { 'content-type': type } })).toMatchObject({
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
      });
    },
  );

  it('is refused as a form with parts, for want of a header that a form cannot have', async () => {
    const form = new FormData();
    form.set('operations', '{"query": "mutation { write(text: \\"x\\") }"}');
    form.set('map', '{}');
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', body: form });
    expect(response.status).toBe(403);
  });

  it.each([
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['compression', { 'content-encoding': 'gzip' }],
  ])('is refused in %s', async (_, headers) => {
    const body = gzipSync('{"query": "{ hello }"}');
    expect(await send({ body, headers: headers as Record<string, string> })).toMatchObject({ status: 415 });
  });
});

describe('a method that GraphQL does not know', () => {
  it.each(['PUT', 'DELETE', 'PATCH'])('is refused: %s', async (method) => {
    const answer = await send({ method, body: '{}' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });
});

describe('a wrong token', () => {
  it.each(['Bearer wrong', 'Bearer ', 'Bearer a b', 'Basic Zm9vOmJhcg==', 'good-token'])(
    'is refused: %j',
    async (authorization) => {
      const answer = await send({ ...query('mutation { write(text: "x") }'), headers: { authorization } });
      expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="magpie", error="invalid_/);
      expect(server.engine.writes).toEqual([]);
    },
  );
});
