import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser } from '../setup/browser.ts';
import { createTestServer } from './engine.ts';
import { createLiveServer } from './live.ts';

const address = 'http://magpie.test/';
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
const everything = { schemaText: 'type Query { a: Int }' };

async function ask(options: Parameters<typeof createTestServer>[0], init: RequestInit = {}) {
  const response = await createTestServer(options).fetch(address, init);
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), text };
}

const pathsIn = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);

describe('the address /', () => {
  it('is a page of links for browsers, which loads nothing and runs nothing', async () => {
    const { status, headers, text } = await ask(everything, { headers: { accept: browser } });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      vary: 'Accept',
      'x-frame-options': 'DENY',
    });
    expect(pathsIn(text)).toEqual(['graphql', 'dashboard', 'schema.graphql', 'healthz', 'readyz', 'metrics']);
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(text)!;
    const digest = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(text).not.toMatch(/<script|https?:/);
  });

  it.each<[string | undefined, string]>([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/json, text/html;q=0.9', 'application/json'],
    ['text/html;q=0, */*', 'application/json'],
    ['image/png', 'application/json'],
    ['text/html', 'text/html'],
    ['text/*', 'text/html'],
    ['application/json;q=0.1, text/html;q=0.2', 'text/html'],
  ])('answers who accepts %s in %s', async (accept, type) => {
    const { headers } = await ask(everything, accept === undefined ? {} : { headers: { accept } });
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
  });

  it('says the same to programs', async () => {
    expect(JSON.parse((await ask(everything)).text)).toMatchObject({
      name: 'Magpie',
      links: {
        ...{ graphql: '/graphql', dashboard: '/dashboard', schema: '/schema.graphql' },
        ...{ health: '/healthz', readiness: '/readyz', metrics: '/metrics' },
      },
    });
  });

  it.each([
    ['figures on a port of their own', { metricsAccess: 'elsewhere' as const }, ['metrics']],
    ['no schema to serve', { schemaText: undefined }, ['schema.graphql']],
    [
      'persisted operations only',
      { persistedOperations: { isExclusive: true, documents: new Map<string, string>() } },
      ['schema.graphql'],
    ],
  ])('leads to nothing that is not there: %s', async (_, options, missing) => {
    const server = createTestServer({ ...everything, ...options });
    const html = await (await server.fetch(address, { headers: { accept: 'text/html' } })).text();
    expect(['schema.graphql', 'metrics'].filter((path) => !pathsIn(html).includes(path))).toEqual(missing);
    for (const path of missing) expect((await server.fetch(address + path)).status).toBe(404);
    if ('persistedOperations' in options) expect(html).not.toContain('GraphiQL');
  });

  it('says that figures need a token where they do', async () => {
    const html = (await ask({ metricsAccess: { token: 'hunter2' } }, { headers: { accept: 'text/html' } })).text;
    expect(html).toContain(', with the token');
    expect(html).not.toContain('hunter2');
  });

  it.each(['text/html', 'application/json'])(
    'has a HEAD without a body, and a 304 for who has it: %s',
    async (accept) => {
      const whole = await ask(everything, { headers: { accept } });
      const head = await ask(everything, { method: 'HEAD', headers: { accept } });
      expect(head).toMatchObject({ status: 200, text: '' });
      expect(head.headers.etag).toBe(whole.headers.etag);
      const again = await ask(everything, { headers: { accept, 'if-none-match': whole.headers.etag! } });
      expect(again).toMatchObject({ status: 304, text: '' });
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('is not there for %s', async (method) => {
    const { status, headers, text } = await ask(everything, { method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(JSON.parse(text).errors[0].message).toContain('/graphql');
  });
});

describeInBrowser('the page at / in a browser', () => {
  it('has its style, leads where it says, and fits a phone', async () => {
    const { url } = await createLiveServer(everything);
    const launched = await launchBrowser();
    try {
      const tab = await launched.newPage({ viewport: { width: 360, height: 640 } });
      const problems: string[] = [];
      tab.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await tab.goto(url);
      const [margin, width] = (await tab.evaluate(
        "[getComputedStyle(document.querySelector('dl')).marginTop, document.documentElement.scrollWidth]",
      )) as [string, number];
      expect([margin, width]).toEqual(['0px', 360]);
      expect(problems).toEqual([]);
      for (const path of ['schema.graphql', 'healthz', 'readyz', 'metrics']) {
        const [response] = await Promise.all([
          tab.waitForResponse(`${url}/${path}`),
          tab.locator(`a[href="${path}"]`).click(),
        ]);
        expect(response.status()).toBe(200);
        await tab.goBack();
      }
    } finally {
      await launched.close();
    }
  });
});
