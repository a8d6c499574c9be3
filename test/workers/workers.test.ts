import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { ask, ownerToken, startHost } from './host.ts';

describe('two workers on one database', () => {
  let databaseUrl: string;

  beforeAll(async () => {
    databaseUrl = (await createTestDatabase('postgres')).url!;
  });

  it('agree: what one of them wrote and acknowledged, both of them read', { timeout: 180_000 }, async () => {
    const host = await startHost({ DATABASE_URL: databaseUrl, WORKERS: '2', DEMO: 'on' });
    const token = ownerToken(host);
    const startedAt = '{ cacheStats { startedAt } }';
    const workers = new Set<string>();
    while (workers.size < 2) workers.add((await ask(host, token, startedAt)).data.cacheStats.startedAt);

    const { data } = await ask(host, token, '{ templates(first: 1) { nodes { id } } }');
    const { id } = data.templates.nodes[0];
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

    host.child.kill('SIGTERM');
    expect((await once(host.child, 'exit'))[0]).toBe(0);
  });
});
