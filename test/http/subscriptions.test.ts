import { describe, expect, it, vi } from 'vitest';
import { endable } from '../../src/http/endable.ts';
import { ada, createTestServer, gate, limits, post } from './engine.ts';
import { createLiveServer } from './live.ts';

const sse = { accept: 'text/event-stream', authorization: 'Bearer good-token' };

/** The events of a response, as they come. */
async function* eventsOf(response: Response): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop()!;
    yield* events.filter((event) => event.startsWith('event:'));
  }
}

async function all(events: AsyncGenerator<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const event of events) found.push(event);
  return found;
}

async function next(events: AsyncGenerator<string>): Promise<string | undefined> {
  const { value } = await events.next();
  return value as string | undefined;
}

const complete = 'event: complete\ndata:';
const cutShort = 'terminated';

describe('a subscription', () => {
  it('sends its events as they come, and then that it is complete', async () => {
    const server = createTestServer();
    const events = eventsOf(await post(server, 'subscription { ticks }', { headers: sse }));
    expect(await all(events)).toEqual([
      'event: next\ndata: {"data":{"ticks":1}}',
      'event: next\ndata: {"data":{"ticks":2}}',
      complete,
    ]);
    expect(server.subscriptions.size).toBe(0);
  });

  it('may be asked for by GET, as EventSource does', async () => {
    const { fetch } = createTestServer();
    const response = await fetch('http://magpie.test/graphql?query=subscription{ticks}', { headers: sse });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await all(eventsOf(response))).toHaveLength(3);
  });

  it('breaks off when the server drains: its answer stays without its end', async () => {
    const server = await createLiveServer();
    const events = eventsOf(await fetch(`${server.url}/graphql?query=subscription{forever}`, { headers: sse }));
    await next(events);
    server.subscriptions.breakOffAll();
    await expect(next(events)).rejects.toThrow(cutShort);
    expect(server.subscriptions.size).toBe(0);
  });

  it('says of what nobody compressed that it is in no coding', async () => {
    const response = await post(createTestServer(), 'subscription { ticks }', { headers: sse });
    expect(response.headers.has('content-encoding')).toBe(false);
    expect(await all(eventsOf(response))).toHaveLength(3);
  });

  it('ends with a reason when its token is revoked', async () => {
    const server = createTestServer();
    const events = eventsOf(await post(server, 'subscription { forever }', { headers: sse }));
    await next(events);
    server.engine.tokens.clear();
    await server.subscriptions.recheck();
    expect(await next(events)).toContain('"code":"UNAUTHENTICATED"');
    expect(await next(events)).toBe(complete);
  });

  it('breaks off with a reason when the role behind its token is another', async () => {
    const server = await createLiveServer();
    const events = eventsOf(await fetch(`${server.url}/graphql?query=subscription{forever}`, { headers: sse }));
    await next(events);
    server.engine.tokens.set('good-token', { ...ada, role: 'READER' });
    await server.subscriptions.recheck();
    expect(await next(events)).toContain('"code":"ACCESS_CHANGED"');
    await expect(next(events)).rejects.toThrow(cutShort);
  });

  it('goes on when nothing changed', async () => {
    const server = createTestServer();
    const events = eventsOf(await post(server, 'subscription { forever }', { headers: sse }));
    await next(events);
    await server.subscriptions.recheck();
    expect(server.subscriptions.size).toBe(1);
    server.engine.waiting.open();
    expect(await next(events)).toBe(complete);
  });

  it('is refused when there are too many', async () => {
    const server = createTestServer({ limits: { ...limits, maxSubscriptions: 1 } });
    const events = eventsOf(await post(server, 'subscription { forever }', { headers: sse }));
    await next(events);
    const refused = await post(server, 'subscription { forever }', { headers: sse });
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('"code":"TOO_MANY_SUBSCRIPTIONS"');
    server.subscriptions.breakOffAll();
  });

  it('leaves slots to other tokens and other workspaces', async () => {
    const some = { maxSubscriptionsPerToken: 1, maxSubscriptionsPerWorkspace: 2, maxSubscriptions: 3 };
    const server = createTestServer({ limits: { ...limits, ...some } });
    const { tokens } = server.engine;
    for (const [token, workspaceId] of [
      ['a1', 'ws_a'],
      ['a2', 'ws_a'],
      ['a3', 'ws_a'],
      ['b1', 'ws_b'],
      ['c1', 'ws_c'],
    ] as const)
      tokens.set(token, { ...ada, tokenId: token, userId: `user_${token}`, workspaceId });
    const subscribe = async (token: string) => {
      const headers = { ...sse, authorization: `Bearer ${token}` };
      const response = await post(server, 'subscription { forever }', { headers });
      if (response.status === 200) await next(eventsOf(response));
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    };
    const open = { status: 200, retryAfter: null };
    expect(await subscribe('a1')).toEqual(open);
    expect(await subscribe('a1')).toEqual({ status: 429, retryAfter: '10' });
    expect(await subscribe('a2')).toEqual(open);
    expect(await subscribe('a3')).toEqual({ status: 429, retryAfter: '10' });
    expect(await subscribe('b1')).toEqual(open);
    expect(await subscribe('c1')).toEqual({ status: 503, retryAfter: '10' });
    server.subscriptions.breakOffAll();
    expect(await subscribe('a3')).toEqual(open);
    server.subscriptions.breakOffAll();
  });

  it('leaves half of the slots to other people', async () => {
    const server = createTestServer({ limits: { ...limits, maxSubscriptionsPerWorkspace: 4 } });
    const { tokens } = server.engine;
    tokens.set('phone', { ...ada, tokenId: 'tok_2' });
    tokens.set('program', { ...ada, kind: 'API_TOKEN', tokenId: 'tok_3', userId: null, makerId: ada.userId });
    tokens.set('other', { ...ada, tokenId: 'tok_4', userId: 'user_2' });
    tokens.set('elsewhere', { ...ada, tokenId: 'tok_5', workspaceId: 'ws_2' });
    const subscribe = async (token: string) => {
      const headers = { ...sse, authorization: `Bearer ${token}` };
      const response = await post(server, 'subscription { forever }', { headers });
      return response.status === 200 ? (await next(eventsOf(response))) && 'open' : await response.text();
    };
    const refused = expect.stringContaining('Expected at most 2 subscriptions of a person, with all their tokens,');
    expect(await subscribe('good-token')).toBe('open');
    expect(await subscribe('phone')).toBe('open');
    for (const token of ['good-token', 'phone', 'program']) expect(await subscribe(token)).toEqual(refused);
    for (const token of ['other', 'elsewhere']) expect(await subscribe(token)).toBe('open');
    server.subscriptions.breakOffAll();
  });

  it('is refused to a token that has three already that send events all the time', async () => {
    const server = createTestServer();
    server.engine.tokens.set('other', { ...ada, tokenId: 'tok_other' });
    const subscribe = async (token: string, text: string) => {
      const response = await post(server, text, { headers: { ...sse, authorization: `Bearer ${token}` } });
      if (response.status === 200) await next(eventsOf(response));
      return response.status;
    };
    const beats = 'subscription { ...S } fragment S on Subscription { beats }';
    for (const status of [200, 200, 200, 429]) expect(await subscribe('good-token', beats)).toBe(status);
    expect(await subscribe('good-token', 'subscription { forever }')).toBe(200);
    expect(await subscribe('other', beats)).toBe(200);
    server.subscriptions.breakOffAll();
  });

  it('that sends events all the time costs as much as those of a minute', async () => {
    const server = createTestServer({ limits: { ...limits, maxCost: 59 } });
    const refused = await post(server, 'subscription { beats }', { headers: sse });
    expect(await refused.text()).toContain('expected a cost of at most 59 fields for the result, but got up to 60');
    expect(server.subscriptions.size).toBe(0);
  });

  it('that tells of changes may ask for less in each event than an operation in its result', async () => {
    const server = createTestServer({ limits: { ...limits, maxCost: 60, maxEventCost: 2 } });
    const answer = async (text: string) => (await post(server, text, { headers: sse })).text();
    const three = '{ changed { id name } }';
    expect(await answer(`subscription ${three}`)).toContain(
      'expected a cost of at most 2 fields for each event of the subscription, but got up to 3',
    );
    expect(server.subscriptions.size).toBe(0);
    const events = eventsOf(await post(server, 'subscription { changed { id } }', { headers: sse }));
    expect(await next(events)).toContain('{"data":{"changed":{"id":"1"}}}');
    for (const text of ['subscription { beats }', 'subscription B { ...S } fragment S on Subscription { beats }'])
      await next(eventsOf(await post(server, text, { headers: sse })));
    server.subscriptions.breakOffAll();
  });

  it('is forgotten when its client goes away', async () => {
    const server = await createLiveServer();
    const client = new AbortController();
    const response = await fetch(`${server.url}/graphql?query=subscription{forever}`, {
      headers: sse,
      signal: client.signal,
    });
    await next(eventsOf(response));
    expect(server.subscriptions.size).toBe(1);
    client.abort();
    await vi.waitFor(() => expect(server.subscriptions.size).toBe(0));
  });
});

describe('an answer in parts', () => {
  it('comes with @defer', async () => {
    const headers = { accept: 'multipart/mixed' };
    const text = await (await post(createTestServer(), '{ hello ... @defer { whoami } }', { headers })).text();
    expect(text).toContain('{"data":{"hello":"hello world"},"hasNext":true}');
    expect(text).toContain('"incremental":[{"data":{"whoami":"nobody"},"path":[]}]');
  });

  it('comes with @stream', async () => {
    const headers = { accept: 'multipart/mixed' };
    const text = await (await post(createTestServer(), '{ slowItems @stream(initialCount: 1) }', { headers })).text();
    expect(text).toContain('{"data":{"slowItems":["a"]},"hasNext":true}');
    expect(text).toContain('"items":["b"]');
  });
});

describe('an iteration that can be ended', () => {
  async function* counting(until: Promise<void>): AsyncGenerator<number> {
    yield 1;
    await until;
    yield 2;
  }
  async function* last(...events: number[]): AsyncGenerator<number> {
    yield* events;
  }
  const hooks = () => ({ onEnd: vi.fn(), afterFailure: () => last() });
  const done = { done: true, value: undefined };

  it('ends while its consumer waits', async () => {
    const ended = hooks();
    const { iterator, end } = endable(counting(gate().opened), ended);
    await iterator.next();
    const waiting = iterator.next();
    end();
    expect(await waiting).toEqual(done);
    expect(await iterator.next()).toEqual(done);
    expect(ended.onEnd).toHaveBeenCalledTimes(1);
  });

  it('ends while nobody waits, with a last word', async () => {
    const { iterator, end } = endable(counting(gate().opened), hooks());
    await iterator.next();
    end(last(7));
    end(last(8));
    expect(await iterator.next()).toEqual({ done: false, value: 7 });
    expect(await iterator.next()).toEqual(done);
  });

  it('tells what follows a failure, and is over', async () => {
    const ended = hooks();
    const failing = (async function* () {
      yield 1;
      throw new Error('lost');
    })();
    const { iterator } = endable(failing, {
      ...ended,
      async *afterFailure(error) {
        yield 7;
        throw error;
      },
    });
    await iterator.next();
    expect(await iterator.next()).toEqual({ done: false, value: 7 });
    await expect(iterator.next()).rejects.toThrow('lost');
    expect(ended.onEnd).toHaveBeenCalledTimes(1);
  });
});
