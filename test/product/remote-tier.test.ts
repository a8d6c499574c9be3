import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { hasRedis, type RedisServer, startRedisServer } from '../setup/redis-server.ts';
import { postponePosts, type Session, signInAs } from './magpie.ts';

let database: TestDatabase;
let redis: RedisServer;
let dataDir: string;
let owner: Session;
let templateId: string;
/** The two servers of most tests. */
let one: Running;
let two: Running;
const closings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  if (!hasRedis) return;
  [database, redis] = await Promise.all([
    createTestDatabase('postgres', { template: 'seeded' }),
    startRedisServer({ maxmemory: '64mb' }),
  ]);
  dataDir = await createFolder();
  owner = await signInAs(database, 'OWNER');
  await postponePosts(database);
  const templates = database.queries.selectFrom('templates').select('id').where('workspaceId', '=', owner.workspaceId);
  templateId = (await templates.orderBy('id').executeTakeFirstOrThrow()).id;
  [one, two] = [await start({}, closings), await start({}, closings)];
}, 60_000);

afterAll(async () => {
  for (const close of closings) await close();
  await redis?.stop();
});

/** A server as `npm start` makes it, with Redis. */
async function start(environment: Record<string, string> = {}, closings?: (() => Promise<void>)[]) {
  const config = readConfig({
    ...{ DATABASE_URL: database.url!, DATA_DIR: dataDir, REDIS_URL: redis.url },
    ...{ WARM_UP: 'off', LOG_LEVEL: 'silent', CACHE_AUDIT_EVERY: '0', REDIS_DEADLINE_MS: '1000' },
    ...environment,
  });
  const app = await createApp(config, { log: pino({ level: 'silent' }), nodeRules: '2025c' });
  const http = createServer(app.server.listener).listen(0, '127.0.0.1');
  await new Promise((listening) => http.once('listening', listening));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
  const close = async () => {
    http.close();
    http.closeAllConnections();
    await app.close();
  };
  if (closings) closings.push(close);
  else onTestFinished(close);
  const ask = async (query: string) => {
    const headers = {
      authorization: `Bearer ${owner.token}`,
      'content-type': 'application/json',
      'x-cache-debug': '1',
    };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { data, extensions } = (await response.json()) as {
      data: Record<string, never>;
      extensions?: { cache: { status: string }[] };
    };
    return { data, statuses: extensions?.cache.map(({ status }) => status) };
  };
  return {
    app,
    ask,
    stats: async () => {
      const { data } = await ask(
        '{ cacheStats { loads hitsBy { remote } remote { state hits misses writes errors timeouts omitted { outdated unfaithful unavailable } refused { outdated corrupt foreign } } } }',
      );
      return data.cacheStats as unknown as Statistics;
    },
  };
}
interface Statistics {
  loads: number;
  hitsBy: { remote: number };
  remote: {
    state: string;
    hits: number;
    misses: number;
    errors: number;
    timeouts: number;
    writes: number;
    refused: { outdated: number; foreign: number };
    omitted: { outdated: number; unfaithful: number; unavailable: number };
  };
}
type Running = Awaited<ReturnType<typeof start>>;

const read = () => `{ template(id: "${templateId}") { title } }`;
const write = (title: string) =>
  `mutation { updateTemplate(input: { id: "${templateId}", title: "${title}" }) { template { title } } }`;

let lists = 0;

/** A list that nobody has asked for. */
const newList = () => `{ templates(first: 5, filter: { search: "list ${++lists}" }) { nodes { title } } }`;

/**
 * Loads one list after the other at one server until another has it from Redis: then it is known that earlier writes had ended, so
 * that all that is loaded from now on is shared.
 */
async function untilShared(loader: Running, reader: Running): Promise<void> {
  for (;;) {
    const query = newList();
    await loader.ask(query);
    if ((await reader.ask(query)).statuses?.[0] === 'HIT') return;
  }
}

/** Loads a list, and resolves when it is in Redis. Nothing else may be under way there. */
async function loadShared(server: Running): Promise<string> {
  const query = newList();
  const before = (await server.stats()).remote.writes;
  await server.ask(query);
  while ((await server.stats()).remote.writes === before);
  return query;
}

describe.skipIf(!hasRedis)('two servers with one Redis', () => {
  it('load once what both answer, and so does one that begins later', async () => {
    await untilShared(one, two);
    const query = await loadShared(one);
    const { data } = await one.ask(query);
    const before = await two.stats();
    expect(await two.ask(query)).toEqual({ data, statuses: ['HIT'] });
    const after = await two.stats();
    expect(after.loads).toBe(before.loads);
    expect(after.hitsBy.remote).toBe(before.hitsBy.remote + 1);
    expect(after.remote.state).toBe('AVAILABLE');
    await two.ask('mutation { createCampaign(input: { name: "Spring" }) { campaign { id } } }'); // of other tags
    const three = await start();
    await untilShared(one, three);
    const { loads } = await three.stats();
    expect(await three.ask(query)).toEqual({ data, statuses: ['HIT'] });
    expect((await three.stats()).loads).toBe(loads);
  });

  it('never answer with anything older than a write, whatever Redis brings back', async () => {
    for (let round = 1; round <= 8; round++) {
      const [writer, reader] = round % 2 ? [one, two] : [two, one];
      await Promise.all([reader.ask(read()), writer.ask(read())]);
      for (const key of await redis.keys('magpie:')) await redis.command('COPY', key, `old:${key}`, 'REPLACE');
      const title = `Round ${round}`;
      await writer.ask(write(title));
      for (const key of await redis.keys('old:')) await redis.command('COPY', key, key.slice('old:'.length), 'REPLACE');
      for (const server of [reader, writer]) expect((await server.ask(read())).data).toEqual({ template: { title } });
    }
    const refused = (await Promise.all([one.stats(), two.stats()])).map(({ remote }) => remote.refused.outdated);
    expect(refused[0]! + refused[1]!).toBeGreaterThan(0);
  });

  it('share what was loaded after a write', async () => {
    await one.ask(write('Shared'));
    await untilShared(one, two);
    const query = await loadShared(one);
    const { data } = await one.ask(query);
    const before = await two.stats();
    expect(await two.ask(query)).toEqual({ data, statuses: ['HIT'] });
    const { loads, hitsBy } = await two.stats();
    expect({ loads, hits: hitsBy.remote }).toEqual({ loads: before.loads, hits: before.hitsBy.remote + 1 });
  });

  it('are not served values of other workspaces or keys that lie under theirs', async () => {
    await redis.command('FLUSHALL');
    await one.ask('mutation { clearCache(input: {}) { clearedEntries } }');
    await untilShared(one, two);
    const queries = [await loadShared(one), await loadShared(one)];
    const answers = await Promise.all(queries.map((query) => one.ask(query)));
    const keys = await redis.keys('magpie:');
    await Promise.all(keys.map((key) => redis.command('COPY', key, `old:${key}`, 'REPLACE')));
    for (const [index, key] of keys.entries()) await redis.command('COPY', `old:${keys.at(index - 1)}`, key, 'REPLACE');
    const before = (await two.stats()).remote;
    for (const [index, query] of queries.entries()) expect((await two.ask(query)).data).toEqual(answers[index]!.data);
    const { hits, refused } = (await two.stats()).remote;
    expect({ hits, foreign: refused.foreign - before.refused.foreign }).toEqual({ hits: before.hits, foreign: 2 });
  });

  it('are warmed together, with everything that the product loads', async () => {
    await one.ask('mutation { clearCache(input: {}) { clearedEntries } }');
    await untilShared(one, two);
    const begun = (await one.stats()).remote;
    await one.ask('mutation { warmCache { warmedEntries } }');
    let { remote } = await one.stats();
    const looked = ({ misses, refused }: Statistics['remote']) => misses + refused.outdated + refused.foreign;
    const ended = ({ writes, errors, timeouts, omitted }: Statistics['remote']) =>
      writes + errors + timeouts + omitted.outdated + omitted.unavailable;
    while (ended(remote) - ended(begun) < looked(remote) - looked(begun)) ({ remote } = await one.stats());
    expect(remote.omitted).toMatchObject({ unfaithful: 0 });
    const before = await two.stats();
    await two.ask('mutation { warmCache { warmedEntries } }');
    const { loads, hitsBy } = await two.stats();
    expect(hitsBy.remote - before.hitsBy.remote).toBeGreaterThan(5);
    expect(loads - before.loads).toBeLessThan(hitsBy.remote - before.hitsBy.remote);
  });

  it('load once what is dear, although both need it at the same time', async () => {
    await untilShared(one, two);
    await untilShared(two, one);
    const before = await Promise.all([one.stats(), two.stats()]);
    const query = '{ analytics(range: { preset: LAST_90_DAYS }) { summary { metric value } } }';
    const [first, second] = await Promise.all([one.ask(query), two.ask(query)]);
    expect(first.data).toEqual(second.data);
    expect(first.data).toHaveProperty('analytics.summary');
    const after = await Promise.all([one.stats(), two.stats()]);
    const change = (read: (statistics: Statistics) => number) =>
      after.reduce((sum, statistics, place) => sum + read(statistics) - read(before[place]!), 0);
    expect(change(({ loads }) => loads)).toBe(1);
    expect(change(({ hitsBy }) => hitsBy.remote)).toBe(1);
  });

  it('answer as before without it', async () => {
    const own = await startRedisServer();
    const server = await start({ REDIS_URL: own.url });
    await own.stop();
    for (let i = 0; i < 4; i++) {
      await server.ask('mutation { clearCache(input: {}) { clearedEntries } }');
      expect((await server.ask(read())).data).toEqual({ template: { title: 'Shared' } });
    }
    expect((await server.stats()).remote.state).not.toBe('AVAILABLE');
  });
});
