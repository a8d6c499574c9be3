import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { type Session, signInAs } from './magpie.ts';

interface Running {
  readonly app: App;
  ask(query: string, token?: string): Promise<{ status: number; cache: string | null; data: Record<string, never> }>;
  /** Resolves when a line was logged that holds this text, after those that were asked for before. */
  says(text: string): Promise<void>;
  stop(): Promise<void>;
}

let database: TestDatabase;
/** Shared by all, for the media of a database are in one place. */
let dataDir: string;
let owner: Session;
let templateId: string;

beforeAll(async () => {
  database = await createTestDatabase('postgres', { template: 'seeded' });
  dataDir = await createFolder();
  owner = await signInAs(database, 'OWNER');
  const { queries } = database;
  const { id } = await queries
    .selectFrom('templates')
    .select('id')
    .where('workspaceId', '=', owner.workspaceId)
    .orderBy('id')
    .executeTakeFirstOrThrow();
  templateId = id;
});

/** A server as `npm start` makes it, over a socket. */
async function start(environment: Record<string, string> = {}): Promise<Running> {
  const lines: string[] = [];
  let heard = () => {};
  const write = (line: string) => {
    lines.push(JSON.parse(line).msg);
    heard();
  };
  const config = readConfig({
    ...{ DATABASE_URL: database.url!, DATA_DIR: dataDir, WARM_UP: 'off', LOG_LEVEL: 'info' },
    ...environment,
  });
  const app = await createApp(config, { log: pino({ level: 'info' }, { write }), nodeRules: '2025c' });
  const http = createServer(app.server.listener).listen(0, '127.0.0.1');
  await new Promise((listening) => http.once('listening', listening));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
  let stopped: Promise<void> | undefined;
  const stop = () => {
    http.close();
    http.closeAllConnections();
    stopped ??= app.close();
    return stopped;
  };
  onTestFinished(stop);
  return {
    app,
    stop,
    async ask(query, token = owner.token) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
      const { data } = (await response.json()) as { data: Record<string, never> };
      return { status: response.status, cache: response.headers.get('cache-status'), data };
    },
    says: (text) =>
      new Promise((resolve) => {
        heard = () => {
          const at = lines.findIndex((line) => line.includes(text));
          if (at < 0) return;
          lines.splice(0, at + 1);
          resolve();
        };
        heard();
      }),
  };
}

const read = () => `{ template(id: "${templateId}") { title } }`;
const write = (title: string) =>
  `mutation { updateTemplate(input: { id: "${templateId}", title: "${title}" }) { template { title } } }`;

describe('two servers on one database', () => {
  it('answer with what either of them wrote, always', async () => {
    const one = await start();
    for (let i = 0; i < 3; i++) await one.ask(read());
    expect((await one.ask(read())).cache).toMatch(/^Magpie; hit; ttl=/);

    const two = await start();
    await one.says('another server uses this database');
    const session = await signInAs(database, 'EDITOR');
    for (let round = 1; round <= 20; round++) {
      const [writer, reader] = round % 2 ? [two, one] : [one, two];
      const title = `Round ${round}`;
      await writer.ask(write(title));
      for (const server of [reader, writer, reader])
        expect(await server.ask(read(), session.token)).toEqual({
          ...{ status: 200, cache: 'Magpie; fwd=bypass' },
          data: { template: { title } },
        });
    }
    await two.ask('mutation { signOut { __typename } }', session.token);
    expect((await one.ask(read(), session.token)).status).toBe(401);
  });

  it('let the one that stays cache again, what the other wrote last', async () => {
    const one = await start();
    await one.ask(write('Before'));
    for (let i = 0; i < 3; i++) await one.ask(read());
    const two = await start();
    await two.ask(write('After'));
    await two.stop();
    await one.says('alone on this database');
    const answers = [await one.ask(read()), await one.ask(read()), await one.ask(read())];
    expect(answers.map(({ data }) => data)).toEqual(
      Array.from({ length: 3 }, () => ({ template: { title: 'After' } })),
    );
    expect(answers.map(({ cache }) => cache)).toEqual([
      'Magpie; fwd=miss; stored',
      expect.stringMatching(/^Magpie; hit/),
      expect.stringMatching(/^Magpie; hit/),
    ]);
  });

  it('are two also when one of them does not cache', async () => {
    const one = await start();
    await one.ask(read());
    const plain = await start({ CACHE: 'off' });
    await plain.ask(write('Written without a cache'));
    expect((await one.ask(read())).data).toEqual({ template: { title: 'Written without a cache' } });
    await one.stop();
    await plain.ask(read());
    expect((await plain.ask(read())).cache).toBe('Magpie; fwd=bypass');
  });
});
