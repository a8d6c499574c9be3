import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMastodonNetwork } from '../../../src/domains/accounts/mastodon-network.ts';
import { type Network, NetworkFailure, NetworkRefusal } from '../../../src/domains/accounts/network.ts';

const account = { id: 'acc_1', network: 'MASTODON', handle: 'wool' } as const;
const { signal } = new AbortController();

/** What docs.joinmastodon.org says of statuses and media, as far as we use it, on a real socket. */
class MastodonServer {
  readonly statuses = new Map<string, { id: string; url: string; body: Record<string, unknown>; created_at: string }>();
  now = new Date('2026-11-22T09:00:00.000Z');
  readonly uploads: { id: string; description: string | null; bytes: string; checks: number }[] = [];
  /** Answers the next requests instead of what is meant to happen. */
  readonly failures: { status: number; body: string }[] = [];
  /** How often the processing of media is asked for before it is done. */
  processingChecks = 0;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  baseUrl = '';

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.baseUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const bytes = Buffer.concat(await request.toArray());
    const { pathname, searchParams } = new URL(request.url!, this.baseUrl);
    if (pathname.startsWith('/files/')) return void response.end(`bytes of ${pathname.slice(7)}`);
    const failure = this.failures.shift();
    if (failure) return void response.writeHead(failure.status).end(failure.body);
    if (request.headers.authorization !== 'Bearer secret')
      return void send(401, { error: 'The access token is invalid' });

    if (request.method === 'POST' && pathname === '/api/v1/statuses') {
      const body = JSON.parse(bytes.toString()) as Record<string, unknown>;
      if ([...(body.status as string)].length > 500)
        return void send(422, { error: 'Validation failed: Text character limit of 500 exceeded' });
      const key = request.headers['idempotency-key'] as string;
      const id = String(this.statuses.size + 1);
      const created_at = this.now.toISOString();
      const status = this.statuses.get(key) ?? { id, url: `${this.baseUrl}/@wool/${id}`, body, created_at };
      this.statuses.set(key, status);
      return void send(200, { id: status.id, uri: `${status.url}/uri`, url: status.url });
    }
    if (request.method === 'POST' && pathname === '/api/v2/media') {
      const form = await new Response(bytes, {
        headers: { 'content-type': request.headers['content-type']! },
      }).formData();
      const id = `m${this.uploads.length + 1}`;
      const file = form.get('file') as File;
      const description = form.get('description') as string | null;
      this.uploads.push({ id, description, bytes: await file.text(), checks: 0 });
      return void send(this.processingChecks > 0 ? 202 : 200, { id, url: null });
    }
    if (pathname === '/api/v1/accounts/verify_credentials') return void send(200, { id: '7' });
    if (pathname === '/api/v1/accounts/7/statuses') {
      const newest = [...this.statuses.values()].reverse();
      const before = searchParams.get('max_id');
      const from = before === null ? 0 : newest.findIndex(({ id }) => id === before) + 1;
      const page = newest.slice(from, from + Number(searchParams.get('limit')));
      return void send(
        200,
        page.map(({ id, url, created_at }) => ({ id, url, uri: `${url}/uri`, created_at })),
      );
    }
    const source = /^\/api\/v1\/statuses\/(\d+)\/source$/.exec(pathname)?.[1];
    if (source !== undefined) {
      const status = [...this.statuses.values()].find(({ id }) => id === source);
      return void send(200, { id: source, text: status!.body.status });
    }
    const upload = this.uploads.find(({ id }) => pathname === `/api/v1/media/${id}`);
    if (!upload) return void send(404, { error: 'Record not found' });
    upload.checks += 1;
    send(upload.checks < this.processingChecks ? 206 : 200, { id: upload.id });
  }
}

describe('Mastodon as a network', () => {
  let server: MastodonServer;
  let network: Network;
  let taken: Map<string, string>;
  const noted = {
    of: (id: string) => taken.get(id),
    add: async (id: string, upload: string) => void taken.set(id, upload),
  };

  beforeEach(async () => {
    server = new MastodonServer();
    await server.start();
    network = connect();
    taken = new Map();
  });
  afterEach(() => server.stop());

  const connect = (options: object = {}) =>
    createMastodonNetwork({
      ...{ baseUrl: server.baseUrl, accessToken: 'secret', mediaBaseUrl: server.baseUrl, processingPollMs: 1 },
      ...options,
    });
  const publish = (request: object = {}, signalled = signal) =>
    network.publish({ id: 'tgt_1', account, text: 'Hello', media: [], uploads: noted, ...request }, signalled);

  it('publishes a status and gives its address', async () => {
    expect(await publish()).toEqual({ permalink: `${server.baseUrl}/@wool/1` });
    expect(server.statuses.get('tgt_1')!.body).toMatchObject({ status: 'Hello', visibility: 'public' });
  });

  it('publishes once what is sent twice with the same id', async () => {
    expect(await publish()).toEqual(await publish());
    expect(server.statuses.size).toBe(1);
  });

  it('sends media first, with their descriptions, in their order, and waits until they are processed', async () => {
    server.processingChecks = 2;
    const media = ['cat.png', 'dog.png'].map((name) => ({
      ...{
        id: `media_${name}`,
        url: `/files/${name}`,
        mimeType: 'image/png',
        altText: name === 'cat.png' ? 'A cat' : null,
      },
    }));
    await publish({ media });
    expect(server.uploads).toEqual([
      { id: 'm1', description: 'A cat', bytes: 'bytes of cat.png', checks: 2 },
      { id: 'm2', description: null, bytes: 'bytes of dog.png', checks: 2 },
    ]);
    expect(server.statuses.get('tgt_1')!.body.media_ids).toEqual(['m1', 'm2']);
  });

  it('does not send again what the server has taken, though it was not processed in time', async () => {
    server.processingChecks = 4;
    const media = [{ id: 'media_1', url: '/files/film.mp4', mimeType: 'video/mp4', altText: null }];
    const impatient = new AbortController();
    network = connect({
      fetch: async (...request: Parameters<typeof fetch>) => {
        const response = await fetch(...request);
        if (String(request[0]).includes('/api/v1/media/')) impatient.abort(new Error('too late'));
        return response;
      },
    });
    await expect(publish({ media }, impatient.signal)).rejects.toThrow('too late');
    network = connect();
    await publish({ media });
    expect(server.uploads).toHaveLength(1);
    expect(server.statuses.get('tgt_1')!.body.media_ids).toEqual(['m1']);
  });

  it('sends again what the server does not have any more', async () => {
    const media = [{ id: 'media_1', url: '/files/film.mp4', mimeType: 'video/mp4', altText: null }];
    taken.set('media_1', 'm99');
    await publish({ media });
    expect(server.statuses.get('tgt_1')!.body.media_ids).toEqual(['m1']);
    expect(taken).toEqual(new Map([['media_1', 'm1']]));
  });

  describe('asked for a post that it may have published', () => {
    const since = new Date('2026-11-22T09:00:00.000Z');
    const find = (text: string) => network.find!({ account, text, since }, signal);
    const publishAt = async (instant: string, ids: readonly string[], text = 'Another') => {
      server.now = new Date(instant);
      for (const id of ids) await publish({ id, text });
    };

    it('finds it among those since, however many came after it', async () => {
      await publishAt('2026-11-22T09:00:10.000Z', ['wanted'], 'We are open ');
      await publishAt(
        '2026-11-22T10:00:00.000Z',
        Array.from({ length: 60 }, (_, index) => `later ${index}`),
      );
      expect(await find('We are open')).toEqual({ permalink: `${server.baseUrl}/@wool/1` });
      expect(await find('We are closed')).toBeNull();
    });

    it('does not take an older one for it', async () => {
      await publishAt('2026-11-20T09:00:00.000Z', ['older'], 'We are open');
      await publishAt('2026-11-22T10:00:00.000Z', ['later']);
      expect(await find('We are open')).toBeNull();
    });

    it('refuses when it may not look, or there are too many', async () => {
      await publishAt(
        '2026-11-22T10:00:00.000Z',
        Array.from({ length: 201 }, (_, index) => `later ${index}`),
      );
      await expect(find('We are open')).rejects.toThrow(NetworkRefusal);
      server.failures.push({ status: 403, body: '{"error":"This action is outside the authorized scopes"}' });
      await expect(find('Another')).rejects.toThrow(NetworkRefusal);
    });
  });

  it('does not publish without its media when it cannot read them', async () => {
    network = connect({ mediaBaseUrl: undefined });
    const media = [{ id: 'media_1', url: '/files/cat.png', mimeType: 'image/png', altText: null }];
    await expect(publish({ media })).rejects.toThrow(NetworkRefusal);
    expect(server.statuses.size).toBe(0);
  });

  it('answers a contact by a status that only they see', async () => {
    const since = server.now;
    const request = { id: 'msg_1', account, contactHandle: 'bob@example.social', text: 'Hi' };
    expect(await network.findReply!({ ...request, since }, signal)).toBe(false);
    await network.reply(request, signal);
    expect(await network.findReply!({ ...request, since }, signal)).toBe(true);
    expect(await network.findReply!({ ...request, since, contactHandle: 'eve' }, signal)).toBe(false);
    expect(server.statuses.get('msg_1')!.body).toEqual({ status: '@bob@example.social Hi', visibility: 'direct' });
  });

  describe('that does not take it', () => {
    const lines: { status: number; body: string }[] = [];
    const failWith = async (status: number, body: string) => {
      lines.length = 0;
      const log = { warn: (details: object) => void lines.push(details as (typeof lines)[number]) };
      network = connect({ log });
      server.failures.push({ status, body });
      return (await publish().catch((error: unknown) => error)) as Error;
    };

    it.each([
      [401, 'Mastodon refused the credentials (HTTP 401): renew the access token of the account.'],
      [
        403,
        'Mastodon does not permit this to the account (HTTP 403): check the permissions of the account and of its access token.',
      ],
      [
        404,
        'Mastodon did not find the account or the message (HTTP 404): check whether the account and the message still exist.',
      ],
      [413, 'Mastodon found a file too large (HTTP 413): use a smaller file.'],
      [
        422,
        "Mastodon refused the request (HTTP 422): compare the text and the media with the network's rules, change them and try again.",
      ],
    ])('refuses permanently with %i, and names a remedy', async (status, message) => {
      const refusal = await failWith(status, '{"error":"no, Bearer secret"}');
      expect(refusal).toBeInstanceOf(NetworkRefusal);
      expect(refusal.message).toBe(message);
    });

    it.each([
      [408, 'Mastodon refused the request (HTTP 408): try again later.'],
      [425, 'Mastodon refused the request (HTTP 425): try again later.'],
      [429, 'Mastodon received too many requests (HTTP 429): try again later.'],
      [500, 'Mastodon failed internally (HTTP 500): try again later.'],
      [503, 'Mastodon failed internally (HTTP 503): try again later.'],
    ])('fails temporarily with %i', async (status, message) => {
      const failure = await failWith(status, '<html>Try later</html>');
      expect(failure).toBeInstanceOf(NetworkFailure);
      expect(failure.message).toBe(message);
      await publish();
      expect(server.statuses.size).toBe(1);
    });

    it.each(['{"error":"Validation failed: token secret"}', '<html>Bearer secret</html>', 'secret'.repeat(2_000_000)])(
      'has its response shown in the log alone, cut and without the token',
      async (body) => {
        const { message } = await failWith(422, body);
        expect(message).not.toMatch(/Validation|html|secret/);
        expect(lines).toEqual([{ path: '/api/v1/statuses', status: 422, body: expect.any(String) }]);
        expect(lines[0]!.body.length).toBeLessThanOrEqual(300);
        expect(lines[0]!.body).not.toContain('secret');
      },
    );

    it('logs why it refused', async () => {
      await failWith(422, '{"error":"Validation failed: Text character limit of 500 exceeded"}');
      expect(lines[0]!.body).toContain('Text character limit of 500 exceeded');
    });

    it.each([
      '',
      '<html>',
      'null',
      '{}',
      '{"url":7}',
      '{"url":"javascript:alert(1)"}',
      `{"url":"https://${'a'.repeat(2_000)}"}`,
      `"${'x'.repeat(5_000_000)}"`,
    ])('fails temporarily when its 200 is invalid', async (body) => {
      const failure = await failWith(200, body);
      expect(failure).toBeInstanceOf(NetworkFailure);
      expect(failure.message).toBe('Mastodon sent an invalid response: try again later.');
    });
  });

  it('ends with its signal', async () => {
    const reason = new Error('too late');
    await expect(publish({}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
