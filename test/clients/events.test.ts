import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Json, type Product, startProduct } from './start.ts';

let magpie: Product;
let conversation: { id: string; snippet: string };
beforeAll(async () => {
  magpie = await startProduct();
  const { json } = await magpie.ask(magpie.owner.token, '{ inbox(first: 1) { nodes { id snippet } } }');
  conversation = json.data.inbox.nodes[0];
});

interface Stream {
  /** The next event's data; the word of its kind when it has none. */
  next(): Promise<Json>;
}

/** Subscribes over server-sent events; resolves when the server listens. */
async function subscribe(token: string, query: string): Promise<Stream> {
  const client = new AbortController();
  onTestFinished(() => client.abort());
  const response = await fetch(magpie.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({ query }),
    signal: client.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const blocks = blocksOf(response);
  await blocks.next(); // a comment, which comes before anything happens
  return {
    async next() {
      for (;;) {
        const { value, done } = await blocks.next().catch(() => ({ value: undefined, done: true as const }));
        if (done) return 'cut short';
        const [, kind, data] = /^event: (\w+)\ndata:(.*)$/s.exec(value) ?? [];
        if (kind) return data ? JSON.parse(data) : kind;
      }
    },
  };
}

async function* blocksOf(response: Response): AsyncGenerator<string, undefined> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    yield* blocks;
  }
  return undefined;
}

async function write(token: string, mutation: string, input: object) {
  const type = String(magpie.engine.schema.getMutationType()!.getFields()[mutation]!.args[0]!.type);
  const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { message } } }`;
  const { json } = await magpie.ask(token, document, { input });
  expect(json.data[mutation].userErrors).toEqual([]);
}

describe('cacheInvalidated', () => {
  const query = 'subscription { cacheInvalidated { typeNames nodeIds } }';

  it('names the types and nodes that a write changed, in the order of writes', async () => {
    const events = await subscribe(magpie.owner.token, query);
    const { id } = conversation;
    await write(magpie.colleague.token, 'updateConversation', { id, priority: 'HIGH' });
    await write(magpie.colleague.token, 'createTemplate', { title: 'New', body: 'x' });
    const [first, second] = [await events.next(), await events.next()];
    expect(first.data.cacheInvalidated).toMatchObject({
      typeNames: expect.arrayContaining(['Conversation', 'ConversationConnection', 'InboxSummary']),
      nodeIds: [id],
    });
    expect(second.data.cacheInvalidated.typeNames).toEqual(['Template', 'TemplateConnection']);
  });

  it('says nothing of another workspace’s writes', async () => {
    const events = await subscribe(magpie.owner.token, query);
    await write(magpie.stranger.token, 'updateSettings', { brandVoice: 'Theirs.' });
    await write(magpie.owner.token, 'createSavedReply', { title: 'Ours', body: 'x' });
    const event = await events.next();
    expect(event.data.cacheInvalidated.typeNames).toContain('SavedReply');
    expect(event.data.cacheInvalidated.typeNames).not.toContain('WorkspaceSettings');
  });
});

describe('conversationUpdated', () => {
  it('brings the conversation as it is after each change', async () => {
    const events = await subscribe(
      magpie.owner.token,
      `subscription { conversationUpdated(id: "${conversation.id}") { id snippet messages(first: 50) { totalCount nodes { text } } } }`,
    );
    for (const text of ['A first reply', 'A second reply']) {
      await write(magpie.colleague.token, 'sendReply', { conversationId: conversation.id, text });
      const { data, errors } = await events.next();
      expect(errors).toBeUndefined();
      expect(data.conversationUpdated).toMatchObject({ id: conversation.id, snippet: text });
      expect(data.conversationUpdated.messages.nodes.map((message: { text: string }) => message.text)).toContain(text);
    }
  });

  it('says nothing of other conversations', async () => {
    const { json } = await magpie.ask(magpie.owner.token, '{ inbox(first: 2) { nodes { id } } }');
    const other = json.data.inbox.nodes.find(({ id }: { id: string }) => id !== conversation.id);
    const events = await subscribe(
      magpie.owner.token,
      `subscription { conversationUpdated(id: "${conversation.id}") { id priority } }`,
    );
    await write(magpie.owner.token, 'updateConversation', { id: other.id, priority: 'LOW' });
    await write(magpie.owner.token, 'updateConversation', { id: conversation.id, priority: 'NORMAL' });
    expect(await events.next()).toEqual({
      data: { conversationUpdated: { id: conversation.id, priority: 'NORMAL' } },
    });
  });

  it('shows a stranger nothing, ask they for the very id', async () => {
    const events = await subscribe(
      magpie.stranger.token,
      `subscription { conversationUpdated(id: "${conversation.id}") { id snippet } }`,
    );
    await write(magpie.owner.token, 'updateConversation', { id: conversation.id, priority: 'HIGH' });
    const { json } = await magpie.ask(magpie.stranger.token, '{ inbox(first: 1) { nodes { id } } }');
    const [{ id }] = json.data.inbox.nodes;
    const own = await subscribe(magpie.stranger.token, `subscription { conversationUpdated { id } }`);
    await write(magpie.stranger.token, 'updateConversation', { id, priority: 'HIGH' });
    expect(await own.next()).toEqual({ data: { conversationUpdated: { id } } });
    magpie.server.subscriptions.breakOffAll();
    expect(await events.next()).toBe('cut short');
  });
});

describe('a subscription', () => {
  it('ends for good when its token is revoked, at once', async () => {
    const create =
      'mutation { createApiToken(input: { name: "events", role: READER }) { token apiToken { id } userErrors { message } } }';
    const { token, apiToken } = (await magpie.ask(magpie.owner.token, create)).json.data.createApiToken;
    const events = await subscribe(token, 'subscription { cacheInvalidated { typeNames } }');
    await write(magpie.owner.token, 'revokeApiToken', { id: apiToken.id });
    expect((await events.next()).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(await events.next()).toBe('complete');
    await expect.poll(() => magpie.server.subscriptions.size).toBe(0);
  });

  it('breaks off with a reason when its role changes, and when events may be missing', async () => {
    const { workspaceId, userId } = magpie.colleague;
    for (const [happen, code] of [
      [() => magpie.engine.clearAll('a test'), 'EVENTS_MISSED'],
      [() => magpie.engine.cache.invalidate([`${workspaceId}/Membership:${userId}`]), 'ACCESS_CHANGED'],
    ] as const) {
      const events = await subscribe(magpie.colleague.token, 'subscription { cacheInvalidated { typeNames } }');
      happen();
      expect((await events.next()).errors[0].extensions.code).toBe(code);
      expect(await events.next()).toBe('cut short');
    }
  });

  it('is refused without a token', async () => {
    const response = await fetch(magpie.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { cacheInvalidated { typeNames } }' }),
    });
    expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
  });
});
