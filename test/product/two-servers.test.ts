import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { startDatabaseProxy } from '../setup/database-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { ask, startHost } from '../workers/host.ts';
import { postponePosts, type Session, signInAs } from './magpie.ts';

interface Running {
  readonly app: App;
  readonly url: string;
  ask(query: string, token?: string): Promise<{ status: number; cache: string | null; data: Record<string, never> }>;
  /** The data of a subscription's events, from when it is open. */
  follow(query: string): Promise<AsyncIterator<Record<string, unknown>>>;
}

let database: TestDatabase;
/** Shared by all, for the media of a database are in one place. */
let dataDir: string;
let owner: Session;
let templateId: string;

beforeAll(async () => {
  database = await createTestDatabase('postgres', { template: 'seeded' });
  await postponePosts(database);
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
  const config = readConfig({
    ...{ DATABASE_URL: database.url!, DATA_DIR: dataDir, WARM_UP: 'off', LOG_LEVEL: 'silent' },
    ...environment,
  });
  const app = await createApp(config, { log: pino({ level: 'silent' }), nodeRules: '2025c' });
  const http = createServer(app.server.listener).listen(0, '127.0.0.1');
  await new Promise((listening) => http.once('listening', listening));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    http.close();
    http.closeAllConnections();
    await app.close();
  });
  const post = (query: string, token: string, headers = {}) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
  return {
    ...{ app, url },
    async ask(query, token = owner.token) {
      const response = await post(query, token);
      const { data } = (await response.json()) as { data: Record<string, never> };
      return { status: response.status, cache: response.headers.get('cache-status'), data };
    },
    async follow(query) {
      const { body } = await post(query, owner.token, { accept: 'text/event-stream' });
      return eventsOf(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]));
    },
  };
}

async function* eventsOf(body: Readable) {
  for await (const line of createInterface({ input: body })) {
    if (!line.startsWith('data: ')) continue;
    yield JSON.parse(line.slice('data: '.length)).data as Record<string, unknown>;
  }
}

const read = () => `{ template(id: "${templateId}") { title } }`;
const writeDocument = (title: string) =>
  `mutation { updateTemplate(input: { id: "${templateId}", title: "${title}" }) { template { title } } }`;

describe('two servers on one database', () => {
  it('both answer from memory, and with what either of them wrote, always', async () => {
    const [one, two] = [await start(), await start()];
    const session = await signInAs(database, 'EDITOR');
    for (let round = 1; round <= 20; round++) {
      const [writer, reader] = round % 2 ? [two, one] : [one, two];
      const title = `Round ${round}`;
      await writer.ask(writeDocument(title));
      for (const server of [reader, writer]) {
        expect((await server.ask(read(), session.token)).data).toEqual({ template: { title } });
        await server.ask(read(), session.token); // from now on from memory
        const { cache, data } = await server.ask(read(), session.token);
        expect({ cache: cache!.slice(0, 11), data }).toEqual({ cache: 'Magpie; hit', data: { template: { title } } });
      }
    }
    await two.ask('mutation { signOut { __typename } }', session.token);
    expect((await one.ask(read(), session.token)).status).toBe(401);
  });

  it('tell subscribers of each what was written in either, once and in order', async () => {
    const [one, two] = [await start(), await start()];
    const subscription = 'subscription { cacheInvalidated { nodeIds } }';
    const events = await Promise.all([one.follow(subscription), two.follow(subscription)]);
    const written: string[] = [];
    for (const server of [one, two, one, two]) {
      const { data } = await server.ask('mutation { createCampaign(input: { name: "Spring" }) { campaign { id } } }');
      const { id } = (data as unknown as { createCampaign: { campaign: { id: string } } }).createCampaign.campaign;
      await server.ask(`mutation { deleteCampaign(input: { id: "${id}" }) { deletedId } }`);
      written.push(id);
    }
    for (const heard of events) {
      const ids: string[] = [];
      while (ids.length < written.length) {
        const { value } = await heard.next();
        ids.push(...value.cacheInvalidated.nodeIds);
      }
      expect(ids).toEqual(written);
    }
  });

  it('clear the cache for both, by either', async () => {
    const [one, two] = [await start(), await start()];
    for (let i = 0; i < 3; i++) await two.ask(read());
    await database.queries.updateTable('templates').set({ title: 'By hand' }).where('id', '=', templateId).execute();
    await one.ask('mutation { clearCache(input: {}) { clearedEntries } }');
    expect((await two.ask(read())).data).toEqual({ template: { title: 'By hand' } });
  });

  it('follow a policy that was changed at the other', { timeout: 25_000 }, async () => {
    const [one, two] = [await start({ OPERATOR_WORKSPACE: owner.workspaceId }), await start()];
    const change = 'mutation { setCachePolicy(input: { category: POSTS, maxEntries: 77 }) { userErrors { message } } }';
    expect((await one.ask(change)).data).toEqual({ setCachePolicy: { userErrors: [] } });
    const maxEntries = () => two.app.engine.cache.snapshot(['POSTS']).categories[0]!.policy.maxEntries;
    while (maxEntries() !== 77) await two.ask(read()); // it reads the table when it has heard of the change
  });

  it('agree when one of them hears nothing any more, and does not know it', async () => {
    const network = await startDatabaseProxy(database.url!);
    const [one, two] = [await start({ DATABASE_LISTEN_URL: network.url }), await start()];
    for (let i = 0; i < 4; i++) await one.ask(read());
    network.freeze();
    await two.ask(writeDocument('Not heard of'));
    expect(await one.ask(read())).toMatchObject({
      data: { template: { title: 'Not heard of' } },
      cache: 'Magpie; fwd=bypass',
    });
    network.resume();
  });

  it('agree with a third, in a process that stops, goes on, and is killed', { timeout: 120_000 }, async () => {
    const [one, two] = [await start(), await start()];
    const third = await startHost({ DATABASE_URL: database.url!, DATA_DIR: dataDir, DEMO: 'off' });
    let round = 0;
    /** Returns what each reader tells right after the write was answered, three times: from the third on from memory. */
    const write = async (writer: { url: string }, readers: readonly { url: string }[]) => {
      const title = `Third ${++round}`;
      expect((await ask(writer, owner.token, writeDocument(title))).data.updateTemplate.template).toEqual({ title });
      for (const reader of [...readers, ...readers]) {
        const { data } = await ask(reader, owner.token, read());
        expect(data).toEqual({ template: { title } });
      }
      for (const reader of readers)
        expect(await ask(reader, owner.token, read())).toEqual({ isHit: true, data: { template: { title } } });
    };
    for (const writer of [third, one, two]) await write(writer, [one, two, third]);
    third.child.kill('SIGSTOP');
    for (const writer of [one, two]) await write(writer, [one, two]);
    const title = `Third ${round}`;
    third.child.kill('SIGCONT');
    expect((await ask(third, owner.token, read())).data).toEqual({ template: { title } });
    await write(third, [one, two]);
    third.child.kill('SIGKILL');
    for (const writer of [two, one]) await write(writer, [one, two]);
  });

  it('answer from memory without the database if that is wanted, and say so', async () => {
    const network = await startDatabaseProxy(database.url!);
    const one = await start({ DATABASE_URL: network.url, CACHE_WHEN_CUT_OFF: 'serve:600' });
    const two = await start();
    for (let i = 0; i < 3; i++) await one.ask(read());
    const { data: before } = await one.ask(read());
    network.cut();
    await two.ask(writeDocument('Written while the other is cut off'));
    let answer = await one.ask(read());
    while (!answer.cache?.endsWith('; detail=cut-off')) answer = await one.ask(read());
    expect(answer).toMatchObject({ status: 200, data: before });
    network.resume();
    while (answer.cache?.endsWith('; detail=cut-off')) answer = await one.ask(read());
    expect(answer.data).toEqual({ template: { title: 'Written while the other is cut off' } });
  });

  it('agree also when one of them does not cache', async () => {
    const [one, plain] = [await start(), await start({ CACHE: 'off' })];
    await one.ask(read());
    await plain.ask(writeDocument('Written without a cache'));
    expect((await one.ask(read())).data).toEqual({ template: { title: 'Written without a cache' } });
    expect((await plain.ask(read())).cache).toBe('Magpie; fwd=bypass');
  });
});
