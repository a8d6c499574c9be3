import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSlack, createTelegram, createWebhook } from '../../src/operator/alert-channels.ts';
import { type AlertChannel, AlertDelivery, type AlertNotice } from '../../src/operator/alert-delivery.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Respond = (response: ServerResponse) => void;
const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A receiver that answers in turn as it is told to, and then 200. */
async function startReceiver(...answers: Respond[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      received.push({ path, headers, body: Buffer.concat(chunks).toString() });
      const answer = answers.shift();
      if (answer) answer(response);
      else response.end('ok');
    });
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Respond =>
  (response) =>
    response.writeHead(code, headers).end(body);

const notice = (n = 1, event: AlertNotice['event'] = 'raised'): AlertNotice => ({
  ...{ id: `notice ${n}`, event, at: '2026-11-22T12:00:00.000Z' },
  alert: {
    ...{ kind: 'LOW_HIT_RATIO', category: 'INBOX', message: 'INBOX: hit ratio 0.41, expected <0.50> or more.' },
    since: '2026-11-22T12:00:00.000Z',
  },
  process: { id: 'a process', host: 'magpie-1', pid: 31 },
});

function createDelivery(channel: AlertChannel, timeoutMs = 5_000) {
  const waits: number[] = [];
  const logged: object[] = [];
  const delivery = new AlertDelivery({
    ...{ channel, timeoutMs, now: () => new Date('2026-11-22T12:00:01.500Z') },
    log: { error: (details) => logged.push(details) },
    wait: async (ms) => waits.push(ms),
  });
  return { delivery, waits, logged };
}

describe('a webhook', () => {
  const secret = 'a secret';

  it('is told each change once, signed with the time of the attempt', async () => {
    const { url, received } = await startReceiver();
    const { delivery } = createDelivery(createWebhook({ url, secret }));
    delivery.tell(notice(1));
    delivery.tell(notice(2, 'withdrawn'));
    await delivery.idle;
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([notice(1), notice(2, 'withdrawn')]);
    const { headers, body } = received[0]!;
    const signature = createHmac('sha256', secret).update(`1795348801.${body}`).digest('hex');
    expect(headers['magpie-signature']).toBe(`t=1795348801,v1=${signature}`);
  });

  it('that fails is told again, later and later, in order', async () => {
    const { url, received } = await startReceiver(status(500), (response) => response.destroy(), status(503));
    const { delivery, waits, logged } = createDelivery(createWebhook({ url, secret }));
    delivery.tell(notice(1));
    delivery.tell(notice(2));
    await delivery.idle;
    expect(received.map(({ body }) => JSON.parse(body).id)).toEqual([...Array(4).fill('notice 1'), 'notice 2']);
    expect([waits, logged]).toEqual([[1_000, 2_000, 4_000], []]);
  });

  it('that always fails is given up after eight attempts, with the reason in the log and no secret', async () => {
    const { delivery, waits, logged } = createDelivery(createWebhook({ url: 'http://127.0.0.1:1/path', secret }));
    delivery.tell(notice());
    await delivery.idle;
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000]);
    expect(logged).toEqual([
      { channel: 'webhook', event: 'raised', kind: 'LOW_HIT_RATIO', category: 'INBOX', reason: expect.any(String) },
    ]);
    expect(JSON.stringify(logged)).not.toContain('/path');
  });

  it.each([
    ['a refusal', status(400), 'it answered 400'],
    ['a missing page', status(404), 'it answered 404'],
  ])('is not told again after %s', async (_, answer, reason) => {
    const { url, received } = await startReceiver(answer);
    const { delivery, logged } = createDelivery(createWebhook({ url, secret }));
    delivery.tell(notice());
    await delivery.idle;
    expect([received.length, logged]).toEqual([1, [expect.objectContaining({ reason })]]);
  });

  it('is not followed to another place', async () => {
    const other = await startReceiver();
    const redirect = status(307, { location: other.url });
    const { url, received } = await startReceiver(redirect);
    const { delivery, logged } = createDelivery(createWebhook({ url, secret }));
    delivery.tell(notice());
    await delivery.idle;
    expect([other.received.length, received.length]).toEqual([0, 1]);
    expect(logged).toEqual([expect.objectContaining({ reason: 'it answered 307' })]);
  });

  it('is waited for no longer than it may take, and not at all once the server stops', async () => {
    const { url } = await startReceiver(...Array(8).fill(() => {}));
    const { delivery, waits, logged } = createDelivery(createWebhook({ url, secret }), 20);
    delivery.tell(notice());
    await delivery.idle;
    const reason = expect.stringContaining('within 20 ms');
    expect([waits.length, logged]).toEqual([7, [expect.objectContaining({ reason })]]);

    const silent = await startReceiver(() => {});
    const stopped = createDelivery(createWebhook({ url: silent.url, secret }), 3_600_000);
    stopped.delivery.tell(notice(1));
    stopped.delivery.tell(notice(2));
    await stopped.delivery.stop(0);
    stopped.delivery.tell(notice(3));
    expect(stopped.logged).toHaveLength(2);
  });

  it('is told what was noticed just before the stop', async () => {
    const { url, received } = await startReceiver();
    const { delivery, logged } = createDelivery(createWebhook({ url, secret }));
    delivery.tell(notice(1));
    delivery.tell(notice(2, 'withdrawn'));
    await delivery.stop();
    expect(received.map(({ body }) => JSON.parse(body).event)).toEqual(['raised', 'withdrawn']);
    expect(logged).toEqual([]);
  });

  it('has at most a hundred notices waiting, the newest', async () => {
    let release!: () => void;
    const { url, received } = await startReceiver((response) => {
      release = () => response.end();
    });
    const { delivery, logged } = createDelivery(createWebhook({ url, secret }));
    for (let n = 1; n <= 103; n++) delivery.tell(notice(n));
    while (received.length === 0) await new Promise(setImmediate);
    release();
    await delivery.idle;
    expect(received.length).toBe(101);
    expect(received.slice(0, 2).map(({ body }) => JSON.parse(body).id)).toEqual(['notice 1', 'notice 4']);
    expect(logged).toHaveLength(2);
  });
});

describe('Slack', () => {
  it('is told a line of text, in which nothing is markup', async () => {
    const { url, received } = await startReceiver(status(429, { 'retry-after': '30' }));
    const { delivery, waits } = createDelivery(createSlack({ url: `${url}/services/T0/B0/x` }));
    delivery.tell(notice());
    await delivery.idle;
    expect(received[1]).toMatchObject({ path: '/services/T0/B0/x', headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(received[1]!.body)).toEqual({
      text: 'Magpie on magpie-1, process 31: LOW_HIT_RATIO raised. INBOX: hit ratio 0.41, expected &lt;0.50&gt; or more.',
    });
    expect(waits).toEqual([30_000]);
  });
});

describe('Telegram', () => {
  const tooMany = JSON.stringify({ ok: false, error_code: 429, parameters: { retry_after: 7 } });

  it('is told by its bot, and waited for as it asks', async () => {
    const { url, received } = await startReceiver(status(429, {}, tooMany));
    const { delivery, waits } = createDelivery(createTelegram({ apiUrl: `${url}/`, token: '12:ab', chatId: '-100' }));
    delivery.tell(notice(1, 'withdrawn'));
    await delivery.idle;
    expect(received.map(({ path }) => path)).toEqual(Array(2).fill('/bot12:ab/sendMessage'));
    expect(JSON.parse(received[0]!.body)).toEqual({
      chat_id: '-100',
      text: 'Magpie on magpie-1, process 31: LOW_HIT_RATIO withdrawn (raised 2026-11-22T12:00:00.000Z). It was: INBOX: hit ratio 0.41, expected <0.50> or more.',
    });
    expect(waits).toEqual([7_000]);
  });

  it('is given up without its token in the log', async () => {
    const { url } = await startReceiver(status(401));
    const { delivery, logged } = createDelivery(createTelegram({ apiUrl: url, token: '12:ab', chatId: '1' }));
    delivery.tell(notice());
    await delivery.idle;
    expect(JSON.stringify(logged)).not.toContain('12:ab');
    expect(logged).toHaveLength(1);
  });
});
