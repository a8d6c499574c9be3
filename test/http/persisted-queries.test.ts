import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { RegisteredQueries } from '../../src/http/registered-queries.ts';
import { ada, createTestServer, limits, type TestServer } from './engine.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const byHash = (sha256Hash: string, version = 1) => ({ extensions: { persistedQuery: { version, sha256Hash } } });
const registering = (query: string) => ({ query, ...byHash(hashOf(query)) });

interface Sent {
  token?: string | null;
  accept?: string;
  method?: 'GET' | 'POST';
}

async function send({ fetch }: Pick<TestServer, 'fetch'>, body: object, options: Sent = {}) {
  const { token = 'good-token', accept = 'application/json', method = 'POST' } = options;
  const headers: Record<string, string> = { accept };
  if (token) headers.authorization = `Bearer ${token}`;
  if (method === 'POST') headers['content-type'] = 'application/json';
  const search = new URLSearchParams(
    Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const response =
    method === 'POST'
      ? await fetch('http://magpie.test/graphql', { method, headers, body: JSON.stringify(body) })
      : await fetch(`http://magpie.test/graphql?${search}`, { headers });
  return { status: response.status, ...((await response.json()) as { data?: unknown; errors?: unknown[] }) };
}

const greeting = { status: 200, data: { hello: 'hello world' } };
const missing = {
  errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
};

describe('a query that is sent by its hash', () => {
  it('is not found at first, with the status that each media type asks for', async () => {
    const server = createTestServer();
    expect(await send(server, byHash(hashOf('{ hello }')))).toEqual({ status: 200, ...missing });
    const accept = 'application/graphql-response+json';
    expect(await send(server, byHash(hashOf('{ hello }')), { accept })).toEqual({ status: 400, ...missing });
  });

  it.each(['GET', 'POST'] as const)('is found once it was sent with the query, by %s', async (method) => {
    const server = createTestServer();
    expect(await send(server, registering('{ hello }'), { method })).toEqual(greeting);
    expect(await send(server, byHash(hashOf('{ hello }')))).toEqual(greeting);
    expect(await send(server, byHash(hashOf('{ hello }')), { method: 'GET' })).toEqual(greeting);
  });

  it('is answered with the operation and the variables of its own request', async () => {
    const server = createTestServer();
    const query = 'query A { whoami } query B($n: String) { hello(name: $n) }';
    await send(server, { ...registering(query), operationName: 'A' });
    const again = { ...byHash(hashOf(query)), operationName: 'B', variables: { n: 'you' } };
    expect(await send(server, again)).toEqual({ status: 200, data: { hello: 'hello you' } });
  });

  it('may be a mutation by POST and never by GET', async () => {
    const server = createTestServer();
    const query = 'mutation { write(text: "x") }';
    await send(server, registering(query));
    expect(await send(server, byHash(hashOf(query)))).toEqual({ status: 200, data: { write: 'x' } });
    expect((await send(server, byHash(hashOf(query)), { method: 'GET' })).status).toBe(405);
    expect(server.engine.writes).toEqual(['x', 'x']);
  });

  it('is refused with another hash than its own, and not registered', async () => {
    const server = createTestServer();
    const forged = { query: '{ whoami }', ...byHash(hashOf('{ hello }')) };
    expect(await send(server, forged)).toMatchObject({
      status: 400,
      errors: [{ message: expect.stringContaining('SHA-256'), extensions: { code: 'BAD_REQUEST' } }],
    });
    expect(await send(server, byHash(hashOf('{ hello }')))).toMatchObject(missing);
  });

  it('is registered only if it is valid', async () => {
    const server = createTestServer();
    for (const query of ['{ nothing }', '{ hello', `{ ${'hello '.repeat(50)} }`]) {
      await send(server, registering(query));
      expect(await send(server, byHash(hashOf(query)))).toMatchObject(missing);
    }
  });

  it('is registered for members alone, and then answered to everybody', async () => {
    const server = createTestServer();
    expect(await send(server, registering('{ hello }'), { token: null })).toEqual(greeting);
    expect(await send(server, byHash(hashOf('{ hello }')), { token: null })).toMatchObject(missing);
    await send(server, registering('{ hello }'));
    expect(await send(server, byHash(hashOf('{ hello }')), { token: null })).toEqual(greeting);
  });

  it.each([
    ['another version', byHash(hashOf('{ hello }'), 2)],
    ['no hash', { extensions: { persistedQuery: { version: 1 } } }],
    ['a hash that is a number', { extensions: { persistedQuery: { version: 1, sha256Hash: 7 } } }],
    ['a null', { extensions: { persistedQuery: null } }],
    ['nothing', {}],
  ])('needs the query with %s', async (_, body) => {
    const server = createTestServer();
    expect(await send(server, body)).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(await send(server, { query: '{ hello }', ...body })).toEqual(greeting);
  });

  it('is said not to be supported where nothing is kept', async () => {
    const server = createTestServer({ limits: { ...limits, maxRegisteredBytes: 0 } });
    expect(await send(server, registering('{ hello }'))).toEqual(greeting);
    expect(await send(server, byHash(hashOf('{ hello }')))).toEqual({
      status: 200,
      errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
    });
  });

  it('is kept apart from other tenants’ floods', async () => {
    const server = createTestServer({ limits: { ...limits, maxRegisteredBytes: 20_000 } });
    const { tokens } = server.engine;
    tokens.set('flooder', { ...ada, tokenId: 'tok_2', workspaceId: 'ws_2' } satisfies Viewer);
    await send(server, registering('{ hello }'));
    for (let i = 0; i < 200; i++) await send(server, registering(`query Q${i} { hello }`), { token: 'flooder' });
    expect(await send(server, byHash(hashOf('{ hello }')))).toEqual(greeting);
    expect(await send(server, byHash(hashOf('query Q0 { hello }')), { token: 'flooder' })).toMatchObject(missing);
    expect(await send(server, byHash(hashOf('query Q199 { hello }')), { token: 'flooder' })).toEqual(greeting);
  });
});

describe('a store of queries', () => {
  const documents = new Map([['abc', '{ hello }']]);

  it('answers by its own hashes, and registers others', async () => {
    const server = createTestServer({ persistedOperations: { documents, isExclusive: false } });
    expect(await send(server, byHash('abc'))).toEqual(greeting);
    expect(await send(server, { query: '{ hello }', ...byHash('abc') })).toEqual(greeting);
    expect(await send(server, byHash('unknown'))).toMatchObject(missing);
    expect(await send(server, { query: '{ whoami }' })).toEqual({ status: 200, data: { whoami: 'user_1' } });
    await send(server, registering('{ whoami }'));
    expect(await send(server, byHash(hashOf('{ whoami }')))).toEqual({ status: 200, data: { whoami: 'user_1' } });
  });

  it('can be all that is answered', async () => {
    const server = createTestServer({ persistedOperations: { documents, isExclusive: true } });
    expect(await send(server, byHash('abc'))).toEqual(greeting);
    const refused = { status: 400, errors: [{ extensions: { code: 'FORBIDDEN' } }] };
    expect(await send(server, { query: '{ whoami }' })).toMatchObject({ ...refused, status: 403 });
    expect(await send(server, registering('{ whoami }'))).toMatchObject({ ...refused, status: 403 });
    expect(await send(server, byHash(hashOf('{ whoami }')))).toMatchObject(missing);
  });
});

describe('registered queries', () => {
  const long = (name: string, chars = 1_000) => name.padEnd(chars);
  /** Room for eight of them. */
  const maxBytes = 8 * (300 + 2 * 1_000);

  it('stay within their bytes, the least recently used of the largest tenant going first', () => {
    const queries = new RegisteredQueries(maxBytes);
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) queries.add(name, { text: long(name), owner: 'a' });
    queries.get('a1');
    for (const name of ['b1', 'b2', 'b3']) queries.add(name, { text: long(name), owner: 'b' });
    expect(queries.bytes).toBe(maxBytes);
    queries.add('b4', { text: long('b4'), owner: 'b' });
    const kept = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'b3', 'b4'].filter((name) => queries.get(name));
    expect(queries.bytes).toBe(maxBytes);
    expect(kept).toEqual(['a1', 'a3', 'a4', 'a5', 'b1', 'b2', 'b3', 'b4']);
  });

  it('have no room for one that takes more than an eighth of it', () => {
    const queries = new RegisteredQueries(maxBytes);
    queries.add('a', { text: long('a', 1_001), owner: 'a' });
    expect([queries.get('a'), queries.bytes, queries.owners]).toEqual([undefined, 0, 0]);
  });

  it('leave nothing behind', () => {
    const queries = new RegisteredQueries(maxBytes);
    for (let i = 0; i < 1_000; i++) queries.add(`h${i}`, { text: long('x'), owner: `tenant ${i}` });
    expect([queries.bytes, queries.owners]).toEqual([maxBytes, 8]);
  });

  it('are kept once, for whoever was first', () => {
    const queries = new RegisteredQueries(maxBytes);
    queries.add('a', { text: long('a'), owner: 'a' });
    queries.add('a', { text: long('a'), owner: 'b' });
    expect([queries.bytes, queries.owners]).toEqual([maxBytes / 8, 1]);
  });
});
