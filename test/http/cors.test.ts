import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createListener } from '../../src/http/listener.ts';
import { createCors } from '../../src/http/use-cors.ts';
import { describeInBrowser, launchBrowser } from '../setup/browser.ts';
import { createTestServer, post } from './engine.ts';
import { createLiveServer } from './live.ts';

const preflight = (origin: string, headers = 'authorization') => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
});
const corsOf = (response: Response) =>
  [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
const listed = (header: string | null) => header?.split(', ') ?? [];

const app = 'https://app.example';

/** What browsers' tracing and GraphQL clients add to a request. */
const usualHeaders = [
  ...['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'x-request-id', 'if-none-match'],
  ...['apollographql-client-name', 'apollographql-client-version', 'x-apollo-operation-name', 'x-apollo-operation-id'],
  ...['authorization', 'content-type', 'x-cache-debug', 'x-datadog-trace-id', 'b3'],
];

describe('CORS', () => {
  it('is for no origin unless configured, and a preflight is told by which variable', async () => {
    const server = createTestServer();
    const asked = await server.fetch('http://magpie.test/graphql', preflight(app));
    const answered = await post(server, '{ hello }', { headers: { origin: app } });
    expect(corsOf(asked)).toEqual([]);
    expect(corsOf(answered)).toEqual([]);
    expect(asked.status).toBe(403);
    const { errors } = (await asked.json()) as { errors: { message: string; extensions: object }[] };
    expect(errors).toEqual([{ message: expect.stringContaining('CORS_ORIGINS'), extensions: { code: 'FORBIDDEN' } }]);
    expect(errors[0]!.message).toContain('"https://app.example"');
  });

  it('is for the configured origins and no other, and never lets credentials along', async () => {
    const server = createTestServer({ cors: { origins: [app], headers: [] } });
    const allowed = await server.fetch('http://magpie.test/graphql', preflight(app));
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(app);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    for (const origin of [
      'https://evil.example',
      'null',
      'https://app.example.evil.example',
      'https://app.example:8443',
    ]) {
      const asked = await server.fetch('http://magpie.test/graphql', preflight(origin));
      expect(corsOf(asked)).toEqual([]);
      expect(await asked.text()).toContain('CORS_ORIGINS');
      const answered = await post(server, '{ hello }', { headers: { origin } });
      expect(corsOf(answered)).toEqual([]);
      expect(answered.headers.get('vary')).toContain('Origin');
    }
  });

  it.each(['/graphql', '/media/some-key', '/metrics', '/nowhere'])(
    'is answered on every path alike: %s',
    async (path) => {
      const server = createTestServer({ cors: { origins: [app], headers: [] } });
      expect((await server.fetch(`http://magpie.test${path}`, preflight(app))).status).toBe(204);
      expect((await createTestServer().fetch(`http://magpie.test${path}`, preflight(app))).status).toBe(403);
    },
  );

  it.each([
    ['http://localhost:*', 'http://localhost:5173', true],
    ['http://localhost:*', 'http://localhost', true],
    ['http://127.0.0.1:*', 'http://127.0.0.1:3000', true],
    ['http://[::1]:*', 'http://[::1]:3000', true],
    ['http://localhost:*', 'https://localhost:5173', false],
    ['http://localhost:*', 'http://localhost.evil.example:5173', false],
    ['http://localhost:*', 'http://localhost:5173.evil.example', false],
    ['http://localhost:*', 'http://localhost:x', false],
    ['http://localhost:*', 'http://evil.example/http://localhost:1', false],
    ['capacitor://localhost', 'capacitor://localhost', true],
    ['*', 'http://anything.example', true],
    ['*', 'null', true],
  ])('with %s for %s: %s', async (configured, origin, isAllowed) => {
    const { cors } = readConfig({ CORS_ORIGINS: configured });
    const response = await post(createTestServer({ cors }), '{ hello }', { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(isAllowed ? origin : null);
  });

  it('lets pages send what tracing and clients send, and what is configured beside it', async () => {
    const server = createTestServer({ cors: { origins: [app], headers: ['x-team', 'x-flag'] } });
    const { headers } = await server.fetch('http://magpie.test/graphql', preflight(app));
    expect(listed(headers.get('access-control-allow-headers'))).toEqual(
      expect.arrayContaining([...usualHeaders, 'x-team', 'x-flag']),
    );
  });

  it('lets pages read what an answer says of itself', async () => {
    const server = createTestServer({ cors: { origins: [app], headers: [] } });
    const { headers } = await post(server, '{ hello }', { headers: { origin: app } });
    expect(listed(headers.get('access-control-expose-headers'))).toEqual(
      expect.arrayContaining(['etag', 'cache-status', 'retry-after', 'x-request-id']),
    );
  });

  it('lets a page on any port of this machine read the demo, and no page anything else', () => {
    expect(readConfig({}).cors.origins).toEqual(['http://localhost:*', 'http://127.0.0.1:*', 'http://[::1]:*']);
    expect(readConfig({ DEMO: 'off' }).cors.origins).toEqual([]);
    expect(readConfig({ CORS_ORIGINS: 'off' }).cors.origins).toEqual([]);
    expect(readConfig({ CORS_ORIGINS: app }).cors.origins).toEqual([app]);
  });
});

describeInBrowser('a page of another origin, in a browser', () => {
  it('sends what tracing and clients add, and reads what an answer says of itself', async () => {
    const pages = createServer((_, response) => response.end('<title>a page</title>'));
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void pages.close());
    const { cors } = readConfig({});
    const { url } = await createLiveServer({ cors });
    const launched = await launchBrowser();
    onTestFinished(() => launched.close());
    const tab = await launched.newPage();
    await tab.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    const answer = await tab.evaluate(
      async ({ url, names }) => {
        const headers = Object.fromEntries(
          names.map((name) => [name, name === 'content-type' ? 'application/json' : 'x']),
        );
        headers.authorization = 'Bearer good-token';
        const body = JSON.stringify({ query: '{ whoami }' });
        const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
        return { json: await response.json(), id: response.headers.get('x-request-id') };
      },
      { url, names: usualHeaders },
    );
    expect(answer).toEqual({ json: { data: { whoami: 'user_1' } }, id: 'x' });
  });
});

describe('a page of an allowed origin, while requests are refused', () => {
  it('reads that they are, and when to come again', async () => {
    const live = createListener({ cors: createCors({ origins: ['https://app.example'], headers: [] }) });
    const url = await live.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(async () => void (await live.drain(0)));
    const ask = (origin: string, method: string) =>
      fetch(`${url}/graphql`, { method, headers: { origin, 'access-control-request-method': 'POST' } });
    const preflight = await ask('https://app.example', 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    const refused = await ask('https://app.example', 'POST');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(refused.headers.get('access-control-expose-headers')).toContain('retry-after');
    for (const method of ['OPTIONS', 'POST']) {
      const other = await ask('https://evil.example', method);
      expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([503, null]);
    }
  });
});
