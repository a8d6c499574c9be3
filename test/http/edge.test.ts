import { describe, expect, it } from 'vitest';
import { ada, ask, createTestServer, post } from './engine.ts';

const signedIn = { authorization: 'Bearer good-token' };

describe('who asks', () => {
  it('is known by the Bearer token', async () => {
    expect((await ask(createTestServer(), '{ whoami }', { headers: signedIn })).data).toEqual({ whoami: 'user_1' });
  });

  it('is known whatever the case of the scheme', async () => {
    const headers = { authorization: 'bearer  good-token' };
    expect((await ask(createTestServer(), '{ whoami }', { headers })).data).toEqual({ whoami: 'user_1' });
  });

  it('is nobody without a token, or with an empty header, as clients send that are signed out', async () => {
    expect((await ask(createTestServer(), '{ whoami }')).data).toEqual({ whoami: 'nobody' });
    const headers = { authorization: '' };
    expect((await ask(createTestServer(), '{ whoami }', { headers })).data).toEqual({ whoami: 'nobody' });
  });

  it('is refused from the next request on when the token is revoked', async () => {
    const server = createTestServer();
    await post(server, '{ whoami }', { headers: signedIn });
    server.engine.tokens.clear();
    expect((await post(server, '{ whoami }', { headers: signedIn })).status).toBe(401);
  });
});

describe('an unexpected error', () => {
  it('says nothing but the id under which the log has the rest', async () => {
    const server = createTestServer();
    const { data, errors } = await ask(server, '{ fail hello }', { headers: { 'x-request-id': 'req-1' } });
    expect(data).toEqual({ fail: null, hello: 'hello world' });
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'Unexpected error',
        path: ['fail'],
        extensions: { code: 'INTERNAL', requestId: 'req-1' },
      }),
    ]);
    expect(server.lines).toContainEqual(
      expect.objectContaining({
        requestId: 'req-1',
        err: expect.objectContaining({ message: expect.stringContaining('hunter2') }),
      }),
    );
  });

  it('is masked in parts that are deferred and streamed as well', async () => {
    const server = createTestServer();
    const response = await post(server, '{ hello ... @defer { fail } }', { headers: { accept: 'multipart/mixed' } });
    const text = await response.text();
    expect(text).toContain('"Unexpected error"');
    expect(text).toContain('"requestId"');
    expect(text).not.toContain('hunter2');
  });
});

describe('an error that was written for clients', () => {
  it('passes as it is', async () => {
    const { errors } = await ask(createTestServer(), '{ refuse }');
    expect(errors).toEqual([expect.objectContaining({ message: 'Not for you.', extensions: { code: 'FORBIDDEN' } })]);
  });
});

describe('a misspelt field', () => {
  it('is corrected for who is signed in and for nobody else, in any order', async () => {
    const server = createTestServer();
    const message = async (headers = {}) => (await ask(server, '{ helo }', { headers })).errors?.[0]?.message;
    expect(await message()).toBe('Cannot query field "helo" on type "Query".');
    expect(await message(signedIn)).toBe('Cannot query field "helo" on type "Query". Did you mean "hello"?');
    expect(await message()).toBe('Cannot query field "helo" on type "Query".');
  });
});

describe('the request id', () => {
  it('is the client’s when it is harmless', async () => {
    const response = await post(createTestServer(), '{ hello }', { headers: { 'x-request-id': 'trace:1.a-b_c' } });
    expect(response.headers.get('x-request-id')).toBe('trace:1.a-b_c');
  });

  it.each(['<script>', 'a b', 'x'.repeat(101)])('is a new one when it is not: %s', async (id) => {
    const response = await post(createTestServer(), '{ hello }', { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f]{32}$/);
  });
});

describe('the log', () => {
  it('has one line a request, with what helps and nothing secret', async () => {
    const server = createTestServer();
    const query = 'query Greeting($name: String) { hello(name: $name) }';
    await post(server, query, { variables: { name: 'secret-variable' }, headers: signedIn });
    await server.fetch('http://magpie.test/graphql?query={hello(name:"secret-literal")}');
    expect(server.lines).toEqual([
      expect.objectContaining({
        ...{ msg: 'request', method: 'POST', path: '/graphql', operation: 'Greeting', type: 'query' },
        ...{ viewer: 'MEMBER', status: 200, durationMs: expect.any(Number), requestId: expect.any(String) },
      }),
      expect.objectContaining({ method: 'GET', path: '/graphql', viewer: 'ANONYMOUS' }),
    ]);
    expect(JSON.stringify(server.lines)).not.toMatch(/secret|good-token/);
  });

  it('says at level debug what was answered from the cache alone', async () => {
    const server = createTestServer();
    const { contextFor } = server.engine;
    server.engine.contextFor = (request) => {
      const context = contextFor(request);
      context.state.cacheUsage.hits = 1;
      return context;
    };
    await ask(server, '{ hello }');
    expect(server.lines).toEqual([expect.objectContaining({ msg: 'request', level: 20 })]);
  });

  it('has the codes of the errors that were answered', async () => {
    const server = createTestServer();
    await ask(server, '{ refuse fail }');
    expect(server.lines.at(-1)).toMatchObject({ errors: ['FORBIDDEN', 'INTERNAL'] });
  });
});

describe('every answer', () => {
  it.each(['/graphql?query={hello}', '/nowhere', '/metrics'])('is safe for a browser: %s', async (path) => {
    const { headers } = await createTestServer().fetch(`http://magpie.test${path}`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
  });

  it('that is not JSON sends no referrer and is framed nowhere, in old browsers too', async () => {
    const { headers } = await createTestServer().fetch('http://magpie.test/metrics');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('another path', () => {
  it('is not found, in JSON', async () => {
    const response = await createTestServer().fetch('http://magpie.test/graphql/x');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });
});

describe('the metrics', () => {
  it('count requests by type and status, whatever names clients choose', async () => {
    const server = createTestServer();
    await ask(server, 'query Mine { hello }');
    await ask(server, 'mutation { write(text: "x") }');
    await server.fetch('http://magpie.test/nowhere');
    const text = await (await server.fetch('http://magpie.test/metrics')).text();
    expect(text).toContain('magpie_requests_total{type="query",status="200"} 1');
    expect(text).toContain('magpie_requests_total{type="mutation",status="200"} 1');
    expect(text).toContain('magpie_requests_total{type="other",status="404"} 1');
    expect(text).toContain('magpie_request_duration_seconds_count{type="query"} 1');
    expect(text).toContain('magpie_subscriptions_open 0');
    expect(text).not.toContain('Mine');
  });
});

describe('a viewer’s engine', () => {
  it('hears who asks, from where, under which id, and whether the cache is to be explained', async () => {
    const server = createTestServer();
    const heard: unknown[] = [];
    const { contextFor } = server.engine;
    server.engine.contextFor = (request) => {
      heard.push(request);
      return contextFor(request);
    };
    await ask(server, '{ hello }', { headers: { ...signedIn, 'x-request-id': 'r1', 'x-cache-debug': '1' } });
    expect(heard).toEqual([{ viewer: ada, requestId: 'r1', isDebugging: true, client: 'unknown' }]);
  });
});
