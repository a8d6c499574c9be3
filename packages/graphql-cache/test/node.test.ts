import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequestHandler, type RequestHandlerOptions } from '@magpie/graphql-cache/node';
import { GraphQLError, type ValidationRule } from 'graphql';
import { type AuditFail, auditServer } from 'graphql-http';
import { afterEach, describe, expect, it } from 'vitest';
import { cacheLibrary } from '../../../examples/library/cached.ts';
import { createLibrary, type LibraryContext, LibraryData } from '../../../examples/library/library.ts';

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

type Options = Partial<RequestHandlerOptions<LibraryContext>>;

/** A library on a server of Node, and how often its data was read. */
async function openLibrary(options: Options = {}) {
  const data = new LibraryData();
  let reads = 0;
  data.onRead = () => void reads++;
  const cached = cacheLibrary(createLibrary(data));
  const contextOf = () => ({ reader: 'ada' });
  const url = await listen(createRequestHandler(cached, { contextOf, onError() {}, ...options }));
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { url, cached, post, reads: () => reads };
}

const titles = '{ books { title } }';

describe('a request handler on a server of Node', () => {
  it('answers a query from the cache, sent by GET or POST, until a mutation', async () => {
    const { url, post, reads } = await openLibrary();
    const get = async () => await (await fetch(`${url}?query=${encodeURIComponent(titles)}`)).json();
    const first = await get();
    const read = reads();
    expect(await (await post({ query: titles })).json()).toEqual(first);
    expect(await get()).toEqual(first);
    expect(reads()).toBe(read);
    await post({ query: 'mutation { renameBook(id: "1", title: "New") { id } }' });
    expect(await get()).toEqual({ data: { books: [{ title: 'New' }, { title: 'Curtain' }] } });
  });

  it('has nothing that the audit suite of GraphQL over HTTP reports', async () => {
    const { url } = await openLibrary();
    const results = await auditServer({ url });
    expect(results.length).toBeGreaterThan(50);
    const remarks = results.filter((result): result is AuditFail => result.status !== 'ok');
    expect(remarks.map(({ id, name, status, reason }) => `${id} ${name}: ${status}, ${reason}`)).toEqual([]);
  });

  it.each<[string, object | string, Record<string, string>, number, string]>([
    ['another path', '', {}, 404, 'expected the path /graphql'],
    ['no JSON', '{', {}, 400, 'expected JSON, but got "{"'],
    ['a list', [{ query: titles }], {}, 400, 'expected an object with a query, but got a list'],
    ['no query', { id: 1 }, {}, 400, 'query: expected a string, but got undefined'],
    ['variables of another kind', { query: titles, variables: [] }, {}, 400, 'variables: expected an object'],
    ['a form', 'query={a}', { 'content-type': 'text/plain' }, 415, 'expected Content-Type application/json'],
    ['another charset', '{}', { 'content-type': 'application/json; charset=latin1' }, 415, 'in UTF-8'],
    ['an encoded body', '{}', { 'content-encoding': 'gzip' }, 415, 'expected no Content-Encoding, but got "gzip"'],
    ['a large body', { query: '#'.repeat(1_000) }, {}, 413, 'expected a body of at most 1000 bytes, but got more'],
    ['a large document', { query: `{ ${'a '.repeat(100)} }` }, {}, 200, '100 tokens'],
    ['an unknown field', { query: '{ nothing }' }, {}, 200, 'Cannot query field "nothing"'],
    ['an unknown operation', { query: titles, operationName: 'q' }, {}, 200, 'operationName: expected the name'],
  ])('refuses %s', async (what, body, headers, status, message) => {
    const { url, post } = await openLibrary({ maxBodyBytes: 1_000, maxTokens: 100 });
    const response = await (what === 'another path' ? fetch(`${url}/more`) : post(body, headers));
    const { errors } = (await response.json()) as { errors: readonly { message: string }[] };
    expect([response.status, errors[0]!.message]).toEqual([status, expect.stringContaining(message)]);
  });

  it('reads no more of a body without a length than the limit', async () => {
    const { url } = await openLibrary({ maxBodyBytes: 1_000 });
    const body = new ReadableStream({
      start(controller) {
        for (let chunk = 0; chunk < 3; chunk++) controller.enqueue(Buffer.alloc(600, ' '));
        controller.close();
      },
    });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(413);
  });

  it('refuses a mutation by GET', async () => {
    const { url } = await openLibrary();
    const response = await fetch(`${url}?query=${encodeURIComponent('mutation { putOnShelf(bookId: "1") }')}`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it('checks the rules that it was given', async () => {
    const noBooks: ValidationRule = (context) => ({
      Field({ name }) {
        if (name.value === 'books') context.reportError(new GraphQLError('no books'));
      },
    });
    const { post } = await openLibrary({ rules: [noBooks] });
    expect(await (await post({ query: titles })).json()).toEqual({ errors: [{ message: 'no books' }] });
  });

  it('reports what fails while the context is made, and does not show it', async () => {
    const reported: unknown[] = [];
    const failure = new Error('secret');
    const { post } = await openLibrary({
      onError: (error) => reported.push(error),
      contextOf() {
        throw failure;
      },
    });
    const response = await post({ query: titles });
    expect([response.status, await response.json()]).toEqual([500, { errors: [{ message: 'Unexpected error' }] }]);
    expect(reported).toEqual([failure]);
  });
});

describe('a request handler in front of another server', () => {
  const behind: RequestHandlerOptions<LibraryContext>['otherwise'] = ({ url, body }, response) => {
    response.end(JSON.stringify({ behind: url, body }));
  };

  it('answers queries itself', async () => {
    const { post } = await openLibrary({ otherwise: behind });
    expect(await (await post({ query: titles })).json()).toEqual({
      data: { books: [{ title: 'Earthsea' }, { title: 'Curtain' }] },
    });
  });

  it.each<[string, object]>([
    ['mutations', { query: 'mutation { putOnShelf(bookId: "1") }' }],
    ['invalid documents', { query: '{ nothing }' }],
    ['queries that were registered there', { extensions: { persistedQuery: {} } }],
    ['invalid variables', { query: 'query ($id: ID!) { book(id: $id) { id } }', variables: {} }],
  ])('leaves it %s, with the parsed body', async (_, body) => {
    const { post } = await openLibrary({ otherwise: behind });
    expect(await (await post(body)).json()).toEqual({ behind: '/graphql', body });
  });

  it('leaves it other paths and other media types, with the body unread', async () => {
    const { url } = await openLibrary({
      async otherwise(request, response) {
        for await (const chunk of request) response.write(chunk);
        response.end();
      },
    });
    for (const address of [url, `${url}/upload`]) {
      const response = await fetch(address, { method: 'POST', body: 'a file' });
      expect(await response.text()).toBe('a file');
    }
  });

  it('takes the body from a parser in front of it, as in Express', async () => {
    const { cached } = await openLibrary();
    const handle = createRequestHandler(cached, { contextOf: () => ({ reader: null }) });
    const url = await listen((request, response) => {
      request.resume();
      handle(Object.assign(request, { body: { query: '{ reader }' } }), response, () => response.end('next'));
    });
    const post = (path = '') =>
      fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(await (await post()).json()).toEqual({ data: { reader: null } });
    expect(await (await post('/more')).text()).toBe('next');
  });
});

describe('the field cacheStats', () => {
  it('tells what the cache has done, in all and by category, and what documents take', async () => {
    const { post } = await openLibrary();
    for (let time = 0; time < 3; time++) await post({ query: titles });
    const counts = '{ hits misses hitRatio entries maxEntries }';
    const query = `{ cacheStats { total ${counts} categories { category counts ${counts} } documents { documents hits misses } } }`;
    const books = { hits: 2, misses: 1, hitRatio: 2 / 3, entries: 1, maxEntries: 1_000 };
    const none = { hits: 0, misses: 0, hitRatio: null, entries: 0, maxEntries: 10_000 };
    expect(await (await post({ query })).json()).toEqual({
      data: {
        cacheStats: {
          total: { ...books, maxEntries: 11_000 },
          categories: [
            { category: 'BOOKS', counts: books },
            { category: 'SHELVES', counts: none },
          ],
          documents: { documents: 2, hits: 2, misses: 2 },
        },
      },
    });
  });
});
