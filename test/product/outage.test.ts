import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { createListener } from '../../src/http/listener.ts';
import { startDatabaseProxy } from '../setup/database-proxy.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { signInAs, startMagpie } from './magpie.ts';

/** The product as `main.ts` puts it together, behind a network that the test can break. */
async function start() {
  const database = await createTestDatabase('postgres', { template: 'seeded' });
  const { token } = await signInAs(database, 'OWNER');
  const proxy = await startDatabaseProxy(database.url!);
  const lines: { level: number; msg: string }[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const DATA_DIR = await createFolder();
  const app = await createApp(readConfig({ DATABASE_URL: proxy.url, DATA_DIR, CACHE: 'off' }), {
    log,
    nodeRules: '2025c',
  });
  const listener = createListener();
  const url = await listener.listen({ host: '127.0.0.1', port: 0 });
  listener.serve(app.server, app.isReady);
  onTestFinished(async () => {
    proxy.resume();
    await listener.drain(0);
    await app.close();
  });
  return {
    ...{ proxy, lines },
    async readiness() {
      return (await fetch(`${url}/readyz`)).status;
    },
    async ask(query: string) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      const { data, errors } = (await response.json()) as {
        data?: unknown;
        errors?: { extensions: { code: string } }[];
      };
      const codes = errors?.map(({ extensions }) => extensions.code);
      return { status: response.status, retryAfter: response.headers.get('retry-after'), data, codes };
    },
  };
}

const query = '{ templates(first: 1) { totalCount } savedReplies { id } }';

describe('a server whose database is away', { timeout: 60_000 }, () => {
  it('says so to clients, load balancers and the log, and answers again when it is back', async () => {
    const { ask, readiness, proxy, lines } = await start();
    const before = await ask(query);
    expect(before).toMatchObject({ status: 200, codes: undefined });
    expect(await readiness()).toBe(200);

    proxy.cut();
    const asked = await Promise.all(Array.from({ length: 30 }, () => ask(query)));
    for (const { status, retryAfter, codes } of asked) {
      expect({ status, retryAfter }).toEqual({ status: 503, retryAfter: '5' });
      expect(new Set(codes)).toEqual(new Set(['UNAVAILABLE']));
    }
    expect(await readiness()).toBe(503);
    expect(lines.filter(({ msg }) => msg === 'the database does not respond')).toHaveLength(1);
    expect(lines.filter(({ msg }) => msg === 'unexpected error')).toEqual([]);
    expect(lines.filter(({ level, msg }) => level > 20 && msg === 'request')).toHaveLength(1);

    proxy.resume();
    expect(await ask(query)).toEqual(before);
    expect(await readiness()).toBe(200);
  });

  it('says of a mutation whose COMMIT got no answer that nobody knows', async () => {
    const { ask, proxy } = await start();
    await ask(query);
    proxy.whenSent(['Perhaps', 'commit'], proxy.cut);
    const document = 'mutation { createTemplate(input: { title: "Perhaps", body: "x" }) { userErrors { code } } }';
    expect(await ask(document)).toEqual({ status: 500, retryAfter: null, data: null, codes: ['OUTCOME_UNKNOWN'] });
  });

  it('says of a mutation that was cut off before that it may be sent again', async () => {
    const { ask, proxy } = await start();
    await ask(query);
    proxy.whenSent(['Never'], proxy.cut);
    const document = 'mutation { createTemplate(input: { title: "Never", body: "x" }) { userErrors { code } } }';
    expect(await ask(document)).toEqual({ status: 503, retryAfter: '5', data: null, codes: ['UNAVAILABLE'] });
  });
});

describe('a server that has cached a part of an answer before its database went away', { timeout: 60_000 }, () => {
  it('gives that part with 200, and says 503 when it has none', async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    const { token } = await signInAs(database, 'OWNER');
    const proxy = await startDatabaseProxy(database.url!);
    const own = await openDatabase({ url: proxy.url });
    onTestFinished(() => own.close());
    const { ask } = await startMagpie(own);
    const { json } = await ask(token, '{ savedReplies { id } }');
    proxy.cut();
    expect(await ask(token, '{ savedReplies { id } templates { totalCount } }')).toMatchObject({
      status: 200,
      json: { data: { ...json.data, templates: null }, errors: [{ extensions: { code: 'UNAVAILABLE' } }] },
    });
    expect(await ask(token, '{ templates { totalCount } }')).toMatchObject({
      status: 503,
      json: { data: { templates: null }, errors: [{ extensions: { code: 'UNAVAILABLE' } }] },
    });
  });
});
