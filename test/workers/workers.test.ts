import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { freePort } from '../setup/postgres-server.ts';
import { ask, createWorkspaceDatabase, startHost } from './host.ts';

describe('two workers on one database', () => {
  it('agree: what one of them wrote and acknowledged, both read; one scrape has both', {
    timeout: 180_000,
  }, async () => {
    const { url, token } = await createWorkspaceDatabase();
    const METRICS_PORT = String(await freePort());
    const host = await startHost({ DATABASE_URL: url, WORKERS: '2', METRICS_PORT });
    const startedAt = '{ cacheStats { startedAt } }';
    const workers = new Set<string>();
    while (workers.size < 2) workers.add((await ask(host, token, startedAt)).data.cacheStats.startedAt);

    const create = 'mutation { createTemplate(input: { title: "New", body: "x" }) { template { id } } }';
    const { id } = (await ask(host, token, create)).data.createTemplate.template;
    for (let round = 1; round <= 15; round++) {
      const title = `Title ${round}`;
      const write = `mutation { updateTemplate(input: { id: "${id}", title: "${title}" }) { template { title } } }`;
      expect(await ask(host, token, write)).toEqual({
        isHit: false,
        data: { updateTemplate: { template: { title } } },
      });
      const reads = Array.from({ length: 6 }, () => ask(host, token, `{ template(id: "${id}") { title } }`));
      const titles = (await Promise.all(reads)).map((answer) => answer.data.template);
      expect(titles).toEqual(Array.from({ length: 6 }, () => ({ title })));
    }

    const figures = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
    const told = figures.matchAll(/^process_start_time_seconds\{worker="(\d+)"\}/gm);
    expect([...told].map(([, worker]) => worker)).toEqual(['1', '2']);
    expect((await fetch(`${host.url}/metrics`)).status).toBe(404);

    host.child.kill('SIGTERM');
    expect((await once(host.child, 'exit'))[0]).toBe(0);
  });
});
