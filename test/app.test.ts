import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { files } from './domains/files.ts';
import { signInAs } from './product/magpie.ts';
import { createTestDatabase } from './setup/databases.ts';
import { createFolder } from './setup/folders.ts';
import { createGate } from './setup/gates.ts';
import { freePort } from './setup/postgres-server.ts';

function uploadOf(bytes: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  const query = 'mutation ($file: Upload!) { uploadMedia(input: { file: $file }) { mediaAsset { id } } }';
  form.set('operations', JSON.stringify({ query, variables: { file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', new Blob([bytes]), 'a.png');
  return form;
}

/** A receiver of alerts. */
async function startWebhook() {
  const first = createGate<void>();
  const received: { event: string; alert: { kind: string; category: string } }[] = [];
  const server = createHttpServer(async (request, response) => {
    received.push((await json(request)) as never);
    response.end();
    first.open();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, first: first.promise, received };
}

describe('the product as it is put together', { timeout: 60_000 }, () => {
  it('tells figures on their port, of an alert its receiver, both until it is closed, and once that a disk fails', async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    const { token } = await signInAs(database, 'OWNER', { now: new Date() });
    const lines: { level: number; msg: string; err?: { message: string } }[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const [DATA_DIR, port] = [await createFolder(), await freePort()];
    const webhook = await startWebhook();
    const config = readConfig({
      ...{ DATABASE_URL: database.url!, DATA_DIR, METRICS_PORT: String(port), DEMO: 'off' },
      ...{ ALERT_WEBHOOK_URL: webhook.url, ALERT_WEBHOOK_SECRET: 'a secret of the test' },
    });
    const app = await createApp(config, { log, nodeRules: process.versions.tz! });
    const figures = `http://127.0.0.1:${port}/metrics`;
    try {
      const text = await (await fetch(figures)).text();
      for (const name of ['magpie_requests_total', 'magpie_cache_loads_total', 'magpie_background_work_running'])
        expect(text).toContain(name);

      await rm(join(DATA_DIR, 'media'), { recursive: true, force: true });
      await writeFile(join(DATA_DIR, 'media'), 'no folder');
      const response = await app.server.fetch('http://magpie.test/graphql', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'x-requested-with': 'test' },
        body: uploadOf(files.png),
      });
      const { errors } = await response.json();
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
      expect(JSON.stringify(errors)).not.toContain(DATA_DIR);
      expect(lines.filter(({ level, msg }) => level > 30 && !msg.startsWith('the time zone rules'))).toMatchObject([
        { level: 50, msg: 'a media file could not be stored', err: { message: expect.stringContaining(DATA_DIR) } },
      ]);

      for (let key = 0; key < 100; key++)
        await app.engine.cache.fetch({ category: 'MEDIA', key: `${key}` }, async () => key);
      app.engine.checkAlerts();
      await webhook.first;
    } finally {
      await app.close();
    }
    const alert = { kind: 'LOW_HIT_RATIO', category: 'MEDIA' };
    const of = { id: app.engine.processes.identity.id, pid: process.pid };
    expect(webhook.received).toMatchObject([
      { event: 'raised', alert, process: of },
      { event: 'withdrawn', alert, process: of },
    ]);
    await expect(fetch(figures)).rejects.toThrow();
  });
});

describe('an app', () => {
  const attempt = (environment: Record<string, string>) =>
    createApp(readConfig(environment), { log: pino({ level: 'silent' }), nodeRules: process.versions.tz! });

  it('says which variable has the database that does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as { port: number };
    await expect(attempt({ DATABASE_URL: `postgres://127.0.0.1:${port}/magpie` })).rejects.toThrow(
      new RegExp(`^DATABASE_URL 127.0.0.1:${port}: .*timeout.*$`),
    );
  });

  it('says which variable names a file that is not there, before it makes anything', async () => {
    const DATA_DIR = await createFolder();
    await expect(attempt({ DATA_DIR, PERSISTED_OPERATIONS: '/nowhere/operations.json' })).rejects.toThrow(
      /^PERSISTED_OPERATIONS \/nowhere\/operations.json: ENOENT.*$/,
    );
    expect(await readdir(DATA_DIR)).toEqual([]);
  });

  it('says that a DATA_DIR is not a folder', async () => {
    const DATA_DIR = join(await createFolder(), 'file');
    await writeFile(DATA_DIR, '');
    await expect(attempt({ DATA_DIR })).rejects.toThrow(/^DATA_DIR .*file: expected a folder, but got a file$/);
  });
});
