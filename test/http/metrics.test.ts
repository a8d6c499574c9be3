import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { listenForMetrics } from '../../src/http/metrics-listener.ts';
import { createTestServer } from './engine.ts';

const address = 'http://magpie.test/metrics';

describe('the figures', () => {
  it('are told to everybody unless somebody says otherwise', async () => {
    const response = await createTestServer().fetch(address);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('magpie_requests_total')]);
  });

  it.each([
    ['no header', undefined, 401],
    ['another token', 'Bearer figures-tokem', 401],
    ['the beginning of the token', 'Bearer figures', 401],
    ['another scheme', 'Basic figures-token', 401],
    ["a member's token", 'Bearer good-token', 401],
    ['the token', 'Bearer figures-token', 200],
    ['the token, in another case of the scheme', 'bearer figures-token', 200],
  ])('are behind a token where there is one: %s', async (_, authorization, status) => {
    const server = createTestServer({ metricsAccess: { token: 'figures-token' } });
    const response = await server.fetch(address, { headers: authorization ? { authorization } : {} });
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(text.includes('magpie_requests_total')).toBe(status === 200);
    if (status === 401) {
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="magpie metrics"');
      expect(JSON.parse(text).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    }
  });

  it('are on a port of their own alone where there is one, and nothing else is there', async () => {
    const server = createTestServer({ metricsAccess: 'elsewhere' });
    expect((await server.fetch(address)).status).toBe(404);
    const { url, close } = await listenForMetrics(server.metrics, { host: '127.0.0.1', port: 0 });
    onTestFinished(close);
    const response = await fetch(`${url}/metrics?x=1`);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('magpie_requests_total')]);
    expect(response.headers.get('content-type')).toContain('text/plain');
    for (const [path, method] of [
      ['/graphql', 'GET'],
      ['/', 'GET'],
      ['/metrics', 'POST'],
    ] as const)
      expect((await fetch(url + path, { method })).status).toBe(404);
  });

  it('are those of all workers, told apart by a label, each metric once and together', async () => {
    const texts: string[] = [];
    const { metrics, fetch } = createTestServer({
      scrapeWorkers: async () => ({ workers: 3, answers: texts.map((text, at) => ({ worker: 2 * at + 1, text })) }),
    });
    for (let requests = 0; requests < 2; requests++) {
      metrics.countRequest({ type: 'query', status: 200, seconds: 0.002 });
      texts.push(await metrics.ownText());
    }
    const text = await (await fetch(address)).text();
    const blocks = text.trim().split(/\n\n|\n(?=# HELP)/);
    const block = (name: string) =>
      blocks
        .find((one) => one.startsWith(`# HELP ${name} `))!
        .split('\n')
        .slice(1);
    expect(block('magpie_requests_total')).toEqual([
      '# TYPE magpie_requests_total counter',
      'magpie_requests_total{worker="1",type="query",status="200"} 1',
      'magpie_requests_total{worker="3",type="query",status="200"} 2',
    ]);
    expect(block('magpie_hot_answers_total').slice(1)).toEqual([
      'magpie_hot_answers_total{worker="1"} 0',
      'magpie_hot_answers_total{worker="3"} 0',
    ]);
    expect(block('magpie_request_duration_seconds')).toContain(
      'magpie_request_duration_seconds_bucket{worker="3",le="0.0025",type="query"} 2',
    );
    expect([block('magpie_workers').at(-1), block('magpie_workers_answered').at(-1)]).toEqual([
      'magpie_workers 3',
      'magpie_workers_answered 2',
    ]);
    const names = blocks.map((one) => one.split(' ', 3)[2]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('have a place that is configured', () => {
    expect(readConfig({}).metrics).toEqual({ host: '127.0.0.1', port: undefined, token: undefined });
    expect(readConfig({ METRICS_PORT: '9100', METRICS_HOST: '::1' }).metrics).toMatchObject({
      host: '::1',
      port: 9100,
    });
    expect(readConfig({ METRICS_TOKEN: 'x' }).metrics.token).toBe('x');
    expect(() => readConfig({ METRICS_HOST: '::1' })).toThrow(
      'METRICS_PORT: expected a value together with METRICS_HOST',
    );
    expect(() => readConfig({ METRICS_PORT: '1', METRICS_TOKEN: 'hunter2' })).toThrow(/^METRICS_TOKEN: (?!.*hunter2)/);
  });
});
